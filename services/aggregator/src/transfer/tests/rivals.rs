//! Rival heads and rival key logs.

use hedgerow_core::key_log::commitment_to;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::View;
use hedgerow_core::tree::Manifest;

use super::*;
use crate::feed::StoredFeed;
use hedgerow_server::feed::FeedSource;
use hedgerow_testkit::transfer;

/// Makes a group of which two copies signed different heads with one seq; the first is stored.
async fn rivals(bench: &Bench) -> (FakeGroup, FakeGroup, Vec<u8>) {
    let mut ours = pushed(bench, 1).await;
    let mut theirs = ours.clone();
    ours.add("ours", b"ours");
    bench.publish(&mut ours).await;
    let gone = theirs.first_record();
    theirs.withdraw_record(&gone);
    theirs.add("theirs", b"theirs");
    let rival = theirs.sign();
    (ours, theirs, rival)
}

#[tokio::test]
async fn rival_heads_freeze_the_group_and_hide_records_that_either_lacks() {
    let bench = Bench::new().await;
    let (ours, theirs, rival) = rivals(&bench).await;
    let result = bench.push(theirs.whole(&rival)).await.unwrap();
    assert_eq!(result.outcome, Outcome::Frozen);
    assert_eq!(bench.status(&ours).await, feed_v1::GroupStatus::Frozen);
    // Theirs lacks `one` and `ours`; `theirs` is not added.
    assert_eq!(bench.shown(&ours).await, ["two"]);
    let proof = bench
        .store()
        .equivocation(&ours.id(), &View::public(), 0)
        .await
        .unwrap();
    assert_eq!(proof.unwrap().1, rival);
    bench.assert_consistent(&ours).await;
}

#[tokio::test]
async fn while_frozen_nothing_is_added_and_removed_records_are_hidden() {
    let bench = Bench::new().await;
    let (mut ours, theirs, rival) = rivals(&bench).await;
    bench.push(theirs.whole(&rival)).await.unwrap();
    ours.records.clear();
    ours.add("later", b"later");
    assert_eq!(bench.publish(&mut ours).await.outcome, Outcome::Frozen);
    assert!(bench.shown(&ours).await.is_empty());
}

#[tokio::test]
async fn a_rotation_ends_the_freeze() {
    let bench = Bench::new().await;
    let (mut ours, theirs, rival) = rivals(&bench).await;
    bench.push(theirs.whole(&rival)).await.unwrap();
    ours.rotate();
    let result = bench.publish(&mut ours).await;
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    assert_eq!(bench.status(&ours).await, feed_v1::GroupStatus::Active);
    assert_eq!(bench.shown(&ours).await, ["one", "ours", "two"]);
}

#[tokio::test]
async fn a_head_that_follows_another_is_a_rival() {
    let bench = Bench::new().await;
    let mut ours = pushed(&bench, 1).await;
    let mut twin = ours.clone();
    twin.add("twin", b"twin");
    twin.sign();
    // The twin's second head has the seq of our own, but follows another first head.
    bench.publish(&mut ours).await;
    assert_eq!(bench.publish(&mut twin).await.outcome, Outcome::Frozen);
}

#[tokio::test]
async fn a_rotation_recovers_from_a_thief_who_signed_the_last_seq() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let mut thief = publisher.clone();
    thief.records.clear();
    thief.seq = hedgerow_core::head::Seq::MAX;
    let last = thief.draft().sign(&thief.signing);
    bench.push(thief.whole(&last)).await.unwrap();
    assert!(bench.shown(&publisher).await.is_empty());
    publisher.rotate();
    bench.publish(&mut publisher).await;
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
    assert_eq!(bench.push_error(thief.whole(&last)).await, "head_key_ended");
}

#[tokio::test]
async fn a_key_event_commits_at_once_whatever_follows() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    publisher.rotate();
    let thief = hedgerow_core::keys::SigningKey::from_seed([66; 32]);
    let forged = publisher.draft().sign(&thief);
    assert_eq!(
        bench.push_error(publisher.whole(&forged)).await,
        "signature_mismatch"
    );
    let row = bench.row(&publisher).await;
    assert_eq!(row.tip, publisher.log.tip_hash());
    assert!(
        bench.shown(&publisher).await.is_empty(),
        "heads before the rotation are ended"
    );
    assert_eq!(
        bench.status(&publisher).await,
        feed_v1::GroupStatus::Pending
    );
}

#[tokio::test]
async fn a_deactivation_travels_alone_and_is_final() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let mut before = publisher.clone();
    publisher.deactivate();
    let alone = transfer(&publisher.log, None, None, &Manifest::empty(), &[]);
    let result = bench.push(alone).await.unwrap();
    assert_eq!(result.outcome, Outcome::KeyLog);
    assert_eq!(bench.status(&publisher).await, feed_v1::GroupStatus::Ended);
    assert!(bench.shown(&publisher).await.is_empty());
    let head = before.sign();
    assert_eq!(bench.push_error(before.whole(&head)).await, "group_ended");
}

