//! What a head that an aggregator holds says about this node: all is well, or the node
//! is behind, or somebody else signs.

use hedgerow_core::head::HeadOrder;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::head::compare;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::KeyLogError;
use hedgerow_core::name::View;

use super::error::DeliveryError;
use crate::gate::Stopped;
use crate::group::Group;
use crate::node::Shared;
use crate::store::Stop;
use crate::store::Transaction;

/// What an aggregator's head says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was signed here, or is older than what was.
    Known,
    /// It is newer than anything signed here.
    Behind,
    /// It and a head signed here cannot both be honest.
    Equivocation,
}

/// Judges the highest head that an aggregator ever accepted.
pub(crate) async fn judge(
    reading: &mut Transaction,
    key_log: &KeyLog,
    held: &VerifiedHead,
) -> Result<Verdict, DeliveryError> {
    let (group, view) = (key_log.group_id(), View::public());
    if reading
        .remembered(&group, &view, &held.hash())
        .await?
        .is_some()
    {
        return Ok(Verdict::Known);
    }
    if reading
        .remembered_at(&group, &view, held.position())
        .await?
        .is_some()
    {
        return Ok(Verdict::Equivocation);
    }
    let Some(newest) = reading.head(&group, &view).await? else {
        return Ok(Verdict::Behind);
    };
    if held.position() < newest.position {
        tracing::warn!(
            %group, position = %held.position(),
            "an aggregator holds an older head that this node does not remember signing"
        );
        return Ok(Verdict::Known);
    }
    let order = VerifiedHead::verify_past(&newest.envelope, key_log).map(|own| compare(&own, held));
    Ok(match order {
        Ok(HeadOrder::Equivocation) => Verdict::Equivocation,
        _ => Verdict::Behind,
    })
}

/// Verifies and judges an envelope, and stops the group's signing where it must. An
/// envelope that does not verify says nothing.
pub(super) async fn consider(
    shared: &Shared,
    group: &Group,
    aggregator: &str,
    envelope: &[u8],
) -> Result<Verdict, DeliveryError> {
    let mut reading = shared.store.read().await?;
    let key_log = KeyLog::verify(reading.key_log(&group.id).await?)?;
    let held = VerifiedHead::verify_past(envelope, &key_log)
        .map_err(|error| DeliveryError::BadHead(error.reason()))?;
    if !held.view().is_public() {
        return Err(DeliveryError::BadHead("head_wrong_view"));
    }
    let verdict = judge(&mut reading, &key_log, &held).await?;
    drop(reading);
    let stopped = match verdict {
        Verdict::Known => return Ok(verdict),
        Verdict::Behind => Stopped::behind(&group.label, aggregator),
        Verdict::Equivocation => Stopped::equivocation(aggregator),
    };
    stop(shared, group, stopped, aggregator, envelope).await?;
    Ok(verdict)
}

/// Compares the key log that an aggregator holds with the node's own.
pub(super) async fn consider_key_log(
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
            // Whatever else is not this group's log, and says nothing.
            Err(_) => break,
        }
    }
    if rotated {
        tracing::error!(group = %group.label, aggregator, "its keys were rotated elsewhere");
        group.gate.stop(Stopped::rotated_elsewhere(aggregator));
    }
    Ok(())
}

/// Durable first: a restart must not forget it.
async fn stop(
    shared: &Shared,
    group: &Group,
    stopped: Stopped,
    aggregator: &str,
    envelope: &[u8],
) -> Result<(), DeliveryError> {
    let _edits = group.edits.lock().await;
    let kept = Stop {
        reason: stopped.reason.to_owned(),
        held: envelope.to_vec(),
        aggregator: aggregator.to_owned(),
    };
    let mut writing = shared.store.write().await?;
    writing
        .put_stop(&group.id, &View::public(), &kept, shared.now())
        .await?;
    let in_force = writing
        .stop(&group.id, &View::public())
        .await?
        .unwrap_or(kept);
    writing.commit().await?;
    tracing::error!(group = %group.label, reason = in_force.reason, "{}", stopped.words);
    group.gate.stop(Stopped::from_kept(&in_force, &group.label));
    Ok(())
}
