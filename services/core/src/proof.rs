//! Proofs as they travel: key log, head and path, checked in that order.

use hedgerow_proto::v1;

use crate::{
    head::{HeadError, VerifiedHead},
    id::GroupId,
    key_log::{KeyLog, KeyLogError},
    name::{RecordName, View},
    record::record_hash,
    tree::{Leaf, Manifest, TreeError, TreeProof},
};

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Its key log.
    #[error("the proof's key log: {0}")]
    KeyLog(#[from] KeyLogError),
    /// Its head.
    #[error("the proof's head: {0}")]
    Head(#[from] HeadError),
    /// Its path, or the neighbours.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// It is about another group.
    #[error("the proof is about another group")]
    WrongGroup,
    /// It is about another view.
    #[error("the proof is about another view")]
    WrongView,
    /// It says neither that the record is there nor that it is not.
    #[error("the proof says nothing")]
    Empty,
    /// A record was to be proved, and the proof shows that there is none.
    #[error("the head does not include the record")]
    NotIncluded,
    /// The record at hand is not the one under the head.
    #[error("the record is not the one that was published")]
    RecordMismatch,
}

impl ProofError {
    /// The stable name of this error.
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

/// What a proof shows: that the name is, or is not, in the tree of a head that the group's key
/// signed. It does not show that there is no newer head, nor who holds the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The head.
    pub head: VerifiedHead,
    /// The group's key log, as far as the proof carried it.
    pub key_log: KeyLog,
    /// Whether the name is there.
    pub included: bool,
    /// What the head says of it, where it is there.
    pub leaf: Option<Leaf>,
}

/// Makes a proof about a name.
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

/// Checks a proof about a name: key log, then head, then path, then the record where one is given.
pub fn verify_proof(
    proof: &v1::Proof,
    group: &GroupId,
    view: &View,
    name: &RecordName,
    record: Option<&[u8]>,
) -> Result<Proved, ProofError> {
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
    Ok(Proved {
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
