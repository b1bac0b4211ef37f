//! What every store must do: written once, run against each.

#![expect(clippy::unwrap_used, reason = "the suite is test code")]

mod batching;
mod commits;
mod follow;
mod hiding;
mod logs;
mod publisher;
mod staging;
mod stored_group;

use std::sync::Arc;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;

use super::Bodies;
use super::Committed;
use super::HeadCommit;
use super::KeyEventCommit;
use super::KeyEventPut;
use super::LeafPut;
use super::LeafState;
use super::NewHead;
use super::Staged;
use super::Store;
use super::Tokens;
use super::Verdict;

pub use batching::*;
pub use commits::*;
pub use follow::*;
pub use hiding::*;
pub use logs::*;
pub use publisher::Publisher;
pub use publisher::items;
pub use publisher::record;
pub use staging::*;
pub use stored_group::StoredGroup;

/// The tests of the contract, for a backend whose `$open` opens an empty store.
#[macro_export]
macro_rules! contract_tests {
    ($open:path) => {
        $crate::contract_tests!($open:
            a_head_in_force_has_its_leaves_and_bodies,
            a_change_worked_out_from_another_head_changes_nothing,
            a_lower_head_changes_nothing,
            a_head_of_another_key_log_changes_nothing,
            a_body_that_is_not_staged_undoes_the_whole_change,
            a_missing_body_is_wanted_until_it_is_filled,
            a_refused_record_stays_a_leaf_with_its_reason,
            what_is_taken_back_is_gone_with_its_body,
            a_head_alone_erases_what_was_under_it,
            what_lapsed_is_hidden_then_erased_then_restored,
            the_highest_head_is_kept_for_good,
            many_records_and_groups_are_read_at_once,
            the_records_of_many_groups_come_in_order_up_to_a_limit,
            a_follower_sees_each_record_change_once,
            a_follower_from_any_point_ends_with_the_same,
            a_hidden_group_leaves_and_comes_back_whole,
            a_difference_leads_from_a_remembered_head,
            forgotten_removals_send_a_follower_back_to_the_start,
            the_feed_has_one_row_a_group_in_order,
            whoever_waits_is_told_of_changes,
            a_restored_store_is_a_new_stream_and_unconfirmed,
            what_a_held_back_head_takes_back_is_hidden_until_a_head_is_in_force,
            a_hidden_record_that_is_still_published_comes_back,
            rival_heads_are_kept_as_proof_and_freeze_their_key_index,
            a_key_log_is_kept_and_found_by_any_commitment,
            a_copied_commitment_does_not_hide_whose_it_is,
            a_rotation_withholds_what_was_signed_before,
            a_deactivation_erases_what_was_published,
            key_events_after_another_tip_change_nothing,
            rival_key_events_are_kept_and_a_winner_takes_their_place,
            staged_bodies_wait_are_counted_and_expire,
            those_who_have_most_staged_make_room,
            staging_a_body_again_does_not_keep_it_longer,
            sources_are_remembered_with_their_cursor,
            what_was_missed_of_a_source_stays_missed_until_it_is_listed_whole,
            announced_endpoints_come_once_each_the_oldest_first,
            sources_that_are_followed_no_more_are_forgotten,
            pages_join_without_gap_or_overlap,
            a_group_that_begins_with_its_head_is_as_one_begun_in_steps,
            a_group_that_is_known_does_not_begin_again,
            groups_that_begin_at_the_same_time_are_as_if_begun_alone,
            a_group_does_not_begin_without_what_it_needs,
            a_group_excluded_meanwhile_begins_unseen,
            bodies_at_hand_need_no_staging,
            what_fails_does_not_hurt_what_is_made_at_the_same_time,
            those_who_stand_still_in_a_change_keep_nobody_from_writing,
            of_many_changes_at_the_same_time_a_follower_sees_each_once,
        );
    };
    ($open:path: $($name:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            let (_folder, store) = $open().await;
            $crate::contract::$name(store).await;
        }
    )*};
}

pub fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

pub fn public() -> View {
    View::public()
}

