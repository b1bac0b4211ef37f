//! `FeedService.Sync`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::sync::{SyncPlan, body_item, end_item, leaves_item, missing_record_item};
use hedgerow_core::tree::Leaf;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::{Failure, id_field};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::budget::{FeedBudget, PeerBudget};
use super::get_head::public_view;
use super::manifests::{Manifests, SharedManifest};
use super::source::{FeedSource, HeadRow, Snapshot};
use crate::limits::Progress;
use crate::peer::PeerKey;

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

/// Maximum number of bodies that a caller may request in addition to the difference.
const MAX_WANTED: usize = 1_000;

/// Size of the bodies up to which a difference is not charged to the quota.
const FREE_DIFFERENCE_BYTES: u64 = 256 * 1024;

/// The assumed size of a requested body whose leaf is not part of the transfer.
const ASSUMED_BODY_BYTES: u32 = 4 * 1024;

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
    let bodies = request.bodies(&changes);
    budget.charge_work(changes.work() + bodies.count)?;
    let over_quota = match request.cost(&changes, &bodies) {
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

/// Reads the changes that a request needs, or takes them from memory. One call at a time of few
/// reads a manifest; the others then share it.
async fn read_changes(
    source: &dyn FeedSource,
    manifests: &Manifests,
    budget: &PeerBudget,
    request: &ParsedRequest,
) -> Result<Changes, Failure> {
    let ParsedRequest { group, view, .. } = request;
    let is_whole = request.have_head_hash.is_none();
    if is_whole && let Some(changes) = changes_in_memory(source, manifests, group, view).await? {
        return Ok(changes);
    }
    let _turn = manifests.turn(budget.peer).await;
    // Other calls of the peer may have used it up during the wait.
    budget.check_work()?;
    // Another call may have read it during the wait.
    if is_whole && let Some(changes) = changes_in_memory(source, manifests, group, view).await? {
        return Ok(changes);
    }
    let Snapshot { key_log, head } = if request.even_if_withheld {
        source.shown_snapshot(group, view).await?
    } else {
        source.snapshot(group, view, request.have_head_hash).await?
    };
    let Some(head) = head else {
        return Ok(Changes {
            key_log,
            head: None,
        });
    };
    let leaves = if head.basis.is_some() {
        Leaves::Changed(head.leaves)
    } else {
        let hash = Envelope::parse(&head.envelope, PayloadKind::Head)?.payload_hash();
        Leaves::Whole(manifests.insert(hash, head.leaves, budget).await?)
    };
    Ok(Changes {
        key_log,
        head: Some(ChangedHead {
            envelope: head.envelope,
            basis: head.basis,
            removals: head.removals,
            leaves,
        }),
    })
}

/// Returns the whole manifest under the newest head, if it is shown and in memory.
async fn changes_in_memory(
    source: &dyn FeedSource,
    manifests: &Manifests,
    group: &GroupId,
    view: &View,
) -> Result<Option<Changes>, Failure> {
    let HeadRow::Shown(envelope) = source.head(group, view).await? else {
        return Ok(None);
    };
    let hash = Envelope::parse(&envelope, PayloadKind::Head)?.payload_hash();
    let Some(manifest) = manifests.get(&hash) else {
        return Ok(None);
    };
    // After the head: a longer key log verifies the head too, or ends it, which is then newer.
    let Some(key_log) = source.key_log(group).await? else {
        return Ok(None);
    };
    Ok(Some(Changes {
        key_log,
        head: Some(ChangedHead {
            envelope,
            basis: None,
            removals: Vec::new(),
            leaves: Leaves::Whole(manifest),
        }),
    }))
}

/// The key log and the changes to send.
struct Changes {
    key_log: Vec<Vec<u8>>,
    head: Option<ChangedHead>,
}

struct ChangedHead {
    envelope: Vec<u8>,
    basis: Option<PayloadHash>,
    removals: Vec<RecordName>,
    leaves: Leaves,
}

enum Leaves {
    Whole(Arc<SharedManifest>),
    Changed(Vec<Leaf>),
}

impl Leaves {
    fn as_slice(&self) -> &[Leaf] {
        match self {
            Self::Whole(manifest) => manifest.leaves(),
            Self::Changed(leaves) => leaves,
        }
    }
}

impl Changes {
    /// The work of reading and sending all but the bodies, in leaves.
    fn work(&self) -> usize {
        let of_head = |head: &ChangedHead| head.leaves.as_slice().len() + head.removals.len();
        self.key_log.len() + self.head.as_ref().map_or(0, of_head)
    }

    /// The bytes that this transfer alone holds: a whole manifest is shared.
    fn bytes_in_memory(&self) -> u64 {
        let key_log: usize = self.key_log.iter().map(Vec::len).sum();
        let own = self.head.as_ref().map_or(0, |head| {
            let leaves = match &head.leaves {
                Leaves::Whole(_) => 0,
                Leaves::Changed(leaves) => leaves.len(),
            };
            leaves + head.removals.len()
        });
        key_log as u64 + FeedBudget::bytes_of_leaves(own)
    }
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
    even_if_withheld: bool,
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
            even_if_withheld: request.even_if_withheld,
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

/// The bodies of a transfer.
struct Bodies {
    /// Those to send in addition to the bodies of changed leaves, with their lengths.
    wanted: Vec<(RecordHash, u32)>,
    /// The number and size of all.
    count: usize,
    bytes: u64,
}

impl ParsedRequest {
    fn bodies(&self, changes: &Changes) -> Bodies {
        let Some(head) = &changes.head else {
            return Bodies {
                wanted: Vec::new(),
                count: 0,
                bytes: 0,
            };
        };
        let changed_bytes = match &head.leaves {
            _ if self.only_wanted => 0,
            Leaves::Whole(manifest) => manifest.body_bytes,
            Leaves::Changed(leaves) => leaves.iter().map(|leaf| u64::from(leaf.length)).sum(),
        };
        let changed = if self.only_wanted {
            0
        } else {
            head.leaves.as_slice().len()
        };
        let wanted = self.wanted_bodies(&head.leaves);
        let wanted_bytes: u64 = wanted.iter().map(|(_, length)| u64::from(*length)).sum();
        Bodies {
            count: changed + wanted.len(),
            bytes: changed_bytes + wanted_bytes,
            wanted,
        }
    }

    fn cost(&self, changes: &Changes, bodies: &Bodies) -> Cost {
        let Some(head) = &changes.head else {
            return Cost::Free;
        };
        if head.basis.is_none() || !self.wanted.is_empty() {
            Cost::Whole(bodies.bytes)
        } else if bodies.bytes > FREE_DIFFERENCE_BYTES {
            Cost::Difference(bodies.bytes)
        } else {
            Cost::Free
        }
    }

    /// Lists the bodies to send in addition to those of changed leaves, each once, with their
    /// lengths. For a whole manifest, requested records that are not in it are left out: the
    /// receiver would reject a body without a leaf.
    fn wanted_bodies(&self, leaves: &Leaves) -> Vec<(RecordHash, u32)> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let of_changed: HashMap<_, _> = match leaves {
            Leaves::Whole(_) => HashMap::new(),
            Leaves::Changed(leaves) => {
                let leaves = leaves.iter();
                leaves.map(|leaf| (leaf.record_hash, leaf.length)).collect()
            }
        };
        let length = |hash: &RecordHash| match leaves {
            Leaves::Whole(manifest) => manifest.length_of(hash),
            Leaves::Changed(_) => of_changed.get(hash).copied(),
        };
        let is_whole = matches!(leaves, Leaves::Whole(_));
        let mut seen = HashSet::new();
        self.wanted
            .iter()
            .filter(|hash| seen.insert(**hash))
            .filter_map(|hash| match length(hash) {
                // A changed leaf brings its body itself.
                Some(_) if !self.only_wanted => None,
                Some(length) => Some((*hash, length)),
                None => (!is_whole).then_some((*hash, ASSUMED_BODY_BYTES)),
            })
            .collect()
    }
}

/// Iterates over the bodies of changed leaves, each once.
fn changed_bodies(leaves: &Leaves) -> Box<dyn Iterator<Item = (RecordHash, u32)> + Send + '_> {
    match leaves {
        Leaves::Whole(manifest) => {
            Box::new((0..manifest.leaves().len()).filter_map(|at| manifest.body(at)))
        }
        Leaves::Changed(leaves) => {
            let mut seen = HashSet::new();
            let bodies = leaves.iter().map(|leaf| (leaf.record_hash, leaf.length));
            Box::new(bodies.filter(move |(hash, _)| seen.insert(*hash)))
        }
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
