use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::envelope;
use hedgerow_core::envelope::PayloadKind;
use hedgerow_core::head::{
    ERASED_AFTER, Freshness, HeadDraft, HeadError, HeadOrder, Indexing, LAPSES_AFTER,
    MAX_CLOCK_SKEW, MAX_LIFETIME, Position, Seq, VerifiedHead, compare, peek,
};
use hedgerow_core::id::{GroupId, PayloadHash, Root, SpkiHash};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_testkit::{FakeGroup, signing_key};
use proptest::prelude::*;
use prost::Message;

use crate::{NOW, new_group};

fn reason_of(group: &FakeGroup, envelope: &[u8]) -> &'static str {
    VerifiedHead::verify(envelope, &group.log).map_or_else(|error| error.reason(), |_| "ok")
}

/// A head with one field changed, signed by the right key.
fn changed(change: impl FnOnce(&mut v1::Head)) -> &'static str {
    let group = new_group(1);
    let mut head = v1::Head::decode(group.draft().payload().as_slice()).unwrap();
    change(&mut head);
    let bytes = envelope::sign(PayloadKind::Head, &head.encode_to_vec(), &group.signing);
    reason_of(&group, &bytes)
}

/// Signs a draft with the group's key.
fn sign(group: &FakeGroup, draft: &HeadDraft) -> VerifiedHead {
    VerifiedHead::verify(&draft.sign(&group.signing), &group.log).unwrap()
}

fn seconds(time: &mut Option<prost_types::Timestamp>) -> &mut i64 {
    &mut time.as_mut().unwrap().seconds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_verified_head_has_the_signed_fields(
        seq in 1u64..(1 << 53),
        root in any::<[u8; 32]>(),
        count in 1u32..,
        previous: Option<[u8; 32]>,
        issued in -1_000_000_000_000i64..200_000_000_000_000,
        life in 1i64..=28 * 24 * 3600 * 1000,
        port in 1u16..,
        pin: Option<[u8; 32]>,
        named in prop::collection::vec(any::<[u8; 32]>(), 0..4),
        anyone: bool,
    ) {
        let group = new_group(1);
        let endpoint = Endpoint { host: "node.example".to_owned(), port, pin: pin.map(SpkiHash::from_bytes) };
        let named: Vec<_> = named.into_iter().map(GroupId::from_bytes).collect();
        let draft = HeadDraft {
            seq: Seq::new(seq)?,
            root: Root::from_bytes(root),
            count,
            previous: previous.filter(|_| seq > 1).map(PayloadHash::from_bytes),
            issue_time: Timestamp::from_millis(issued),
            expire_time: Timestamp::from_millis(issued + life),
            endpoint: Some(endpoint),
            indexing: if anyone { Indexing::Anyone } else { Indexing::Named(named) },
            ..group.draft()
        };
        let envelope = draft.sign(&group.signing);
        let head = VerifiedHead::verify(&envelope, &group.log)?;
        prop_assert_eq!(head.position(), Position { key_index: 0, seq: draft.seq });
        prop_assert_eq!(head.root(), draft.root);
        prop_assert_eq!(head.count(), draft.count);
        prop_assert_eq!(head.previous(), draft.previous);
        prop_assert_eq!(head.issue_time(), draft.issue_time);
        prop_assert_eq!(head.expire_time(), draft.expire_time);
        prop_assert_eq!(head.endpoint(), draft.endpoint.as_ref());
        prop_assert_eq!(head.indexing(), &draft.indexing);
        let peeked = peek(&envelope)?;
        prop_assert_eq!((peeked.group_id, peeked.hash), (head.group_id(), head.hash()));
    }

    #[test]
    fn hostile_bytes_never_panic(bytes: Vec<u8>) {
        let group = new_group(1);
        let envelope = envelope::sign(PayloadKind::Head, &bytes, &group.signing);
        prop_assert!(VerifiedHead::verify(&envelope, &group.log).is_err());
    }
}