/// Makes two branches of one key log, which rotated differently.
fn forked(publisher: &FakeGroup) -> (FakeGroup, FakeGroup) {
    let (mut ours, mut theirs) = (publisher.clone(), publisher.clone());
    ours.rotate();
    theirs.rotate_to(SigningKey::from_seed([50; 32]));
    assert_ne!(ours.log.tip_hash(), theirs.log.tip_hash());
    (ours, theirs)
}

#[tokio::test]
async fn both_branches_of_a_forked_key_log_are_stored_and_neither_wins() {
    let bench = Bench::new().await;
    let publisher = pushed(&bench, 1).await;
    let (mut ours, mut theirs) = forked(&publisher);
    bench.publish(&mut ours).await;
    assert_eq!(bench.publish(&mut theirs).await.outcome, Outcome::Frozen);
    assert_eq!(bench.status(&ours).await, feed_v1::GroupStatus::Frozen);
    let kept = bench.store().rival_key_events(&ours.id()).await.unwrap();
    assert_eq!(kept, [theirs.log.tip().envelope.clone()]);
    ours.add("new", b"new");
    assert_eq!(bench.publish(&mut ours).await.outcome, Outcome::Frozen);
    assert_eq!(bench.shown(&ours).await, ["one", "two"]);
}

#[tokio::test]
async fn one_of_many_rival_branches_is_stored_and_it_can_grow() {
    let bench = Bench::new().await;
    let publisher = pushed(&bench, 1).await;
    let (ours, mut theirs) = forked(&publisher);
    let keys =
        |publisher: &FakeGroup| transfer(&publisher.log, None, None, &Manifest::empty(), &[]);
    bench.push(keys(&ours)).await.unwrap();
    let result = bench.push(keys(&theirs)).await.unwrap();
    assert_eq!(result.outcome, Outcome::Frozen);
    for seed in 60..70 {
        let mut further = publisher.clone();
        further.rotate_to(SigningKey::from_seed([seed; 32]));
        let result = bench.push(keys(&further)).await.unwrap();
        assert_eq!(result.outcome, Outcome::Frozen);
    }
    theirs.rotate();
    let result = bench.push(keys(&theirs)).await.unwrap();
    assert_eq!(result.outcome, Outcome::Frozen);
    assert_eq!(
        bench.store().rival_key_events(&ours.id()).await.unwrap(),
        theirs.log.envelopes()[1..]
    );
    let mut healed = ours;
    // Now it has revealed each key to which the other branch committed.
    healed.rotate();
    set_aside(&mut healed, &theirs);
    bench.push(keys(&healed)).await.unwrap();
    let row = bench.row(&healed).await;
    assert!(!row.forked);
}

#[tokio::test]
async fn a_rival_branch_that_begins_earlier_is_stored_too() {
    let bench = Bench::new().await;
    let mut ours = pushed(&bench, 1).await;
    let keys =
        |publisher: &FakeGroup| transfer(&publisher.log, None, None, &Manifest::empty(), &[]);
    let (_, early) = forked(&ours);
    ours.rotate();
    let (ours, late) = forked(&ours);
    for branch in [&ours, &late, &early] {
        bench.push(keys(branch)).await.unwrap();
    }
    assert_eq!(
        bench.store().rival_key_events(&ours.id()).await.unwrap(),
        [
            early.log.tip().envelope.clone(),
            late.log.tip().envelope.clone()
        ]
    );
}

#[tokio::test]
async fn a_hidden_refused_record_is_not_listed() {
    let bench = Bench::new().await;
    let mut ours = pushed(&bench, 1).await;
    let mut theirs = ours.clone();
    ours.add("large", &vec![0; 70_000]);
    bench.publish(&mut ours).await;
    let refusals = || async {
        let (id, view) = (ours.id(), View::public());
        bench
            .store()
            .list_refusals(&id, &view, 10)
            .await
            .unwrap()
            .len()
    };
    assert_eq!(refusals().await, 1);
    bench.publish(&mut theirs).await;
    assert_eq!(refusals().await, 0);
}

/// Rotates once more and sets the other branch aside.
fn set_aside(publisher: &mut FakeGroup, rival: &FakeGroup) {
    let index = publisher.log.tip_index() + 1;
    let recovery = publisher.recovery_key(index);
    publisher.signing = SigningKey::from_seed([90; 32]);
    let event = publisher
        .log
        .rotate_setting_aside(
            &recovery,
            &publisher.signing.public(),
            [7; 32],
            commitment_to(&publisher.recovery_key(index + 1).public()),
            &[rival.log.tip_hash()],
        )
        .unwrap();
    publisher.log.append(&event).unwrap();
    publisher.seq = hedgerow_core::head::Seq::FIRST;
    publisher.previous = None;
}

