//! Delivers a key log without a head: a deactivation, or a rotation after which nothing was
//! signed yet.

use hedgerow_core::key_log::KeyLog;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1;

use super::admission::get_admission;
use super::context::Context;
use super::error::DeliveryError;
use super::key_log_push::push_events;
use super::outcome::Outcome;

/// Pushes the key events that the aggregator lacks. One that has no key log of the group has
/// nothing to end, so it gets nothing.
pub(super) async fn deliver_key_log(
    context: &Context,
    log: &KeyLog,
) -> Result<Outcome, DeliveryError> {
    let response = get_admission(&context.aggregator, &context.group.id).await?;
    let admission = response.admission.unwrap_or_default();
    let held = KeyLog::verify(&response.key_log).ok();
    let is_current = held
        .as_ref()
        .is_none_or(|held| held.tip_hash() == log.tip_hash());
    if is_current {
        return Ok(outcome(admission));
    }
    let events = held
        .and_then(|held| log.after(&held.tip_hash()))
        .unwrap_or(log.events());
    let admission = push_events(context, events).await?;
    if log.is_ended() && admission.status() != GroupStatus::Ended {
        return Err(DeliveryError::NotAccepted(
            "it did not report the group as ended".to_owned(),
        ));
    }
    Ok(outcome(admission))
}

fn outcome(admission: ingest_v1::Admission) -> Outcome {
    Outcome {
        admission: Some(admission),
        ..Outcome::default()
    }
}
