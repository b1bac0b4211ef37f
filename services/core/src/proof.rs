//! Proofs as they travel: key log, head and path, checked in that order.

use hedgerow_proto::v1;

use crate::head::HeadError;
use crate::head::VerifiedHead;
use crate::id::GroupId;
use crate::key_log::KeyLog;
use crate::key_log::KeyLogError;
use crate::name::RecordName;
use crate::name::View;
use crate::record::record_hash;
use crate::tree::Leaf;
use crate::tree::Manifest;
use crate::tree::TreeError;
use crate::tree::TreeProof;

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
pub struct VerifiedProof {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_group::TestGroup;
    use crate::test_group::name;

    fn group() -> TestGroup {
        let mut group = TestGroup::new(1);
        for key in ["b", "d", "f"] {
            group.put(key, "text");
        }
        group.publish();
        group
    }

    fn proof_of(group: &TestGroup, key: &str) -> v1::Proof {
        let head = group.head.as_ref().unwrap();
        prove(&group.log, head, &group.manifest(), &name(key))
    }

    fn reason(
        proof: &v1::Proof,
        group: &TestGroup,
        key: &str,
        record: Option<&[u8]>,
    ) -> &'static str {
        verify_proof(
            proof,
            &group.log.group_id(),
            &View::public(),
            &name(key),
            record,
        )
        .map_or_else(|error| error.reason(), |_| "ok")
    }

    #[test]
    fn a_record_is_proved_unaltered() {
        let group = group();
        let record = group.records[&name("d")].clone();
        let proof = proof_of(&group, "d");
        let proved = verify_proof(
            &proof,
            &group.log.group_id(),
            &View::public(),
            &name("d"),
            Some(&record),
        )
        .unwrap();
        assert!(proved.included);
        assert_eq!(Some(proved.head), group.head);
        assert_eq!(proved.key_log, group.log);
        let mut altered = record;
        altered.push(0);
        assert_eq!(
            reason(&proof, &group, "d", Some(&altered)),
            "proof_record_mismatch"
        );
        assert_eq!(reason(&proof, &group, "b", None), "proof_wrong_name");
    }

    #[test]
    fn a_record_that_was_taken_back_is_proved_absent() {
        let group = group();
        for key in ["a", "c", "e", "g"] {
            let proof = proof_of(&group, key);
            assert_eq!(reason(&proof, &group, key, None), "ok");
            assert_eq!(
                reason(&proof, &group, key, Some(b"kept")),
                "proof_not_included"
            );
            assert_eq!(reason(&proof, &group, "b", None), "proof_not_neighbours");
        }
        let mut empty = TestGroup::new(1);
        empty.publish();
        assert_eq!(reason(&proof_of(&empty, "a"), &empty, "a", None), "ok");
    }

    #[test]
    fn a_proof_of_another_group_view_or_head_proves_nothing() {
        let mut group = group();
        let proof = proof_of(&group, "b");
        let other = TestGroup::new(2);
        assert_eq!(reason(&proof, &other, "b", None), "proof_wrong_group");
        let circle = View::parse("circle").unwrap();
        let refused = verify_proof(&proof, &group.log.group_id(), &circle, &name("b"), None);
        assert_eq!(refused, Err(ProofError::WrongView));
        let without = |change: fn(&mut v1::Proof)| {
            let mut proof = proof.clone();
            change(&mut proof);
            reason(&proof, &group, "b", None)
        };
        assert_eq!(without(|proof| proof.kind = None), "proof_empty");
        assert_eq!(without(|proof| proof.key_log.clear()), "key_log_missing");
        assert_eq!(without(|proof| proof.head.clear()), "payload_type_wrong");
        // A later head has another root; and a rotation ends the old one.
        group.put("h", "text");
        group.publish();
        let mut newer = proof.clone();
        newer.head = group.head.as_ref().unwrap().envelope().to_vec();
        assert!(
            ["proof_root_mismatch", "proof_path_length"]
                .contains(&reason(&newer, &group, "b", None))
        );
        group.rotate();
        let ended = v1::Proof {
            key_log: group.log.envelopes(),
            ..proof
        };
        assert_eq!(reason(&ended, &group, "b", None), "head_key_ended");
    }
}
