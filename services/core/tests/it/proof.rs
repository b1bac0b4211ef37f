use hedgerow_core::name::View;
use hedgerow_core::proof::{ProofError, prove, verify_proof};
use hedgerow_proto::v1;
use hedgerow_testkit::FakeGroup;

use crate::{name, new_group};

fn group() -> FakeGroup {
    let mut group = new_group(1);
    for key in ["b", "d", "f"] {
        group.add(key, b"text");
    }
    group.publish();
    group
}

fn proof_of(group: &FakeGroup, key: &str) -> v1::Proof {
    let head = group.head.as_ref().unwrap();
    prove(&group.log, head, &group.manifest(), &name(key))
}

fn reason(proof: &v1::Proof, group: &FakeGroup, key: &str, record: Option<&[u8]>) -> &'static str {
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
fn a_proof_shows_that_a_record_is_unaltered() {
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
fn a_proof_shows_that_a_withdrawn_record_is_absent() {
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
    let mut empty = new_group(1);
    empty.publish();
    assert_eq!(reason(&proof_of(&empty, "a"), &empty, "a", None), "ok");
}

#[test]
fn a_proof_of_another_group_view_or_head_is_refused() {
    let mut group = group();
    let proof = proof_of(&group, "b");
    let other = new_group(2);
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
    // A later head has another root, and a rotation ends the old head.
    group.add("h", b"text");
    group.publish();
    let mut newer = proof.clone();
    newer.head = group.head.as_ref().unwrap().envelope().to_vec();
    assert!(
        ["proof_root_mismatch", "proof_path_length"].contains(&reason(&newer, &group, "b", None))
    );
    group.rotate();
    let ended = v1::Proof {
        key_log: group.log.envelopes(),
        ..proof
    };
    assert_eq!(reason(&ended, &group, "b", None), "head_key_ended");
}
