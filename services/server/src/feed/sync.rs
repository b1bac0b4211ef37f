//! `FeedService.Sync`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::View;
use hedgerow_core::sync::{SyncPlan, body_item, end_item, missing_record_item};
use hedgerow_core::tree::Leaf;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::{Failure, id_field};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::get_head::public_view;
use super::source::{FeedSource, HeadRow, Snapshot};
use crate::limits::PeerQuota;

/// Number of bodies in one read of the store, which keeps it short.
const BODIES_PER_READ: usize = 64;

/// Number of items that wait for a slow receiver. Reading stops meanwhile.
const CHANNEL_CAPACITY: usize = 8;

/// Maximum number of bodies that a caller may request in addition to the difference.
const MAX_WANTED: usize = 1_000;

/// Size of the bodies up to which a difference is not charged to the quota.
const FREE_DIFFERENCE_BYTES: u64 = 256 * 1024;

/// The assumed size of a requested body whose leaf is not part of the transfer.
const ASSUMED_BODY_BYTES: u32 = 4 * 1024;

/// Sends everything that leads from the caller's head to the newest one.
pub(super) async fn sync(
    source: Arc<dyn FeedSource>,
    quota: PeerQuota,
    request: feed_v1::SyncRequest,
) -> Result<ReceiverStream<Result<feed_v1::SyncResponse, Status>>, Failure> {
    let request = ParsedRequest::parse(&request)?;
    let snapshot = source
        .snapshot(&request.group, &request.view, request.have_head_hash)
        .await?;
    let over_quota = match request.cost(&snapshot) {
        Cost::Free => false,
        Cost::Whole(bytes) => {
            quota.charge(bytes).map_err(quota_exceeded)?;
            false
        }
        Cost::Difference(bytes) => quota.charge(bytes).is_err(),
    };
    let (sender, receiver) = mpsc::channel(CHANNEL_CAPACITY);
    let transfer = Transfer {
        source,
        over_quota,
        request,
        sender,
    };
    tokio::spawn(async move {
        let sender = transfer.sender.clone();
        if let Err(Ended::Failed(failure)) = transfer.run(snapshot).await {
            // Fails only if the receiver has left.
            drop(sender.send(Err(failure.into())).await);
        }
    });
    Ok(ReceiverStream::new(receiver))
}

fn quota_exceeded(wait: Duration) -> Failure {
    Failure::resource_exhausted(
        "sync_bytes_per_peer_and_hour",
        "Your address has used up its hourly quota of whole transfers; fetch differences, or come \
         back later.",
        wait,
    )
}

struct ParsedRequest {
    group: GroupId,
    view: View,
    have_head_hash: Option<PayloadHash>,
    have_key_event_hash: Option<PayloadHash>,
    wanted: Vec<RecordHash>,
    only_wanted: bool,
}

impl ParsedRequest {
    fn parse(request: &feed_v1::SyncRequest) -> Result<Self, Failure> {
        let group = id_field("group_id", &request.group_id)?;
        if request.wanted_hashes.len() > MAX_WANTED {
            return Err(Failure::invalid_field(
                "wanted_hashes",
                "too_many",
                format!("has more than {MAX_WANTED} records; request the others in further calls"),
            ));
        }
        Ok(Self {
            view: public_view(&group, &request.view)?,
            have_head_hash: optional("have_head_hash", &request.have_head_hash)?,
            have_key_event_hash: optional("have_key_event_hash", &request.have_key_event_hash)?,
            wanted: request
                .wanted_hashes
                .iter()
                .map(|hash| id_field("wanted_hashes", hash))
                .collect::<Result<_, _>>()?,
            only_wanted: request.only_wanted,
            group,
        })
    }
}

/// The bytes that a transfer charges to its receiver's quota.
enum Cost {
    Free,
    /// A whole manifest, or bodies requested by hash. Rejected if the quota is used up.
    Whole(u64),
    /// A large difference. If the quota is used up, it is sent without bodies, because
    /// withdrawals must not wait.
    Difference(u64),
}

