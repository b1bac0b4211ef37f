//! `StewardService.GetGroup`.

use std::collections::BTreeSet;

use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::{ingest_v1, steward_v1};
use hedgerow_transport::failure::Failure;
use prost::Message;

use crate::config::IndexingChoice;
use crate::group::Group;
use crate::shared::Shared;
use crate::signing::guard::{SigningBlocked, StopReason, may_sign};
use crate::store::{Delivery, StoreError, StoredHead, Transaction};

/// Returns the group's key log, head, signing state and deliveries.
pub(crate) async fn get_group(
    shared: &Shared,
    group: &Group,
) -> Result<steward_v1::GetGroupResponse, Failure> {
    let view = View::public();
    let mut reading = shared.store.read().await?;
    let envelopes = reading.key_log(&group.id).await?;
    let key_log = KeyLog::verify(&envelopes).map_err(Failure::internal)?;
    let head = reading.head(&group.id, &view).await?;
    let waiting_records = reading.waiting_records(&group.id).await?;
    let blocked = may_sign(&group.guard, &key_log, head.as_ref(), shared.now()).err();
    let mut deliveries = Vec::new();
    for name in aggregators(shared, group, &mut reading).await? {
        let delivery = reading
            .delivery(&group.id, &name)
            .await?
            .unwrap_or_default();
        deliveries.push(delivery_state(name, delivery, head.as_ref()));
    }
    // An aggregator that lost or erased the records since its last response gets them again.
    group.request_check_in();
    Ok(steward_v1::GetGroupResponse {
        group_id: group.id.to_vec(),
        label: group.label.clone(),
        key_log: envelopes,
        heads: vec![head_state(&view, head, blocked, waiting_records)],
        deliveries,
    })
}

/// Lists the group's aggregators, and the removed ones that have not yet acknowledged a
/// head without their permission.
async fn aggregators(
    shared: &Shared,
    group: &Group,
    reading: &mut Transaction,
) -> Result<Vec<String>, StoreError> {
    let current = shared.aggregators_of(&group.id);
    let mut names: Vec<String> = current.iter().map(ToString::to_string).collect();
    // If anyone may index, nothing is delivered to a removed aggregator.
    if shared.config.indexing == IndexingChoice::Anyone {
        return Ok(names);
    }
    let known: BTreeSet<String> = names.iter().cloned().collect();
    for (id, name) in reading.permitted_deliveries().await? {
        if id == group.id && !known.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn head_state(
    view: &View,
    head: Option<StoredHead>,
    blocked: Option<SigningBlocked>,
    waiting_records: u32,
) -> steward_v1::HeadState {
    let mut state = steward_v1::HeadState {
        view: view.as_str().to_owned(),
        head: head.map(|head| head.envelope).unwrap_or_default(),
        waiting_records,
        ..steward_v1::HeadState::default()
    };
    match blocked {
        None => {}
        Some(SigningBlocked::WaitingForAggregator) => state.waiting_for_aggregator = true,
        Some(SigningBlocked::Stopped(stop)) => {
            state.stop_detail = stop.message;
            state.stop_reason = stop_reason(stop.reason).into();
        }
    }
    state
}

fn stop_reason(reason: StopReason) -> steward_v1::StopReason {
    match reason {
        StopReason::Behind => steward_v1::StopReason::Behind,
        StopReason::Equivocation => steward_v1::StopReason::Equivocation,
        StopReason::Deactivated => steward_v1::StopReason::Deactivated,
        StopReason::SeqExhausted => steward_v1::StopReason::SeqExhausted,
        StopReason::ClockBehind => steward_v1::StopReason::ClockBehind,
        StopReason::RotatedOut => steward_v1::StopReason::RotatedOut,
        StopReason::Forked => steward_v1::StopReason::Forked,
        StopReason::Moved => steward_v1::StopReason::Moved,
        StopReason::AwaitingKeyEvent => steward_v1::StopReason::AwaitingKeyEvent,
    }
}

fn delivery_state(
    aggregator: String,
    delivery: Delivery,
    newest: Option<&StoredHead>,
) -> steward_v1::DeliveryState {
    let mut state = steward_v1::DeliveryState {
        aggregator,
        admission: ingest_v1::Admission::decode(delivery.admission.as_slice()).ok(),
        next_attempt_time: delivery.next_attempt_time.map(Timestamp::to_proto),
        last_error: delivery.last_error,
        ..steward_v1::DeliveryState::default()
    };
    if let Some(acknowledged) = delivery.acknowledged {
        state.up_to_date = newest.is_some_and(|newest| newest.hash == acknowledged.hash);
        state.acknowledged_head_hash = acknowledged.hash.to_vec();
        state.acknowledged_seq = acknowledged.seq;
        state.acknowledge_time = Some(acknowledged.time.to_proto());
        state.receipt = acknowledged.receipt;
    }
    state
}
