//! Proofs about one record name: key log, head and path, checked in that order.

use hedgerow_proto::v1;

use crate::head::{HeadError, VerifiedHead};
use crate::id::GroupId;
use crate::key_log::{KeyLog, KeyLogError};
use crate::name::{RecordName, View};
use crate::record::record_hash;
use crate::tree::{Leaf, Manifest, TreeError, TreeProof};

/// The reason why a proof is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The proof's key log is invalid.
    #[error("the proof's key log is invalid: {0}")]
    KeyLog(#[from] KeyLogError),
    /// The proof's head is invalid under that key log.
    #[error("the proof's head is invalid: {0}")]
    Head(#[from] HeadError),
    /// A path does not lead to the root, or the leaves are not the name's neighbours.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The key log is that of another group.
    #[error("the proof is about another group")]
    WrongGroup,
    /// The head is of another view.
    #[error("the proof is about another view")]
    WrongView,
    /// The proof contains neither an inclusion nor an absence.
    #[error("the proof is empty: expected an inclusion or an absence")]
    Empty,
    /// A record was given, but the proof shows that its name is absent.
    #[error("the head does not include the record")]
    NotIncluded,
    /// The given record is not the one under the head.
    #[error("the record differs from the published one")]
    RecordMismatch,
}

impl ProofError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::KeyLog(error) => error.reason(),
            Self::Head(error) => error.reason(),
            Self::Tree(error) => error.reason(),
            Self::WrongGroup => "proof_wrong_group",
            Self::WrongView => "proof_wrong_view",
            Self::Empty => "proof_empty",
            Self::NotIncluded => "proof_not_included",
            Self::RecordMismatch => "proof_record_mismatch",
        }
    }
}

/// A valid proof: the name is, or is not, in the tree of a head that the group's key signed. It
/// does not show whether there is a newer head, nor who holds the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedProof {
    /// The head under which the name is included or absent.
    pub head: VerifiedHead,
    /// The group's key log, as far as the proof carried it.
    pub key_log: KeyLog,
    /// Whether the name is in the tree.
    pub included: bool,
    /// The leaf of the name, if it is in the tree.
    pub leaf: Option<Leaf>,
}

/// Makes a proof that a name is, or is not, under a head.
#[must_use]
pub fn prove(
    log: &KeyLog,
    head: &VerifiedHead,
    manifest: &Manifest,
    name: &RecordName,
) -> v1::Proof {
    v1::Proof {
        head: head.envelope().to_vec(),
        key_log: log.envelopes(),
        kind: Some(manifest.prove(name).to_proto()),
    }
}

/// Verifies a proof about a name: the key log, then the head, then the path, then the record if
/// one is given.
pub fn verify_proof(
    proof: &v1::Proof,
    group: &GroupId,
    view: &View,
    name: &RecordName,
    record: Option<&[u8]>,
) -> Result<VerifiedProof, ProofError> {
    let key_log = KeyLog::verify(&proof.key_log)?;
    if key_log.group_id() != *group {
        return Err(ProofError::WrongGroup);
    }
    let head = VerifiedHead::verify(&proof.head, &key_log)?;
    if head.view() != view {
        return Err(ProofError::WrongView);
    }
    let kind = TreeProof::try_from(proof.kind.as_ref().ok_or(ProofError::Empty)?)?;
    let leaf = kind.verify(&head.root(), head.count(), name)?.cloned();
    if let Some(record) = record {
        check_record(leaf.as_ref(), record)?;
    }
    Ok(VerifiedProof {
        head,
        key_log,
        included: leaf.is_some(),
        leaf,
    })
}

fn check_record(leaf: Option<&Leaf>, record: &[u8]) -> Result<(), ProofError> {
    let leaf = leaf.ok_or(ProofError::NotIncluded)?;
    let same =
        leaf.record_hash == record_hash(record) && usize::try_from(leaf.length) == Ok(record.len());
    if same {
        Ok(())
    } else {
        Err(ProofError::RecordMismatch)
    }
}
