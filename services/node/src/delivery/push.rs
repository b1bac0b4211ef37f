//! One push: what leads from the head that an aggregator holds to the newest one, as a
//! stream that never waits in memory.

use std::pin::pin;

use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::sync::SyncPlan;
use hedgerow_core::sync::body_item;
use hedgerow_core::sync::end_item;
use hedgerow_core::sync::not_here_item;
use hedgerow_proto::v1;
use hedgerow_rpc::telemetry::propagate;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;

use super::courier::Courier;
use super::error::DeliveryError;
use crate::feed::leading_to;
use crate::store::KeptHead;

/// Items on their way; a slow aggregator makes the reading wait.
const ON_THE_WAY: usize = 8;

/// Bodies read in one short read.
const BODIES_A_READ: usize = 64;

/// What a push is to bring.
pub(super) struct Load<'a> {
    pub(super) head: &'a KeptHead,
    /// The head from which the aggregator can start.
    pub(super) basis: Option<PayloadHash>,
    /// The last key event that it holds.
    pub(super) key_log_tip: Option<PayloadHash>,
    /// Bodies that it asked for.
    pub(super) wanted: Vec<RecordHash>,
    /// Whether the head permits the aggregator to index.
    pub(super) permitted: bool,
    /// Whether it has kept the other bodies from a push before.
    pub(super) only_wanted: bool,
}

impl Courier {
    /// Pushes once.
    pub(super) async fn push(&self, load: &Load<'_>) -> Result<v1::PushResponse, DeliveryError> {
        let (plan, bodies) = self.plan(load).await?;
        let (sender, receiver) = mpsc::channel(ON_THE_WAY);
        let mut request = Request::new(ReceiverStream::new(receiver));
        request.set_timeout(self.shared.config.connector.longest_transfer());
        propagate(&mut request);
        let mut ingest = self.aggregator.ingest();
        let mut call = pin!(ingest.push(request));
        let mut feeding = pin!(self.feed(load.head, plan, bodies, sender));
        tokio::select! {
            // An aggregator may answer before the end: it knows enough.
            answer = &mut call => return Ok(answer?.into_inner()),
            fed = &mut feeding => fed?,
        }
        Ok(call.await?.into_inner())
    }

    /// What to send, in one consistent read; bodies are read as they are sent.
    async fn plan(&self, load: &Load<'_>) -> Result<(SyncPlan, Vec<RecordHash>), DeliveryError> {
        let (group, view) = (&self.group.id, View::public());
        let mut reading = self.shared.store.read().await?;
        let newest = reading.head(group, &view).await?;
        if newest.map(|newest| newest.hash) != Some(load.head.hash) {
            return Err(DeliveryError::Superseded);
        }
        let key_log = reading.key_log(group).await?;
        let leading = leading_to(&mut reading, group, &view, load.head, load.basis).await?;
        let mut bodies = Vec::with_capacity(load.wanted.len());
        for hash in &load.wanted {
            // What is no longer under the head has no place in the stream.
            if reading.is_under_head(group, &view, hash).await? {
                bodies.push(*hash);
            }
        }
        if !load.permitted {
            // What it may not index it is not given either.
            bodies.clear();
        } else if !load.only_wanted {
            bodies.extend(leading.leaves.iter().map(|leaf| leaf.record_hash));
        }
        bodies.sort_unstable();
        bodies.dedup();
        let plan = SyncPlan {
            key_events: key_events_after(key_log, load.key_log_tip)?,
            head: Some(leading.envelope),
            basis: leading.basis,
            removals: leading.removals,
            leaves: leading.leaves,
        };
        Ok((plan, bodies))
    }

    async fn feed(
        &self,
        head: &KeptHead,
        plan: SyncPlan,
        bodies: Vec<RecordHash>,
        sender: mpsc::Sender<v1::PushRequest>,
    ) -> Result<(), DeliveryError> {
        let mut sent = 0;
        let mut items: Vec<v1::SyncItem> = Vec::new();
        for item in plan.into_items() {
            if !send(&sender, item).await {
                return Ok(());
            }
        }
        for hashes in bodies.chunks(BODIES_A_READ) {
            self.read_bodies(head, hashes, &mut items, &mut sent)
                .await?;
            for item in items.drain(..) {
                if !send(&sender, item).await {
                    return Ok(());
                }
            }
        }
        send(&sender, end_item(sent)).await;
        Ok(())
    }

    /// Reads some bodies. One that is missing was taken back: its record is about to
    /// leave the head, or has left it.
    async fn read_bodies(
        &self,
        head: &KeptHead,
        hashes: &[RecordHash],
        items: &mut Vec<v1::SyncItem>,
        sent: &mut u32,
    ) -> Result<(), DeliveryError> {
        let (group, view) = (&self.group.id, View::public());
        let mut reading = self.shared.store.read().await?;
        let newest = reading.head(group, &view).await?;
        if newest.map(|newest| newest.hash) != Some(head.hash) {
            return Err(DeliveryError::Superseded);
        }
        for hash in hashes {
            match reading.body_under_head(group, &view, hash).await? {
                Some(body) => {
                    items.push(body_item(body));
                    *sent += 1;
                }
                None => items.push(not_here_item(hash)),
            }
        }
        Ok(())
    }
}

/// False when the aggregator no longer listens: its answer tells why.
async fn send(sender: &mpsc::Sender<v1::PushRequest>, item: v1::SyncItem) -> bool {
    let request = v1::PushRequest { item: Some(item) };
    sender.send(request).await.is_ok()
}

/// The key events after the one that the aggregator holds; all where it is not known here.
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
