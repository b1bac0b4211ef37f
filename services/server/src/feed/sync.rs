//! `FeedService.Sync`.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::id::{PayloadHash, RecordHash};
use hedgerow_core::sync::{SyncPlan, body_item, end_item, leaves_item, missing_record_item};
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::Failure;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::budget::PeerBudget;
use super::manifests::Manifests;
use super::source::{FeedSource, HeadRow};
use crate::limits::Progress;
use crate::peer::PeerKey;
use bodies::{Bodies, Cost};
use changes::{ChangedHead, Changes, changed_bodies, read_changes};
use request::ParsedRequest;

mod bodies;
mod changes;
mod request;

/// Number of bodies in one read of the store, which keeps it short, and bytes of them, which
/// keeps memory small.
const BODIES_PER_READ: usize = 64;
const BYTES_PER_READ: u32 = 128 * 1024;

/// Number of items that wait for a slow receiver. Reading stops meanwhile.
const CHANNEL_CAPACITY: usize = 2;

/// Number of leaves in one item. A receiver accepts more, but encoding them would occupy a thread
/// of the runtime for longer.
const LEAVES_PER_ITEM: usize = 250;

/// Approximate size of a leaf on the wire, most of which is hashes and random keys.
const LEAF_WIRE_BYTES: u64 = 90;

/// Bytes that a transfer holds while it waits for its caller: a batch of bodies, and the buffers
/// of channel, encoding and connection.
const BUFFERED_BYTES: u64 = 2 * BYTES_PER_READ as u64;

/// A transfer that has begun.
pub(super) struct Started {
    pub(super) items: ReceiverStream<Result<feed_v1::SyncResponse, Status>>,
    /// Whether most bytes are hashes, which compression does not make shorter.
    pub(super) is_mostly_hashes: bool,
}

/// Sends everything that leads from the caller's head to the newest one.
pub(super) async fn sync(
    source: Arc<dyn FeedSource>,
    manifests: &Manifests,
    budget: PeerBudget,
    progress: Arc<Progress>,
    request: feed_v1::SyncRequest,
) -> Result<Started, Failure> {
    let request = ParsedRequest::parse(&request)?;
    budget.check_work()?;
    let changes = read_changes(&*source, manifests, &budget, &request).await?;
    let bodies = Bodies::of(&request, &changes);
    budget.charge_work(changes.work() + bodies.count)?;
    let over_quota = match bodies.cost(&request, &changes) {
        Cost::Free => false,
        Cost::Whole(bytes) => {
            budget.bytes.charge(bytes).map_err(quota_exceeded)?;
            false
        }
        Cost::Difference(bytes) => budget.bytes.charge(bytes).is_err(),
    };
    let is_mostly_hashes = bodies.bytes < changes.work() as u64 * LEAF_WIRE_BYTES;
    let place = manifests.register(budget.peer, &progress);
    let bytes = changes.bytes_in_memory() + BUFFERED_BYTES;
    let memory = manifests.take_memory(&budget, bytes).await?;
    let (sender, receiver) = mpsc::channel(CHANNEL_CAPACITY);
    let transfer = Transfer {
        source,
        over_quota,
        request,
        sender,
        manifests: manifests.clone(),
        peer: budget.peer,
    };
    tokio::spawn(async move {
        let sender = transfer.sender.clone();
        let ended = tokio::select! {
            ended = transfer.run(changes, bodies.wanted) => ended,
            // Also while the store is read.
            () = sender.closed() => Err(Ended::ReceiverLeft),
            // Its memory or its place is needed, or its caller stalls.
            () = progress.ended().cancelled() => Err(Ended::ReceiverLeft),
        };
        drop((memory, place));
        if let Err(Ended::Failed(failure)) = ended {
            // Fails only if the receiver has left.
            drop(sender.send(Err(failure.into())).await);
        }
    });
    Ok(Started {
        items: ReceiverStream::new(receiver),
        is_mostly_hashes,
    })
}

fn quota_exceeded(wait: Duration) -> Failure {
    Failure::resource_exhausted(
        "sync_bytes_per_peer_and_hour",
        "Your address has used up its hourly quota of whole transfers; fetch differences, or come \
         back later.",
        wait,
    )
}

/// Why sending stops early.
enum Ended {
    ReceiverLeft,
    Failed(Failure),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

struct Transfer {
    source: Arc<dyn FeedSource>,
    /// The quota is used up: names are sent, bodies are not.
    over_quota: bool,
    request: ParsedRequest,
    sender: mpsc::Sender<Result<feed_v1::SyncResponse, Status>>,
    manifests: Manifests,
    peer: PeerKey,
}

impl Transfer {
    async fn run(&self, changes: Changes, wanted: Vec<(RecordHash, u32)>) -> Result<(), Ended> {
        for item in key_event_items(changes.key_log, self.request.have_key_event_hash) {
            self.send(item).await?;
        }
        // Without a head there are no bodies.
        let Some(head) = changes.head else {
            return self.send(end_item(0)).await;
        };
        self.send_changes(&head).await?;
        let sent = self.send_all_bodies(&head, wanted).await?;
        self.send(end_item(sent)).await
    }

