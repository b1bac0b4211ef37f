//! `FeedService.Sync`.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use hedgerow_core::envelope::Envelope;
use hedgerow_core::envelope::PayloadKind;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_core::sync::SyncPlan;
use hedgerow_core::sync::body_item;
use hedgerow_core::sync::end_item;
use hedgerow_core::sync::not_here_item;
use hedgerow_core::tree::Leaf;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::Failure;
use hedgerow_transport::failure::id_field;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::budget::Allowance;
use super::get_head::public_view;
use super::source::FeedSource;
use super::source::HeadRow;
use super::source::Snapshot;

/// Bodies read at a time: one short read, at most 4 MiB.
const BODIES_A_READ: usize = 64;

/// Items on their way to one receiver; a slow one makes the reading wait.
const ON_THE_WAY: usize = 8;

/// The most bodies that may be wanted beside the difference.
const MAX_WANTED: usize = 1_000;

/// A difference of no more than this is not counted.
const FREE_DIFFERENCE: u64 = 256 * 1024;

/// What a wanted body counts that stands in no leaf sent along.
const UNKNOWN_LENGTH: u32 = 4 * 1024;

/// Everything that leads from the caller's head to the one held here.
pub(super) async fn sync(
    source: Arc<dyn FeedSource>,
    allowance: Allowance,
    request: feed_v1::SyncRequest,
) -> Result<ReceiverStream<Result<feed_v1::SyncResponse, Status>>, Failure> {
    let asked = Asked::parse(&request)?;
    let snapshot = source
        .snapshot(&asked.group, &asked.view, asked.have_head)
        .await?;
    let lacks_budget = match asked.cost(&snapshot) {
        Cost::Free => false,
        Cost::Whole(bytes) => {
            allowance.take(bytes)?;
            false
        }
        Cost::Difference(bytes) => allowance.take(bytes).is_err(),
    };
    let (sender, receiver) = mpsc::channel(ON_THE_WAY);
    let sending = Sending {
        source,
        lacks_budget,
        asked,
        sender,
    };
    tokio::spawn(async move {
        let sender = sending.sender.clone();
        if let Err(Ended::Failed(failure)) = sending.run(snapshot).await {
            // A receiver that left in this moment does not need to know.
            drop(sender.send(Err(failure.into())).await);
        }
    });
    Ok(ReceiverStream::new(receiver))
}

/// A request, parsed.
struct Asked {
    group: GroupId,
    view: View,
    have_head: Option<PayloadHash>,
    have_key_event: Option<PayloadHash>,
    wanted: Vec<RecordHash>,
    only_wanted: bool,
}

impl Asked {
    fn parse(request: &feed_v1::SyncRequest) -> Result<Self, Failure> {
        let group = id_field("group_id", &request.group_id)?;
        if request.wanted.len() > MAX_WANTED {
            return Err(Failure::invalid_field(
                "wanted",
                "too_many",
                format!("names more than {MAX_WANTED} records; ask again for the others"),
            ));
        }
        Ok(Self {
            view: public_view(&group, &request.view)?,
            have_head: optional("have_head", &request.have_head)?,
            have_key_event: optional("have_key_event", &request.have_key_event)?,
            wanted: request
                .wanted
                .iter()
                .map(|hash| id_field("wanted", hash))
                .collect::<Result<_, _>>()?,
            only_wanted: request.only_wanted,
            group,
        })
    }
}

/// What a transfer takes out of its receiver's budget.
enum Cost {
    Free,
    /// A whole manifest, or bodies that are asked for by hash: refused where nothing is left.
    Whole(u64),
    /// A difference with much in it: sent without its bodies where nothing is left, because
    /// what it takes back must not wait.
    Difference(u64),
}

impl Asked {
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
        let length = |hash| lengths.get(&hash).copied().unwrap_or(UNKNOWN_LENGTH);
        let bodies = self.bodies(whole, &head.leaves);
        let bytes = bodies.iter().map(|hash| u64::from(length(hash))).sum();
        if whole || !self.wanted.is_empty() {
            Cost::Whole(bytes)
        } else if bytes > FREE_DIFFERENCE {
            Cost::Difference(bytes)
        } else {
            Cost::Free
        }
    }

    /// Whose bodies go along, each once. In a whole manifest a receiver knows only what
    /// stands in it; wanted records that have gone are not mentioned.
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

/// Why sending ends before its end.
enum Ended {
    ReceiverLeft,
    Failed(Failure),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

struct Sending {
    source: Arc<dyn FeedSource>,
    /// The budget is spent: names go along, bodies do not.
    lacks_budget: bool,
    asked: Asked,
    sender: mpsc::Sender<Result<feed_v1::SyncResponse, Status>>,
}

impl Sending {
    async fn run(&self, snapshot: Snapshot) -> Result<(), Ended> {
        let key_events = after(snapshot.key_log, self.asked.have_key_event);
        let (head, basis, removals, leaves) = match snapshot.head {
            Some(head) => (Some(head.envelope), head.basis, head.removals, head.leaves),
            None => (None, None, Vec::new(), Vec::new()),
        };
        let bodies = self.asked.bodies(basis.is_none(), &leaves);
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
        // A group without a head to show has no bodies to send.
        if let Some(head) = head {
            for hashes in bodies.chunks(BODIES_A_READ) {
                sent += self.send_bodies(&head, hashes).await?;
            }
        }
        self.send(end_item(sent)).await
    }

    /// Sends some bodies; the number sent.
    async fn send_bodies(&self, head: &[u8], hashes: &[RecordHash]) -> Result<u32, Ended> {
        if self.lacks_budget {
            for hash in hashes {
                self.send(not_here_item(hash)).await?;
            }
            return Ok(0);
        }
        let Asked { group, view, .. } = &self.asked;
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
                None => self.send(not_here_item(hash)).await?,
            }
        }
        Ok(sent)
    }

    /// A body that is missing was either never here, or its record was taken back since
    /// the stream began: then the stream leads nowhere.
    async fn check_current(&self, head: &[u8]) -> Result<(), Ended> {
        let Asked { group, view, .. } = &self.asked;
        match self.source.head(group, view).await? {
            HeadRow::Shown(now) if now == head => Ok(()),
            HeadRow::Shown(_) | HeadRow::GroupUnknown | HeadRow::NoHead | HeadRow::Withheld(_) => {
                Err(Failure::aborted(
                    "superseded",
                    "A newer head came while this one was being sent; ask again.",
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

/// The key events after the one that the receiver has; all where it is not known here.
fn after(mut key_log: Vec<Vec<u8>>, have: Option<PayloadHash>) -> Vec<Vec<u8>> {
    let Some(have) = have else { return key_log };
    let held = key_log.iter().rposition(|envelope| {
        Envelope::parse(envelope, PayloadKind::KeyEvent)
            .is_ok_and(|envelope| envelope.payload_hash() == have)
    });
    match held {
        Some(index) => key_log.split_off(index + 1),
        None => key_log,
    }
}

#[cfg(test)]
mod tests;
