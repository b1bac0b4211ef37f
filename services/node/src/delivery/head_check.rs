//! Compares a head held by an aggregator with the heads signed here: it is known, or the
//! node is behind, or another copy of the key is in use.

use hedgerow_core::head::{HeadOrder, VerifiedHead, compare};
use hedgerow_core::key_log::{KeyLog, KeyLogError};
use hedgerow_core::name::View;

use super::error::DeliveryError;
use crate::group::Group;
use crate::shared::Shared;
use crate::signing::guard::Stop;
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
        Verdict::Behind => Stop::behind(&group.label, aggregator),
        Verdict::Equivocation => Stop::equivocation(aggregator),
    };
    stop_signing(shared, group, stop, aggregator, envelope).await?;
    Ok(verdict)
}

/// Compares the key log that an aggregator holds with the node's own, and stops the group's
/// signing if the keys were rotated elsewhere.
pub(super) async fn check_held_key_log(
    shared: &Shared,
    group: &Group,
    aggregator: &str,
    envelopes: &[Vec<u8>],
) -> Result<(), DeliveryError> {
    let own = shared.store.read().await?.key_log(&group.id).await?;
    let mut key_log = KeyLog::verify(own)?;
    let (own_tip, mut rotated) = (key_log.tip_index(), false);
    for envelope in envelopes {
        match key_log.append(envelope) {
            Ok(_) => rotated = key_log.tip_index() > own_tip,
            Err(KeyLogError::Fork { .. }) => {
                rotated = true;
                break;
            }
            // Not an event of this group's log, so it proves nothing about it.
            Err(_) => break,
        }
    }
    if rotated {
        tracing::error!(group = %group.label, aggregator, "the group's keys were rotated elsewhere");
        // Not stored, unlike the stops by heads: the next admission response shows it again.
        group.guard.stop(Stop::rotated_elsewhere(aggregator));
    }
    Ok(())
}

/// Stores the stop before it takes effect, so that a restart cannot lose it.
async fn stop_signing(
    shared: &Shared,
    group: &Group,
    stop: Stop,
    aggregator: &str,
    envelope: &[u8],
) -> Result<(), DeliveryError> {
    let _edits = group.edit_lock.lock().await;
    let stored = StoredStop {
        reason: stop.reason.as_str().to_owned(),
        head: envelope.to_vec(),
        aggregator: aggregator.to_owned(),
    };
    let mut writing = shared.store.write().await?;
    writing
        .put_stop(&group.id, &View::public(), &stored, shared.now())
        .await?;
    // Read back: an earlier proof of equivocation is not overwritten and stays in force.
    let in_force = writing
        .stop(&group.id, &View::public())
        .await?
        .unwrap_or(stored);
    writing.commit().await?;
    tracing::error!(group = %group.label, reason = in_force.reason, "{}", stop.message);
    group.guard.stop(Stop::from_stored(&in_force, &group.label));
    Ok(())
}
