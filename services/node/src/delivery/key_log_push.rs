//! Pushes of key events without a head.

use hedgerow_core::key_log::{KeyEventEntry, KeyLog};
use hedgerow_core::sync::{SyncPlan, end_item};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1;
use hedgerow_transport::trace::propagate;
use tonic::Request;

use super::context::Context;
use super::error::DeliveryError;

/// Pushes this node's branch of a forked key log to an aggregator that holds another one, so that
/// it freezes the group, and the machine that made the other branch can fetch this one and set it
/// aside. One that has frozen the group already has a proof, and keeps no second one.
pub(super) async fn deliver_branch(
    context: &Context,
    admission: &ingest_v1::Admission,
) -> Result<(), DeliveryError> {
    match admission.status() {
        GroupStatus::Frozen | GroupStatus::Excluded | GroupStatus::Ended => return Ok(()),
        GroupStatus::Unspecified
        | GroupStatus::Active
        | GroupStatus::Stale
        | GroupStatus::Throttled
        | GroupStatus::Pending
        | GroupStatus::NotInvited
        | GroupStatus::Lapsed => {}
    }
    let mut reading = context.shared.store.read().await?;
    let own = KeyLog::verify(reading.key_log(&context.group.id).await?)?;
    drop(reading);
    push_events(context, own.events()).await.map(drop)
}

/// Pushes key events without a head.
pub(super) async fn push_events(
    context: &Context,
    events: &[KeyEventEntry],
) -> Result<ingest_v1::Admission, DeliveryError> {
    let plan = SyncPlan {
        key_events: events.iter().map(|event| event.envelope.clone()).collect(),
        ..SyncPlan::default()
    };
    let requests: Vec<_> = plan
        .into_items()
        .chain([end_item(0)])
        .map(|item| ingest_v1::PushRequest { item: Some(item) })
        .collect();
    let mut request = Request::new(tokio_stream::iter(requests));
    request.set_timeout(context.aggregator.timeout);
    propagate(&mut request);
    let pushed = context.aggregator.ingest().push(request).await?;
    Ok(pushed.into_inner().admission.unwrap_or_default())
}
