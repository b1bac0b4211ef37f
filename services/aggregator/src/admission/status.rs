//! The status of a group, computed from its row and the time alone.

use hedgerow_core::head::LAPSES_AFTER;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1;
use hedgerow_proto::ingest_v1::PendingReason;
use hedgerow_store::{Exclusion, GroupRow, RefusalRow, StoredHead, Throttle};

use super::decision::Postponed;

/// Returns the group's status at `now`.
pub fn group_status(row: &GroupRow, now: Timestamp) -> GroupStatus {
    if row.exclusion.is_some() {
        return GroupStatus::Excluded;
    }
    if row.ended {
        return GroupStatus::Ended;
    }
    if is_frozen(row) {
        return GroupStatus::Frozen;
    }
    // A limit that time lifts is over then, although the head that it delayed has yet to come
    // again.
    let is_open = |throttle: &Throttle| throttle.until.is_none_or(|until| now < until);
    let throttled = row.throttle.as_ref().is_some_and(is_open);
    let Some(head) = &row.head else {
        return if throttled {
            GroupStatus::Throttled
        } else {
            GroupStatus::Pending
        };
    };
    if head.facts.position.key_index != row.tip_index {
        return GroupStatus::Pending;
    }
    if !head.facts.invited {
        return GroupStatus::NotInvited;
    }
    // Before `whole`: the leaves of a lapsed group are erased after a while.
    if head.facts.expire_time.plus(LAPSES_AFTER) <= now {
        return GroupStatus::Lapsed;
    }
    if !head.whole {
        return GroupStatus::Pending;
    }
    if throttled {
        return GroupStatus::Throttled;
    }
    if head.facts.expire_time <= now {
        GroupStatus::Stale
    } else {
        GroupStatus::Active
    }
}

/// Returns whether the group's records are shown at `now`: in search, by name, in proofs.
pub fn is_shown(row: &GroupRow, now: Timestamp) -> bool {
    row.shown
        && match group_status(row, now) {
            GroupStatus::Active
            | GroupStatus::Stale
            | GroupStatus::Throttled
            | GroupStatus::Frozen => true,
            GroupStatus::Unspecified
            | GroupStatus::Pending
            | GroupStatus::Lapsed
            | GroupStatus::NotInvited
            | GroupStatus::Ended
            | GroupStatus::Excluded => false,
        }
}

/// Returns whether the group's head is in the feed at `now`. Stricter than [`is_shown`]: a frozen
/// group's head may be one of two. A throttled group's last committed head is in the feed, but
/// not the bodies of the records that the delayed head removes.
pub fn is_in_feed(row: &GroupRow, now: Timestamp) -> bool {
    row.shown
        && matches!(
            group_status(row, now),
            GroupStatus::Active | GroupStatus::Stale | GroupStatus::Throttled
        )
}

/// Returns whether the group's own recovery may fetch its last head: it is shown, or a rotation has
/// ended it and no head under the new key has come, so that these are the group's newest records.
pub fn is_recoverable(row: &GroupRow, now: Timestamp) -> bool {
    is_shown(row, now)
        || row.head.as_ref().is_some_and(|head| {
            row.exclusion.is_none()
                && !row.ended
                && head.facts.position.key_index < row.tip_index
                && head.facts.invited
                && now < head.facts.expire_time.plus(LAPSES_AFTER)
        })
}

/// Returns whether nothing is missing under a head. Of a group that left nothing is stored.
pub(crate) fn is_complete(head: &StoredHead) -> bool {
    head.whole || !head.facts.invited
}

/// Returns the status with its reasons. `never_seen` is that of the public view.
pub fn admission(row: &GroupRow, refusals: &[RefusalRow], now: Timestamp) -> ingest_v1::Admission {
    let status = group_status(row, now);
    let pending_reason = match (&row.head, status) {
        (None, GroupStatus::Pending) => PendingReason::HeadMissing,
        (Some(head), GroupStatus::Pending) if head.facts.position.key_index != row.tip_index => {
            PendingReason::HeadMissing
        }
        (Some(_), GroupStatus::Pending) => PendingReason::BodiesMissing,
        _ => PendingReason::Unspecified,
    };
    let throttle = row
        .throttle
        .as_ref()
        .filter(|_| status == GroupStatus::Throttled);
    ingest_v1::Admission {
        status: status.into(),
        pending_reason: pending_reason.into(),
        limit: throttle.map(|it| it.limit.clone()).unwrap_or_default(),
        throttle_end_time: throttle.and_then(|it| it.until).map(Into::into),
        reason: row
            .exclusion
            .as_ref()
            .map(|it| it.reason.clone())
            .unwrap_or_default(),
        unconfirmed: row.head.as_ref().is_some_and(|head| head.unconfirmed),
        never_seen: !row.seen,
        refusals: refusals.iter().map(refusal).collect(),
    }
}

/// Returns the admission of a group that is not stored, for this reason.
pub fn not_stored(reason: PendingReason) -> ingest_v1::Admission {
    ingest_v1::Admission {
        status: GroupStatus::Pending.into(),
        pending_reason: reason.into(),
        never_seen: true,
        ..ingest_v1::Admission::default()
    }
}

/// Returns the admission of a new group that has to wait.
pub fn postponed(postponed: Postponed) -> ingest_v1::Admission {
    ingest_v1::Admission {
        limit: postponed.limit.to_owned(),
        throttle_end_time: Some(postponed.until.into()),
        ..not_stored(PendingReason::DailyNewGroups)
    }
}

/// Returns the admission of a group that the operator excluded in advance.
pub(crate) fn excluded_unseen(exclusion: Exclusion) -> ingest_v1::Admission {
    ingest_v1::Admission {
        status: GroupStatus::Excluded.into(),
        reason: exclusion.reason,
        never_seen: true,
        ..ingest_v1::Admission::default()
    }
}

fn is_frozen(row: &GroupRow) -> bool {
    row.forked || row.frozen_index == Some(row.tip_index)
}

fn refusal(row: &RefusalRow) -> ingest_v1::Refusal {
    ingest_v1::Refusal {
        collection: row.name.collection.to_string(),
        key: row.name.key.to_string(),
        reason: row.refusal.reason.clone(),
        detail: row.refusal.detail.clone(),
    }
}
