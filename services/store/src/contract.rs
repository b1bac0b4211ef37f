//! The tests that every backend must pass, written once.

#![expect(clippy::unwrap_used, reason = "the suite is test code")]

mod batching;
mod commits;
mod fixtures;
mod follow;
mod hiding;
mod inboxes;
mod key_logs;
mod objections;
mod staging;
mod stored_group;

pub use batching::*;
pub use commits::*;
pub use fixtures::commit_group;
pub use follow::*;
pub use hiding::*;
pub use inboxes::*;
pub use key_logs::*;
pub use objections::*;
pub use staging::*;
pub use stored_group::StoredGroup;

/// Expands to all tests of the contract, for a backend whose `$open` opens an empty store.
#[macro_export]
macro_rules! contract_tests {
    ($open:path) => {
        $crate::contract_tests!($open:
            a_committed_head_has_its_leaves_and_bodies,
            a_change_computed_from_another_head_has_no_effect,
            a_lower_head_has_no_effect,
            a_head_verified_with_another_key_log_has_no_effect,
            a_body_missing_from_staging_rolls_back_the_whole_change,
            a_missing_body_is_wanted_until_it_is_filled,
            a_refused_record_keeps_its_leaf_with_the_reason,
            a_withdrawn_record_is_deleted_with_its_body,
            a_head_without_leaves_erases_the_previous_leaves,
            a_lapsed_group_is_hidden_then_erased_then_restored,
            the_highest_head_is_never_deleted,
            many_records_and_groups_are_read_at_once,
            the_records_of_many_groups_come_in_order_up_to_a_limit,
            a_follower_sees_each_record_change_once,
            a_follower_from_any_revision_ends_in_the_same_state,
            pending_changes_are_the_changes_with_sizes_in_place_of_records,
            an_excluded_group_disappears_and_returns_complete,
            a_difference_leads_from_an_earlier_head_to_the_current_one,
            deleted_history_makes_a_follower_start_over,
            the_feed_has_one_row_for_each_group_in_order,
            subscribers_are_notified_of_changes,
            a_restored_store_has_a_new_stream_and_unconfirmed_heads,
            records_withdrawn_by_a_throttled_head_are_hidden_until_a_head_is_committed,
            a_hidden_record_that_is_still_published_becomes_visible_again,
            rival_heads_are_stored_as_proof_and_freeze_their_key_index,
            a_key_log_is_stored_and_found_by_any_commitment,
            the_holder_of_a_commitment_comes_before_groups_that_copied_it,
            a_rotation_hides_records_signed_with_the_old_key,
            a_deactivation_erases_all_records,
            key_events_for_another_tip_have_no_effect,
            rival_key_events_are_stored_and_a_winning_branch_replaces_the_log,
            staged_bodies_are_counted_and_expire,
            the_groups_with_most_staged_are_evicted_first,
            staging_a_body_again_does_not_extend_its_time,
            sources_are_stored_with_their_cursor,
            a_source_stays_marked_as_missed_until_its_next_listing,
            announced_endpoints_are_distinct_and_those_that_respond_come_first,
            sources_that_are_no_longer_followed_are_deleted,
            pages_join_without_gap_or_overlap,
            a_new_group_committed_at_once_equals_one_committed_in_steps,
            a_known_group_is_not_inserted_again,
            concurrent_new_groups_equal_groups_committed_alone,
            an_incomplete_new_group_is_rejected,
            a_new_group_that_is_excluded_stays_hidden,
            bodies_in_the_command_need_no_staging,
            a_failed_change_does_not_affect_concurrent_ones,
            stalled_callers_do_not_block_writers,
            a_follower_sees_each_concurrent_change_once,
            requests_wait_in_order_until_they_are_deleted_or_old,
            a_message_waits_until_its_group_acknowledges_it,
            a_request_is_used_once_and_remembered_until_it_expires,
            messages_and_inboxes_are_forgotten_in_their_time,
            an_entry_that_the_operator_hides_stays_hidden_until_it_is_shown,
            decisions_are_counted_by_reason,
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
