//! One `Push` call: streams the difference between the head that the aggregator holds and
//! the newest one, without buffering it.

use std::pin::pin;

use hedgerow_core::id::{PayloadHash, RecordHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::sync::{SyncPlan, body_item, end_item, missing_record_item};
use hedgerow_proto::{feed_v1, ingest_v1};
use hedgerow_transport::trace::propagate;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;

use super::context::Context;
use super::error::DeliveryError;
use crate::feed::snapshot_from;
use crate::store::StoredHead;

/// Items queued for the network. When the queue is full, reading from the store waits.
const QUEUE_CAPACITY: usize = 8;

/// Bodies per read transaction. Short transactions let the write-ahead log be truncated
/// during a long transfer.
const BODY_BATCH: usize = 64;

/// What one push delivers.
pub(super) struct Load<'a> {
    pub(super) head: &'a StoredHead,
    /// The head that the aggregator can start from.
    pub(super) basis: Option<PayloadHash>,
    /// The last key event that it holds.
    pub(super) key_log_tip_hash: Option<PayloadHash>,
    /// Bodies that it has requested.
    pub(super) wanted: Vec<RecordHash>,
    /// Whether the head permits the aggregator to index.
    pub(super) permitted: bool,
    /// Whether it has kept the other bodies of an earlier push.
    pub(super) only_wanted: bool,
}

/// Pushes once.
pub(super) async fn push(
    context: &Context,
    load: &Load<'_>,
) -> Result<ingest_v1::PushResponse, DeliveryError> {
    let (plan, bodies) = plan(context, load).await?;
    let (sender, receiver) = mpsc::channel(QUEUE_CAPACITY);
    let mut request = Request::new(ReceiverStream::new(receiver));
    request.set_timeout(context.shared.config.connector.max_transfer());
    propagate(&mut request);
    let mut ingest = context.aggregator.ingest();
    let mut call = pin!(ingest.push(request));
    let mut sending = pin!(send_all(context, load.head, plan, bodies, sender));
    tokio::select! {
        // An aggregator may respond before the end, for example to reject the head.
        response = &mut call => return Ok(response?.into_inner()),
        sent = &mut sending => sent?,
    }
    Ok(call.await?.into_inner())
}

/// Plans the transfer from one snapshot. Bodies are only listed; they are read as they are
/// sent.
async fn plan(
    context: &Context,
    load: &Load<'_>,
) -> Result<(SyncPlan, Vec<RecordHash>), DeliveryError> {
    let (group, view) = (&context.group.id, View::public());
    let mut reading = context.shared.store.read().await?;
    let newest = reading.head(group, &view).await?;
    if newest.map(|newest| newest.hash) != Some(load.head.hash) {
        return Err(DeliveryError::Superseded);
    }
    let key_log = reading.key_log(group).await?;
    let snapshot = snapshot_from(&mut reading, group, &view, load.head, load.basis).await?;
    let mut bodies = Vec::with_capacity(load.wanted.len());
    if load.permitted {
        for hash in &load.wanted {
            // The receiver rejects a stream with a body that has no leaf under the head.
            if reading.is_under_head(group, &view, hash).await? {
                bodies.push(*hash);
            }
        }
        if !load.only_wanted {
            bodies.extend(snapshot.leaves.iter().map(|leaf| leaf.record_hash));
        }
    }
    bodies.sort_unstable();
    bodies.dedup();
    let plan = SyncPlan {
        key_events: key_events_after(key_log, load.key_log_tip_hash)?,
        head: Some(snapshot.envelope),
        basis: snapshot.basis,
        removals: snapshot.removals,
        leaves: snapshot.leaves,
    };
    Ok((plan, bodies))
}

async fn send_all(
    context: &Context,
    head: &StoredHead,
    plan: SyncPlan,
    bodies: Vec<RecordHash>,
    sender: mpsc::Sender<ingest_v1::PushRequest>,
) -> Result<(), DeliveryError> {
    let mut sent_bodies = 0;
    let mut items: Vec<feed_v1::SyncItem> = Vec::new();
    for item in plan.into_items() {
        if !send(&sender, item).await {
            return Ok(());
        }
    }
    for hashes in bodies.chunks(BODY_BATCH) {
        read_bodies(context, head, hashes, &mut items, &mut sent_bodies).await?;
        for item in items.drain(..) {
            if !send(&sender, item).await {
                return Ok(());
            }
        }
    }
    send(&sender, end_item(sent_bodies)).await;
    Ok(())
}

/// Reads a batch of bodies. A missing body belongs to a withdrawn record, whose leaf is
/// about to leave the head; the stream reports its hash as missing.
async fn read_bodies(
    context: &Context,
    head: &StoredHead,
    hashes: &[RecordHash],
    items: &mut Vec<feed_v1::SyncItem>,
    sent_bodies: &mut u32,
) -> Result<(), DeliveryError> {
    let (group, view) = (&context.group.id, View::public());
    let mut reading = context.shared.store.read().await?;
    // Checked in each transaction: bodies of one head must not be sent under another.
    let newest = reading.head(group, &view).await?;
    if newest.map(|newest| newest.hash) != Some(head.hash) {
        return Err(DeliveryError::Superseded);
    }
    for hash in hashes {
        match reading.body_under_head(group, &view, hash).await? {
            Some(body) => {
                items.push(body_item(body));
                *sent_bodies += 1;
            }
            None => items.push(missing_record_item(hash)),
        }
    }
    Ok(())
}

/// Returns false if the aggregator has closed the stream. Its response has the reason.
async fn send(sender: &mpsc::Sender<ingest_v1::PushRequest>, item: feed_v1::SyncItem) -> bool {
    let request = ingest_v1::PushRequest { item: Some(item) };
    sender.send(request).await.is_ok()
}

/// Returns the key events after the one that the aggregator holds; all of them if that one
/// is not in the log.
fn key_events_after(
    key_log: Vec<Vec<u8>>,
    held: Option<PayloadHash>,
) -> Result<Vec<Vec<u8>>, DeliveryError> {
    let log = KeyLog::verify(&key_log)?;
    Ok(match held.and_then(|held| log.after(&held)) {
        Some(events) => events.iter().map(|event| event.envelope.clone()).collect(),
        None => key_log,
    })
}
