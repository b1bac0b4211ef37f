//! Where a group stands here: from what is held and the time, and from nothing else.

use hedgerow_core::head::LAPSES_AFTER;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use crate::store::GroupRow;
use crate::store::RefusalRow;

/// The group's status at `now`.
pub fn status(row: &GroupRow, now: Timestamp) -> v1::GroupStatus {
    use v1::GroupStatus as Status;
    if row.exclusion.is_some() {
        return Status::Excluded;
    }
    if row.ended {
        return Status::Ended;
    }
    let Some(held) = &row.head else {
        return if is_frozen(row) {
            Status::Frozen
        } else if row.held_back.is_some() {
            Status::Throttled
        } else {
            Status::Pending
        };
    };
    if is_frozen(row) {
        return Status::Frozen;
    }
    if held.position.key_index != row.tip_index {
        return Status::Pending;
    }
    if !held.invited {
        return Status::NotInvited;
    }
    if held.expires_at.plus(LAPSES_AFTER) <= now {
        return Status::Lapsed;
    }
    if !held.whole {
        return Status::Pending;
    }
    if row.held_back.is_some() {
        return Status::Throttled;
    }
    if held.expires_at <= now {
        Status::Stale
    } else {
        Status::Active
    }
}

/// Whether the group's records are shown at `now`: in search, by name, in proofs.
pub fn is_shown(row: &GroupRow, now: Timestamp) -> bool {
    use v1::GroupStatus as Status;
    row.shown
        && match status(row, now) {
            Status::Active | Status::Stale | Status::Throttled | Status::Frozen => true,
            Status::Unspecified
            | Status::Pending
            | Status::Lapsed
            | Status::NotInvited
            | Status::Ended
            | Status::Excluded => false,
        }
}

/// Whether the group's head is passed on in the feed at `now`. Less than what is shown:
/// while records are hidden under it, the head itself is not passed on.
pub fn is_passed_on(row: &GroupRow, now: Timestamp) -> bool {
    use v1::GroupStatus as Status;
    row.shown && matches!(status(row, now), Status::Active | Status::Stale)
}

/// The status with what to do about it. `never_seen` is that of the public view.
pub fn admission(row: &GroupRow, refusals: &[RefusalRow], now: Timestamp) -> v1::Admission {
    let status = status(row, now);
    let missing = match (&row.head, status) {
        (None, v1::GroupStatus::Pending) => "head_missing",
        (Some(held), v1::GroupStatus::Pending) if held.position.key_index != row.tip_index => {
            "head_missing"
        }
        (Some(_), v1::GroupStatus::Pending) => "bodies_missing",
        _ => "",
    };
    let held_back = row
        .held_back
        .as_ref()
        .filter(|_| status == v1::GroupStatus::Throttled);
    v1::Admission {
        status: status.into(),
        missing: missing.to_owned(),
        limit: held_back.map(|held| held.limit.clone()).unwrap_or_default(),
        until: held_back.and_then(|held| held.until).map(Into::into),
        reason: row
            .exclusion
            .as_ref()
            .map(|why| why.reason.clone())
            .unwrap_or_default(),
        unconfirmed: row.head.as_ref().is_some_and(|held| held.unconfirmed),
        never_seen: !row.seen,
        refusals: refusals.iter().map(refusal).collect(),
    }
}

/// The admission of a group of which nothing is held, for want of `missing`.
pub fn unknown(missing: &str) -> v1::Admission {
    v1::Admission {
        status: v1::GroupStatus::Pending.into(),
        missing: missing.to_owned(),
        never_seen: true,
        ..v1::Admission::default()
    }
}

fn is_frozen(row: &GroupRow) -> bool {
    row.forked || row.frozen_index == Some(row.tip_index)
}

fn refusal(row: &RefusalRow) -> v1::Refusal {
    v1::Refusal {
        collection: row.name.collection.to_string(),
        key: row.name.key.to_string(),
        reason: row.reason.clone(),
        detail: row.detail.clone(),
    }
}