#[test]
fn every_invalid_head_has_its_reason() {
    assert_eq!(changed(|_| ()), "ok");
    assert_eq!(changed(|h| h.group_id = vec![9; 32]), "head_wrong_group");
    assert_eq!(changed(|h| h.group_id.clear()), "head_malformed");
    assert_eq!(changed(|h| h.view.clear()), "head_malformed");
    assert_eq!(
        changed(|h| h.view = "A Circle".to_owned()),
        "head_malformed"
    );
    assert_eq!(changed(|h| h.key_index = 1), "head_key_event_unknown");
    assert_eq!(
        changed(|h| h.key_event_hash = vec![0; 32]),
        "head_key_event_mismatch"
    );
    assert_eq!(changed(|h| h.seq = 0), "head_seq_out_of_range");
    assert_eq!(changed(|h| h.seq = 1 << 53), "head_seq_out_of_range");
    assert_eq!(changed(|h| h.root.truncate(31)), "head_malformed");
    assert_eq!(changed(|h| h.count = 1), "head_malformed");
    assert_eq!(changed(|h| h.previous_hash = vec![0; 31]), "head_malformed");
    assert_eq!(changed(|h| h.previous_hash = vec![0; 32]), "head_malformed");
    assert_eq!(changed(|h| h.issue_time = None), "head_malformed");
    assert_eq!(
        changed(|h| *seconds(&mut h.expire_time) += 1),
        "head_lifetime"
    );
    assert_eq!(
        changed(|h| h.expire_time.as_mut().unwrap().nanos = 1),
        "head_lifetime"
    );
    assert_eq!(changed(|h| h.expire_time = h.issue_time), "head_lifetime");
    assert_eq!(
        changed(|h| *seconds(&mut h.issue_time) = i64::MAX),
        "head_malformed"
    );
    let endpoint = |url: &str| v1::Endpoint {
        url: url.to_owned(),
        spki_sha256: vec![],
    };
    assert_eq!(
        changed(|h| h.endpoint = Some(endpoint("http://node.example:80"))),
        "address_scheme"
    );
    assert_eq!(
        changed(|h| h.endpoint = Some(endpoint("https://node.example:80"))),
        "ok"
    );
    let named = v1::Indexing {
        policy: 2,
        aggregators: vec![vec![1; 31]],
    };
    assert_eq!(changed(|h| h.indexing = Some(named)), "head_malformed");
}

#[test]
fn a_head_of_another_key_or_another_kind_is_refused() {
    let group = new_group(1);
    assert_eq!(
        reason_of(&group, &group.draft().sign(&signing_key(2, 0))),
        "signature_mismatch"
    );
    let receipt = envelope::sign(
        PayloadKind::Receipt,
        &group.draft().payload(),
        &group.signing,
    );
    assert_eq!(reason_of(&group, &receipt), "payload_type_wrong");
    assert_eq!(
        reason_of(&group, &group.log.envelopes()[0]),
        "payload_type_wrong"
    );
}

#[test]
fn a_rotation_ends_every_head_before_it() {
    let mut group = new_group(1);
    let old = group.publish();
    group.rotate();
    assert_eq!(reason_of(&group, old.envelope()), "head_key_ended");
    assert_eq!(
        old.check_current(&group.log).unwrap_err().reason(),
        "head_key_ended"
    );
    assert_eq!(
        VerifiedHead::verify_past(old.envelope(), &group.log),
        Ok(old.clone())
    );
    let new = group.publish();
    assert_eq!(
        new.position(),
        Position {
            key_index: 1,
            seq: Seq::FIRST
        }
    );
    assert_eq!(new.previous(), None);
    assert_eq!(compare(&old, &new), HeadOrder::Newer);
}

#[test]
fn a_rotation_passes_the_highest_number_signed_by_a_thief() {
    let mut group = new_group(1);
    let draft = HeadDraft {
        seq: Seq::MAX,
        ..group.draft()
    };
    let stolen = sign(&group, &draft);
    assert_eq!(stolen.position().seq.next(), None);
    assert_eq!(Seq::MAX.skip(1), None);
    group.rotate();
    assert_eq!(compare(&stolen, &group.publish()), HeadOrder::Newer);
}

