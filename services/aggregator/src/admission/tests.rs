//! The order of the decision ladder, for heads that several rules could decide.

use std::time::Duration;

use hedgerow_core::head::{Indexing, VerifiedHead};
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use super::*;
use crate::config::IngestConfig;
use hedgerow_testkit::FakeGroup;

const OWN: GroupId = GroupId::from_bytes([0xa9; 32]);

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn policy() -> Policy {
    Policy::new(OWN, &IngestConfig::default())
}

fn sign(publisher: &mut FakeGroup) -> VerifiedHead {
    let envelope = publisher.sign();
    publisher.verified(&envelope)
}

fn known(stored: &VerifiedHead) -> KnownGroup<'_> {
    KnownGroup {
        stored_hash: Some(stored.hash()),
        stored: Some(stored),
        ..KnownGroup::default()
    }
}

#[test]
fn a_new_head_of_an_unknown_group_is_accepted() {
    let head = sign(&mut FakeGroup::new(1, now()));
    let decision = policy().evaluate_head(&head, KnownGroup::default(), now());
    assert!(matches!(decision, HeadDecision::Accept { newer: true }));
}

#[test]
fn the_stored_head_is_accepted_again_even_if_the_clock_was_set_back() {
    let head = sign(&mut FakeGroup::new(1, now()));
    let earlier = now().minus(Duration::from_secs(3_600));
    let decision = policy().evaluate_head(&head, known(&head), earlier);
    assert!(matches!(decision, HeadDecision::Accept { newer: false }));
    let decision = policy().evaluate_head(&head, KnownGroup::default(), earlier);
    let HeadDecision::Reject(failure) = decision else {
        panic!("{decision:?}");
    };
    assert_eq!(failure.reason(), "head_from_the_future");
}

#[test]
fn another_view_is_rejected_before_all_other_rules() {
    let publisher = FakeGroup::new(1, now());
    let mut draft = publisher.draft();
    draft.view = View::parse("circle-7").unwrap();
    let head = publisher.verified(&draft.sign(&publisher.signing));
    let excluded = KnownGroup {
        excluded: true,
        ..KnownGroup::default()
    };
    let decision = policy().evaluate_head(&head, excluded, now());
    let HeadDecision::Reject(failure) = decision else {
        panic!("{decision:?}");
    };
    assert_eq!(failure.reason(), "view_not_served");
}

#[test]
fn a_replay_is_stale_even_if_the_group_is_excluded() {
    let mut publisher = FakeGroup::new(1, now());
    let old = sign(&mut publisher);
    let stored = sign(&mut publisher);
    let excluded = KnownGroup {
        excluded: true,
        ..known(&stored)
    };
    let decision = policy().evaluate_head(&old, excluded, now());
    assert!(matches!(decision, HeadDecision::Stale));
}

#[test]
fn a_rival_of_an_excluded_group_is_not_stored() {
    let mut publisher = FakeGroup::new(1, now());
    let mut twin = publisher.clone();
    let stored = sign(&mut publisher);
    twin.add("theirs", b"theirs");
    let rival = sign(&mut twin);
    let excluded = KnownGroup {
        excluded: true,
        ..known(&stored)
    };
    let decision = policy().evaluate_head(&rival, excluded, now());
    assert!(matches!(decision, HeadDecision::Excluded { newer: false }));
    let decision = policy().evaluate_head(&rival, known(&stored), now());
    assert!(matches!(decision, HeadDecision::Rival { .. }));
}

#[test]
fn a_frozen_group_cannot_leave() {
    let mut publisher = FakeGroup::new(1, now());
    let stored = sign(&mut publisher);
    publisher.indexing = Indexing::Named(vec![GroupId::from_bytes([3; 32])]);
    let leaving = sign(&mut publisher);
    let frozen = KnownGroup {
        frozen_index: Some(0),
        ..known(&stored)
    };
    let decision = policy().evaluate_head(&leaving, frozen, now());
    assert!(matches!(decision, HeadDecision::Frozen { newer: true }));
    let decision = policy().evaluate_head(&leaving, known(&stored), now());
    assert!(matches!(decision, HeadDecision::NotInvited { newer: true }));
}

#[test]
fn an_excluded_group_is_excluded_also_over_the_quota() {
    let config = IngestConfig {
        daily_new_groups: 0,
        ..IngestConfig::default()
    };
    let policy = Policy::new(OWN, &config);
    let origin = Origin::Announced(std::net::IpAddr::from([192, 0, 2, 1]).into());
    let group = |excluded| NewGroup {
        group_id: GroupId::from_bytes([1; 32]),
        origin: &origin,
        excluded,
    };
    assert_eq!(
        policy.evaluate_group(&group(true), now()),
        GroupDecision::Excluded
    );
    assert!(matches!(
        policy.evaluate_group(&group(false), now()),
        GroupDecision::OverQuota(_)
    ));
    assert!(policy.reserve_group(&group(false), now()).is_err());
}
