//! Compares a head held by an aggregator with the heads signed here: it is known, or the
//! node is behind, or another copy of the key is in use.

use hedgerow_core::head::{HeadOrder, VerifiedHead, compare};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;

use super::error::DeliveryError;
use crate::group::Group;
use crate::shared::Shared;
use crate::signing::guard::{Stop, StopReason};
use crate::store::{StoredStop, Transaction};

/// How a held head relates to the heads signed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was signed here, or is older than the newest head signed here.
    Known,
    /// It is newer than every head signed here.
    Behind,
    /// It conflicts with a head signed here.
    Equivocation,
}

/// Compares the highest head that an aggregator has accepted with the head history.
pub(crate) async fn check_head(
    reading: &mut Transaction,
    key_log: &KeyLog,
    held: &VerifiedHead,
) -> Result<Verdict, DeliveryError> {
    let (group, view) = (key_log.group_id(), View::public());
    let revision = reading.head_revision(&group, &view, &held.hash()).await?;
    if revision.is_some() {
        return Ok(Verdict::Known);
    }
    // Another hash at a position that was used here: two heads with one number.
    if reading.has_head_at(&group, &view, held.position()).await? {
        return Ok(Verdict::Equivocation);
    }
    let Some(newest) = reading.head(&group, &view).await? else {
        return Ok(Verdict::Behind);
    };
    if held.position() < newest.position {
        // After a forced signature, lost heads may show up inside the gap. They conflict with
        // nothing in the history, so they stop nothing.
        tracing::warn!(
            %group, position = %held.position(),
            "an aggregator holds an older head that this node has no record of signing"
        );
        return Ok(Verdict::Known);
    }
    // The held head may name a predecessor that conflicts with our newest one.
    let order = VerifiedHead::verify_past(&newest.envelope, key_log).map(|own| compare(&own, held));
    Ok(match order {
        Ok(HeadOrder::Equivocation) => Verdict::Equivocation,
        _ => Verdict::Behind,
    })
}

/// Verifies and compares a held head, and stops the group's signing if it is newer or
/// conflicts. An envelope that fails verification proves nothing and is an error.
pub(super) async fn check_held_head(
    shared: &Shared,
    group: &Group,
    aggregator: &str,
    envelope: &[u8],
) -> Result<Verdict, DeliveryError> {
    let mut reading = shared.store.read().await?;
    let key_log = KeyLog::verify(reading.key_log(&group.id).await?)?;
    let held = VerifiedHead::verify_past(envelope, &key_log)
        .map_err(|error| DeliveryError::InvalidHead(error.reason()))?;
    if !held.view().is_public() {
        return Err(DeliveryError::InvalidHead("head_wrong_view"));
    }
    let verdict = check_head(&mut reading, &key_log, &held).await?;
    drop(reading);
    let stop = match verdict {
        Verdict::Known => return Ok(verdict),
        Verdict::Behind => Stop::behind(shared.subject(&group.label), aggregator),
        Verdict::Equivocation => Stop::equivocation(shared.subject(&group.label), aggregator),
    };
    stop_signing(shared, group, stop, aggregator, envelope).await?;
    Ok(verdict)
}

/// How the key log at an aggregator relates to the node's own, if the group may go on signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeldLog {
    /// It is the beginning of the node's own log, or of no use as proof.
    Own,
    /// It is a rival branch that the node's own log sets aside: heads under it count no longer.
    SetAside,
}

/// Compares the key log that an aggregator holds with the node's own, and stops the group's
/// signing if the keys were rotated elsewhere, or the log is forked.
pub(super) async fn check_held_key_log(
    shared: &Shared,
    group: &Group,
    aggregator: &str,
    envelopes: &[Vec<u8>],
) -> Result<HeldLog, DeliveryError> {
    // A log that does not verify proves nothing.
    let Ok(held) = KeyLog::verify(envelopes) else {
        return Ok(HeldLog::Own);
    };
    let own = KeyLog::verify(shared.store.read().await?.key_log(&group.id).await?)?;
    if held.group_id() != own.group_id() {
        return Ok(HeldLog::Own);
    }
    let subject = shared.subject(&group.label);
    let stop = match own.fork_index(&held) {
        None if held.tip_index() <= own.tip_index() => return Ok(HeldLog::Own),
        None if held.is_ended() => {
            adopt_deactivation(shared, group, &held).await?;
            return Err(DeliveryError::Stopped(StopReason::Deactivated));
        }
        None => Stop::rotated_out(subject, aggregator),
        Some(_) if own.sets_aside(&held) => return Ok(HeldLog::SetAside),
        Some(_) if held.sets_aside(&own) => Stop::rotated_out(subject, aggregator),
        Some(_) => Stop::forked(subject, aggregator),
    };
    let reason = stop.reason;
    stop_signing(shared, group, stop, aggregator, &held.tip().envelope).await?;
    Err(DeliveryError::Stopped(reason))
}

/// Stores a deactivation that was made elsewhere, so that this node delivers it to its other
/// aggregators too.
async fn adopt_deactivation(
    shared: &Shared,
    group: &Group,
    log: &KeyLog,
) -> Result<(), DeliveryError> {
    let _edits = group.edit_lock.lock().await;
    let mut writing = shared.store.write().await?;
    let revision = writing.replace_key_log(&group.id, log).await?;
    writing.commit().await?;
    let stop = Stop::deactivated();
    tracing::error!(group = %group.label, reason = stop.reason.as_str(), "{}", stop.message);
    group.guard.stop(stop);
    shared.notify_new_head(group, revision);
    Ok(())
}

/// Stores the stop before it takes effect, so that a restart cannot lose it.
pub(super) async fn stop_signing(
    shared: &Shared,
    group: &Group,
    stop: Stop,
    aggregator: &str,
    envelope: &[u8],
) -> Result<(), DeliveryError> {
    let _edits = group.edit_lock.lock().await;
    let (id, view) = (&group.id, View::public());
    let stored = StoredStop {
        reason: stop.reason.as_str().to_owned(),
        head: envelope.to_vec(),
        aggregator: aggregator.to_owned(),
    };
    let mut writing = shared.store.write().await?;
    let before = writing.stop(id, &view).await?;
    // An edit that is refused permanently outranks every stop that a restore or a rotation on
    // this machine would end.
    let outranked = group
        .guard
        .stopped()
        .is_some_and(|held| held.reason.refuses_edits() && !stop.reason.refuses_edits());
    if outranked {
        return Ok(());
    }
    if stop.reason == StopReason::RotatedOut {
        // The rotation has ended the equivocation too, whose proof is not overwritten otherwise.
        writing.clear_stop(id, &view).await?;
    }
    writing.put_stop(id, &view, &stored, shared.now()).await?;
    // Read back: an earlier proof of equivocation is not overwritten and stays in force.
    let in_force = writing.stop(id, &view).await?.unwrap_or(stored);
    writing.commit().await?;
    let stop = Stop::from_stored(&in_force, shared.subject(&group.label));
    // Each aggregator reports the same, and again after each start.
    if before.is_none_or(|before| before.reason != in_force.reason) {
        tracing::error!(group = %group.label, reason = in_force.reason, "{}", stop.message);
    }
    group.guard.stop(stop);
    Ok(())
}