#[tokio::test]
async fn an_innocent_fork_heals_on_either_branch() {
    for held_branch_wins in [true, false] {
        let bench = Bench::new().await;
        let publisher = pushed(&bench, 1).await;
        let (mut ours, mut theirs) = forked(&publisher);
        bench.publish(&mut ours).await;
        bench.publish(&mut theirs).await;
        let mut winner = if held_branch_wins {
            set_aside(&mut ours, &theirs);
            ours
        } else {
            set_aside(&mut theirs, &ours);
            theirs
        };
        winner.add("healed", b"healed");
        let result = bench.publish(&mut winner).await;
        assert!(
            matches!(result.outcome, Outcome::Stored(_)),
            "{held_branch_wins}: {result:?}"
        );
        assert_eq!(bench.status(&winner).await, feed_v1::GroupStatus::Active);
        assert_eq!(bench.shown(&winner).await, ["healed", "one", "two"]);
    }
}

#[tokio::test]
async fn the_evidence_against_a_frozen_group_is_served_and_its_records_for_a_recovery_only() {
    let bench = Bench::new().await;
    let (ours, theirs, rival) = rivals(&bench).await;
    bench.push(theirs.whole(&rival)).await.unwrap();
    let feed = StoredFeed::new(Arc::clone(bench.store()), bench.clock.clone());
    let (id, view) = (ours.id(), View::public());
    let evidence = feed.rivals(&id, &view).await.unwrap();
    assert_eq!(evidence.heads.map(|heads| heads.1), Some(rival));
    let withheld = feed.snapshot(&id, &view, None).await;
    assert_eq!(withheld.unwrap_err().reason(), "withheld");
    let head = feed.shown_snapshot(&id, &view).await.unwrap().head.unwrap();
    let hashes: Vec<_> = head.leaves.iter().map(|leaf| leaf.record_hash).collect();
    let bodies = feed.shown_bodies(&id, &view, &hashes).await.unwrap();
    let shown = head
        .leaves
        .iter()
        .zip(&bodies)
        .filter(|(_, body)| body.is_some());
    let shown: Vec<&str> = shown.map(|(leaf, _)| leaf.name.key.as_str()).collect();
    assert_eq!(shown, ["two"], "what the rival lacks stays hidden");
}

#[tokio::test]
async fn records_that_a_rotation_has_ended_are_served_for_a_recovery_until_a_new_head() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let held = bench.row(&publisher).await.head.unwrap().facts.envelope;
    publisher.rotate();
    let keys = transfer(&publisher.log, None, None, &Manifest::empty(), &[]);
    bench.push(keys).await.unwrap();
    let feed = StoredFeed::new(Arc::clone(bench.store()), bench.clock.clone());
    let (id, view) = (publisher.id(), View::public());
    let followed = feed.snapshot(&id, &view, None).await.unwrap();
    assert!(followed.head.is_none(), "followers get the key log alone");
    let head = feed.shown_snapshot(&id, &view).await.unwrap().head.unwrap();
    assert_eq!(head.envelope, held);
    let hashes: Vec<_> = head.leaves.iter().map(|leaf| leaf.record_hash).collect();
    let bodies = feed.shown_bodies(&id, &view, &hashes).await.unwrap();
    assert!(bodies.iter().all(Option::is_some));
    let bodies = feed.bodies(&id, &view, &hashes).await.unwrap();
    assert!(bodies.iter().all(Option::is_none), "not to followers");

    publisher.deactivate();
    let keys = transfer(&publisher.log, None, None, &Manifest::empty(), &[]);
    bench.push(keys).await.unwrap();
    let ended = feed.shown_snapshot(&id, &view).await.unwrap();
    assert!(ended.head.is_none(), "a deactivation is final");
}

#[tokio::test]
async fn the_rival_branch_of_a_key_log_is_served_to_its_owner() {
    let bench = Bench::new().await;
    let publisher = pushed(&bench, 1).await;
    let (mut ours, mut theirs) = forked(&publisher);
    bench.publish(&mut ours).await;
    bench.publish(&mut theirs).await;
    let feed = StoredFeed::new(Arc::clone(bench.store()), bench.clock.clone());
    let evidence = feed.rivals(&ours.id(), &View::public()).await.unwrap();
    assert_eq!(
        ours.log.rival_branches(&evidence.key_events),
        std::slice::from_ref(&theirs.log)
    );
    let unknown = GroupId::from_bytes([8; 32]);
    let unknown = feed.rivals(&unknown, &View::public()).await;
    assert_eq!(unknown.unwrap_err().reason(), "group_unknown");
}