/// A group with two records, held in the store.
pub async fn stored_group(store: &Arc<dyn Store>, number: u8) -> Publisher {
    let mut publisher = Publisher::new(number, now());
    publisher.add("one", b"first");
    publisher.add("two", b"second");
    commit_keys(store, &publisher).await;
    let head = publisher.sign();
    assert!(matches!(
        commit(store, &publisher, &head).await,
        Committed::At(_)
    ));
    publisher
}

/// Commits the key events that the store lacks.
pub async fn commit_keys(store: &Arc<dyn Store>, publisher: &Publisher) -> Committed {
    let held = store.group(&publisher.id()).await.unwrap();
    let after = held.as_ref().map_or(0, |row| row.tip_index + 1);
    let events = publisher
        .log
        .events()
        .iter()
        .filter(|event| event.index >= after);
    store
        .commit_key_events(KeyEventCommit {
            group_id: publisher.id(),
            expected_tip: held.map(|row| row.tip),
            events: events
                .map(|event| KeyEventPut {
                    index: event.index,
                    hash: event.hash,
                    envelope: event.envelope.clone(),
                    commitment: event.commitment,
                })
                .collect(),
            ends: publisher.log.is_ended(),
            forked: false,
            now: now(),
        })
        .await
        .unwrap()
}

/// Stages the publisher's records and commits a head over them.
pub async fn commit(store: &Arc<dyn Store>, publisher: &Publisher, head: &[u8]) -> Committed {
    stage(store, publisher).await;
    store
        .commit_head(change(store, publisher, head).await)
        .await
        .unwrap()
}

/// Stages the publisher's records.
pub async fn stage(store: &Arc<dyn Store>, publisher: &Publisher) {
    let manifest = publisher.manifest();
    let name_of = |hash| {
        manifest
            .leaves()
            .iter()
            .find(|leaf| leaf.record_hash == hash)
            .map(|leaf| leaf.name.clone())
    };
    let items: Vec<_> = publisher
        .records
        .iter()
        .map(|record| {
            let record_hash = record_hash(record);
            let verdict = Verdict::Keep(record.clone());
            Staged {
                record_hash,
                name: name_of(record_hash),
                verdict,
            }
        })
        .collect();
    store.stage(&publisher.id(), items, now()).await.unwrap();
}

/// The change from what the store holds to a head over the publisher's records, every
/// body held.
pub async fn change(store: &Arc<dyn Store>, publisher: &Publisher, head: &[u8]) -> HeadCommit {
    let id = publisher.id();
    let held = store.manifest(&id, &public()).await.unwrap();
    let stored = store.head(&id, &public()).await.unwrap();
    let manifest = publisher.manifest();
    let before = held.map_or_else(Manifest::empty, |(_, manifest)| manifest);
    let difference = Manifest::difference(&before, &manifest);
    HeadCommit {
        group_id: id,
        view: public(),
        new_key_log: Vec::new(),
        expected_tip: publisher.log.tip_hash(),
        expected_head: stored.map(|head| head.hash),
        head: new_head(&publisher.verified(head), true),
        removals: difference.removals,
        puts: difference
            .puts
            .into_iter()
            .map(|leaf| LeafPut {
                leaf,
                state: LeafState::Held,
            })
            .collect(),
        bodies: Bodies::new(),
        bytes: manifest.record_bytes(),
        tokens: Tokens {
            thousandths: 5,
            at: now(),
        },
        now: now(),
    }
}

pub fn new_head(head: &VerifiedHead, invited: bool) -> NewHead {
    NewHead {
        envelope: head.envelope().to_vec(),
        hash: head.hash(),
        position: head.position(),
        root: head.root(),
        count: head.count(),
        issue_time: head.issue_time(),
        expire_time: head.expire_time(),
        endpoint: Some("https://node.example:1".to_owned()),
        invited,
    }
}

/// The keys of the records that are shown, in order.
pub async fn shown(store: &Arc<dyn Store>, group: &GroupId) -> Vec<String> {
    let records = store
        .list_records(group, &public(), None, 100)
        .await
        .unwrap();
    records
        .iter()
        .map(|record| record.name.key.to_string())
        .collect()
}
