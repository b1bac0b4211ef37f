//! The first call to an aggregator after each start: its identity, and what it holds of the
//! group. Nothing is signed before one aggregator has responded to it.

use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::{Appended, KeyLog};
use hedgerow_proto::ingest_v1;
use hedgerow_transport::trace::propagate;
use tonic::Request;

use super::aggregator::Aggregator;
use super::context::Context;
use super::error::DeliveryError;
use super::head_check::{HeldLog, check_held_head, check_held_key_log};
use super::key_log_push::deliver_branch;
use crate::shared::Shared;
use crate::signing::guard::StopReason;
use crate::signing::{When, refresh};
use crate::store::KnownAggregator;

/// Requests the admission, and opens the group's signing guard if the response permits it. Fails
/// if the response shows that this node's keys no longer sign for the group.
pub(super) async fn request_admission(
    context: &Context,
) -> Result<(ingest_v1::Admission, HeldLog), DeliveryError> {
    let Context {
        shared,
        group,
        aggregator,
        removed,
    } = context;
    let response = get_admission(aggregator, &group.id).await?;
    pin_identity(shared, &aggregator.name, &response).await?;

    let admission = response.admission.unwrap_or_default();
    let held = check_held_key_log(shared, group, &aggregator.name, &response.key_log).await;
    if let Err(DeliveryError::Stopped(StopReason::Forked)) = held {
        deliver_branch(context, &admission).await?;
    }
    let held = held?;
    if held == HeldLog::SetAside {
        // Heads under a branch that was set aside count no longer.
    } else if !response.highest_head.is_empty() {
        check_held_head(shared, group, &aggregator.name, &response.highest_head).await?;
    } else if !admission.never_seen {
        // Neither a head nor `never_seen`: the response does not show whether there are newer
        // heads, so it must not open the guard.
        return Err(DeliveryError::NoHeldHead);
    }
    // A removed aggregator is no longer trusted to open the guard.
    if !removed {
        if group.guard.record_response() && group.guard.stopped().is_none() {
            tracing::info!(
                group = %group.label, aggregator = %aggregator.name,
                "an aggregator has responded: the group can sign"
            );
        }
        // Signs waiting edits; or, with `indexing = "named"`, a head that names the
        // aggregator whose identity has just been pinned.
        refresh(shared, group, When::Needed).await?;
    }
    Ok((admission, held))
}

/// Calls `GetAdmission` for the public view.
pub(crate) async fn get_admission(
    aggregator: &Aggregator,
    group: &GroupId,
) -> Result<ingest_v1::GetAdmissionResponse, DeliveryError> {
    let mut request = Request::new(ingest_v1::GetAdmissionRequest {
        group_id: group.to_vec(),
        view: String::new(),
    });
    request.set_timeout(aggregator.timeout);
    propagate(&mut request);
    let response = aggregator.ingest().get_admission(request).await?;
    Ok(response.into_inner())
}

/// Pins the aggregator's identity at first contact. Later responses may extend the pinned
/// key log, but not change it.
async fn pin_identity(
    shared: &Shared,
    address: &str,
    response: &ingest_v1::GetAdmissionResponse,
) -> Result<(), DeliveryError> {
    let claimed =
        KeyLog::verify(&response.aggregator_key_log).map_err(DeliveryError::AggregatorKeyLog)?;
    if claimed.group_id().as_bytes() != response.aggregator_id.as_slice() {
        return Err(DeliveryError::IdentityChanged);
    }
    let known = shared.store.read().await?.aggregator(address).await?;
    if let Some(known) = known {
        let mut log = KeyLog::verify(&known.key_log)?;
        let mut extended = false;
        for envelope in &response.aggregator_key_log {
            let appended = log
                .append(envelope)
                .map_err(|_| DeliveryError::IdentityChanged)?;
            extended |= appended == Appended::Added;
        }
        if !extended {
            return Ok(());
        }
    }
    let aggregator = KnownAggregator {
        id: claimed.group_id(),
        key_log: response.aggregator_key_log.clone(),
    };
    let mut writing = shared.store.write().await?;
    writing
        .put_aggregator(address, &aggregator, shared.now())
        .await?;
    writing.commit().await?;
    Ok(())
}