impl ParsedRequest {
    fn cost(&self, snapshot: &Snapshot) -> Cost {
        let Some(head) = &snapshot.head else {
            return Cost::Free;
        };
        let whole = head.basis.is_none();
        let lengths: HashMap<&RecordHash, u32> = head
            .leaves
            .iter()
            .map(|leaf| (&leaf.record_hash, leaf.length))
            .collect();
        let length = |hash| lengths.get(&hash).copied().unwrap_or(ASSUMED_BODY_BYTES);
        let bodies = self.bodies(whole, &head.leaves);
        let bytes = bodies.iter().map(|hash| u64::from(length(hash))).sum();
        if whole || !self.wanted.is_empty() {
            Cost::Whole(bytes)
        } else if bytes > FREE_DIFFERENCE_BYTES {
            Cost::Difference(bytes)
        } else {
            Cost::Free
        }
    }

    /// Lists the bodies to send, each once. For a whole manifest, requested records that are
    /// not in it are left out: the receiver would reject a body without a leaf.
    fn bodies(&self, whole: bool, leaves: &[Leaf]) -> Vec<RecordHash> {
        let put: HashSet<RecordHash> = leaves.iter().map(|leaf| leaf.record_hash).collect();
        let wanted = self
            .wanted
            .iter()
            .filter(|hash| !whole || put.contains(hash));
        let changed = leaves
            .iter()
            .filter(|_| !self.only_wanted)
            .map(|leaf| &leaf.record_hash);
        let mut seen = HashSet::new();
        wanted
            .chain(changed)
            .filter(|hash| seen.insert(**hash))
            .copied()
            .collect()
    }
}

fn optional(field: &'static str, bytes: &[u8]) -> Result<Option<PayloadHash>, Failure> {
    if bytes.is_empty() {
        return Ok(None);
    }
    id_field(field, bytes).map(Some)
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
}

impl Transfer {
    async fn run(&self, snapshot: Snapshot) -> Result<(), Ended> {
        let key_events = events_after(snapshot.key_log, self.request.have_key_event_hash);
        let (head, basis, removals, leaves) = match snapshot.head {
            Some(head) => (Some(head.envelope), head.basis, head.removals, head.leaves),
            None => (None, None, Vec::new(), Vec::new()),
        };
        let bodies = self.request.bodies(basis.is_none(), &leaves);
        let plan = SyncPlan {
            key_events,
            head: head.clone(),
            basis,
            removals,
            leaves,
        };
        for item in plan.into_items() {
            self.send(item).await?;
        }
        let mut sent = 0;
        // Without a head there are no bodies.
        if let Some(head) = head {
            for hashes in bodies.chunks(BODIES_PER_READ) {
                sent += self.send_bodies(&head, hashes).await?;
            }
        }
        self.send(end_item(sent)).await
    }

    /// Sends some bodies, and returns how many the store had.
    async fn send_bodies(&self, head: &[u8], hashes: &[RecordHash]) -> Result<u32, Ended> {
        if self.over_quota {
            for hash in hashes {
                self.send(missing_record_item(hash)).await?;
            }
            return Ok(0);
        }
        let ParsedRequest { group, view, .. } = &self.request;
        let bodies = self.source.bodies(group, view, hashes).await?;
        if bodies.iter().any(Option::is_none) {
            self.check_current(head).await?;
        }
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

/// Returns the key events after the one that the receiver has, or all if it is unknown here.
fn events_after(mut key_log: Vec<Vec<u8>>, have: Option<PayloadHash>) -> Vec<Vec<u8>> {
    let Some(have) = have else { return key_log };
    let position = key_log.iter().rposition(|envelope| {
        Envelope::parse(envelope, PayloadKind::KeyEvent)
            .is_ok_and(|envelope| envelope.payload_hash() == have)
    });
    match position {
        Some(index) => key_log.split_off(index + 1),
        None => key_log,
    }
}

#[cfg(test)]
mod tests;