#[test]
fn a_deactivation_ends_every_head() {
    let mut group = new_group(1);
    let old = group.publish();
    group.deactivate();
    assert_eq!(reason_of(&group, old.envelope()), "group_ended");
    let draft = HeadDraft {
        key_index: 1,
        key_event_hash: group.log.tip_hash(),
        ..group.draft()
    };
    assert_eq!(
        reason_of(&group, &draft.sign(&signing_key(1, 0))),
        "group_ended"
    );
}

#[test]
fn heads_are_ordered_by_key_index_and_number_not_by_clock() {
    let mut group = new_group(1);
    let first = group.publish();
    group.add("a", b"text");
    let early = Timestamp::from_seconds(0);
    let draft = HeadDraft {
        issue_time: early,
        expire_time: NOW.min(early.plus(MAX_LIFETIME)),
        ..group.draft()
    };
    let second = sign(&group, &draft);
    assert_eq!(compare(&first, &second), HeadOrder::Newer);
    assert_eq!(compare(&second, &first), HeadOrder::Older);
    assert_eq!(compare(&first, &first), HeadOrder::Same);
    assert_eq!(
        compare(&first, &new_group(2).publish()),
        HeadOrder::Unrelated
    );
}

#[test]
fn equivocation_is_detected_whichever_head_comes_first() {
    let mut group = new_group(1);
    let first = group.publish();
    group.add("a", b"text");
    let second = group.publish();
    let mut twin = new_group(1);
    twin.add("b", b"text");
    let rival_first = twin.publish();
    let rival_second = twin.publish();
    for (one, other, order) in [
        (&first, &rival_first, HeadOrder::Equivocation),
        (&first, &rival_second, HeadOrder::Equivocation),
        (&rival_second, &first, HeadOrder::Equivocation),
        (&second, &rival_second, HeadOrder::Equivocation),
        (&first, &second, HeadOrder::Newer),
    ] {
        assert_eq!(compare(one, other), order);
    }
    // Across a gap there is no equivocation: the heads between are unknown.
    let draft = HeadDraft {
        seq: Seq::new(9).unwrap(),
        previous: None,
        ..group.draft()
    };
    assert_eq!(compare(&first, &sign(&group, &draft)), HeadOrder::Newer);
    // The next number that does not name the previous head is a rival too.
    let draft = HeadDraft {
        seq: Seq::new(3).unwrap(),
        previous: None,
        ..group.draft()
    };
    assert_eq!(
        compare(&second, &sign(&group, &draft)),
        HeadOrder::Equivocation
    );
}

#[test]
fn the_same_payload_in_another_envelope_is_the_same_head() {
    let mut group = new_group(1);
    let head = group.publish();
    let mut envelope = v1::Envelope::decode(head.envelope()).unwrap();
    envelope.signatures[0].key_hint.clear();
    let again = VerifiedHead::verify(&envelope.encode_to_vec(), &group.log).unwrap();
    assert_ne!(again.envelope(), head.envelope());
    assert_eq!(compare(&head, &again), HeadOrder::Same);
}

#[test]
fn the_clock_labels_and_postpones_heads() {
    let group = new_group(1);
    let head = sign(&group, &group.draft());
    assert_eq!(head.check_issued(NOW.minus(MAX_CLOCK_SKEW)), Ok(()));
    let early = NOW.minus(MAX_CLOCK_SKEW).minus(Duration::from_millis(1));
    assert_eq!(
        head.check_issued(early),
        Err(HeadError::FromTheFuture { issue_time: NOW })
    );

    let expires = head.expire_time();
    let just_before = |time: Timestamp| time.minus(Duration::from_millis(1));
    for (when, freshness) in [
        (expires, Freshness::Stale),
        (expires.plus(LAPSES_AFTER), Freshness::Lapsed),
        (expires.plus(ERASED_AFTER), Freshness::Erasable),
    ] {
        assert_eq!(head.freshness(when), freshness);
        assert!(head.freshness(just_before(when)) < freshness);
    }
    assert_eq!(head.freshness(NOW), Freshness::Fresh);
}