    async fn send_changes(&self, head: &ChangedHead) -> Result<(), Ended> {
        let head_and_removals = SyncPlan {
            head: Some(head.envelope.clone()),
            basis: head.basis,
            removals: head.removals.clone(),
            ..SyncPlan::default()
        };
        for item in head_and_removals.into_items() {
            self.send(item).await?;
        }
        // Encoded batch by batch, as the receiver takes them.
        for leaves in head.leaves.as_slice().chunks(LEAVES_PER_ITEM) {
            let turn = self.manifests.turn(self.peer).await;
            let item = leaves_item(leaves);
            drop(turn);
            self.send(item).await?;
        }
        Ok(())
    }

    async fn send_all_bodies(
        &self,
        head: &ChangedHead,
        wanted: Vec<(RecordHash, u32)>,
    ) -> Result<u32, Ended> {
        let changed = if self.request.only_wanted {
            Box::new(std::iter::empty())
        } else {
            changed_bodies(&head.leaves)
        };
        let (mut sent, mut batch, mut bytes) = (0, Vec::new(), 0);
        for (hash, length) in wanted.into_iter().chain(changed) {
            batch.push(hash);
            bytes += length;
            if batch.len() >= BODIES_PER_READ || bytes >= BYTES_PER_READ {
                sent += self.send_bodies(&head.envelope, &batch).await?;
                (batch, bytes) = (Vec::new(), 0);
            }
        }
        sent += self.send_bodies(&head.envelope, &batch).await?;
        Ok(sent)
    }

    /// Sends some bodies, and returns how many the store had.
    async fn send_bodies(&self, head: &[u8], hashes: &[RecordHash]) -> Result<u32, Ended> {
        if hashes.is_empty() {
            return Ok(0);
        }
        if self.over_quota {
            for hash in hashes {
                self.send(missing_record_item(hash)).await?;
            }
            return Ok(0);
        }
        let ParsedRequest { group, view, .. } = &self.request;
        let turn = self.manifests.turn(self.peer).await;
        let bodies = if self.request.even_if_withheld {
            // Hidden records are missing for as long as the group is frozen.
            self.source.shown_bodies(group, view, hashes).await?
        } else {
            let bodies = self.source.bodies(group, view, hashes).await?;
            if bodies.iter().any(Option::is_none) {
                self.check_current(head).await?;
            }
            bodies
        };
        drop(turn);
        let mut sent = 0;
        for (hash, body) in hashes.iter().zip(bodies) {
            match body {
                Some(body) => {
                    self.send(body_item(body)).await?;
                    sent += 1;
                }
                None => self.send(missing_record_item(hash)).await?,
            }
        }
        Ok(sent)
    }

    /// Fails if the head has been replaced. Called when a body is missing: either it was never
    /// stored, or its record was withdrawn during the transfer, which then cannot complete.
    async fn check_current(&self, head: &[u8]) -> Result<(), Ended> {
        let ParsedRequest { group, view, .. } = &self.request;
        match self.source.head(group, view).await? {
            HeadRow::Shown(now) if now == head => Ok(()),
            HeadRow::Shown(_) | HeadRow::GroupUnknown | HeadRow::NoHead | HeadRow::Withheld(_) => {
                Err(Failure::aborted(
                    "superseded",
                    "This head was replaced during the transfer; start over.",
                )
                .with("group_id", group)
                .into())
            }
        }
    }

    async fn send(&self, item: feed_v1::SyncItem) -> Result<(), Ended> {
        self.sender
            .send(Ok(feed_v1::SyncResponse { item: Some(item) }))
            .await
            .map_err(|_| Ended::ReceiverLeft)
    }
}

fn key_event_items(
    key_log: Vec<Vec<u8>>,
    have: Option<PayloadHash>,
) -> impl Iterator<Item = feed_v1::SyncItem> {
    let key_events = events_after(key_log, have);
    SyncPlan {
        key_events,
        ..SyncPlan::default()
    }
    .into_items()
}

/// Returns the key events after the one that the receiver has, or all if it is unknown here.
fn events_after(mut key_log: Vec<Vec<u8>>, have: Option<PayloadHash>) -> Vec<Vec<u8>> {
    let Some(have) = have else { return key_log };
    let position = key_log.iter().rposition(|envelope| {
        Envelope::from_stored(envelope, PayloadKind::KeyEvent)
            .is_ok_and(|envelope| envelope.payload_hash() == have)
    });
    match position {
        Some(index) => key_log.split_off(index + 1),
        None => key_log,
    }
}

#[cfg(test)]
mod tests;
