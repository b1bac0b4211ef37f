//! `StewardService.GetGroup`.

use std::collections::BTreeSet;

use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use prost::Message;

use crate::config::IndexingChoice;
use crate::gate::Obstacle;
use crate::gate::may_sign;
use crate::group::Group;
use crate::node::Shared;
use crate::store::Delivery;
use crate::store::KeptHead;

/// How the group stands.
pub(super) async fn get_group(
    shared: &Shared,
    group: &Group,
) -> Result<v1::StewardServiceGetGroupResponse, Failure> {
    let view = View::public();
    let mut reading = shared.store.read().await?;
    let key_log = reading.key_log(&group.id).await?;
    let log = KeyLog::verify(&key_log).map_err(Failure::internal)?;
    let head = reading.head(&group.id, &view).await?;
    let waiting_records = reading.waiting_records(&group.id).await?;
    let obstacle = may_sign(&group.gate, &log, head.as_ref(), shared.now()).err();

    // Those that are configured, asked or not; and those that were left and do not know it yet.
    let mut names: Vec<String> = shared
        .config
        .aggregators
        .iter()
        .map(ToString::to_string)
        .collect();
    let known: BTreeSet<String> = names.iter().cloned().collect();
    let told_when_left = shared.config.indexing != IndexingChoice::Anyone;
    for (id, name) in reading.permitted_deliveries().await? {
        if told_when_left && id == group.id && !known.contains(&name) {
            names.push(name);
        }
    }
    let mut deliveries = Vec::with_capacity(names.len());
    for name in names {
        let delivery = reading
            .delivery(&group.id, &name)
            .await?
            .unwrap_or_default();
        deliveries.push(delivery_state(name, delivery, head.as_ref()));
    }
    Ok(v1::StewardServiceGetGroupResponse {
        group_id: group.id.to_vec(),
        label: group.label.clone(),
        key_log,
        heads: vec![head_state(&view, head, obstacle, waiting_records)],
        deliveries,
    })
}

fn head_state(
    view: &View,
    head: Option<KeptHead>,
    obstacle: Option<Obstacle>,
    waiting_records: u32,
) -> v1::HeadState {
    let mut state = v1::HeadState {
        view: view.as_str().to_owned(),
        head: head.map(|head| head.envelope).unwrap_or_default(),
        waiting_records,
        ..v1::HeadState::default()
    };
    match obstacle {
        None => {}
        Some(Obstacle::WaitingForAnswer) => state.waiting_for_answer = true,
        Some(Obstacle::Stopped(stopped)) => {
            state.stopped = stopped.words;
            state.stopped_reason = stopped.reason.to_owned();
        }
    }
    state
}

fn delivery_state(
    aggregator: String,
    delivery: Delivery,
    newest: Option<&KeptHead>,
) -> v1::DeliveryState {
    let mut state = v1::DeliveryState {
        aggregator,
        admission: v1::Admission::decode(delivery.admission.as_slice()).ok(),
        next_attempt_at: delivery.next_attempt_at.map(Timestamp::to_proto),
        last_error: delivery.last_error,
        ..v1::DeliveryState::default()
    };
    if let Some(acknowledged) = delivery.acknowledged {
        state.up_to_date = newest.is_some_and(|newest| newest.hash == acknowledged.hash);
        state.acknowledged_head = acknowledged.hash.to_vec();
        state.acknowledged_seq = acknowledged.seq;
        state.acknowledged_at = Some(acknowledged.at.to_proto());
        state.receipt = acknowledged.receipt;
    }
    state
}
