//! `FeedService.WatchHeads`.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::watch_heads_response;
use hedgerow_transport::failure::Failure;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::source::{FeedSource, Row, WatchRow};
use crate::limits::{FeedLimits, KeyedLimiter, LimitReached, PeerLimiter, Permit, Progress};
use crate::peer::PeerKey;
use crate::server::shutting_down;

/// Number of rows in one read of the source.
const ROWS_PER_READ: usize = 500;

/// Number of rows that wait for a slow watcher. Reading stops meanwhile.
const CHANNEL_CAPACITY: usize = 16;

/// When a rejected watcher may retry.
const RETRY_AFTER: Duration = Duration::from_secs(60);

/// The time after which a watcher gives up its place to a newcomer, if all are taken. It resumes
/// where it was once there is room.
pub(super) const EVICT_AFTER: Duration = Duration::from_secs(60);

/// The place of one watcher.
pub(super) struct Place {
    _permit: Permit,
    progress: Arc<Progress>,
}

pub(super) fn acquire(watchers: &PeerLimiter, peer: PeerKey) -> Result<Place, Failure> {
    // A watcher waits all the time, so the one that has been there longest goes first.
    let progress = Arc::new(Progress::begin_waiting());
    let permit = watchers.try_acquire_for(peer, &progress);
    let permit = permit.map_err(|limit| {
        let (reason, message) = match limit {
            LimitReached::Peer => (
                "watches_per_peer",
                "Your address already has as many watch streams at this server as it may have.",
            ),
            LimitReached::Total => (
                "too_many_watchers",
                "This server cannot serve more watchers at the moment; come back later.",
            ),
        };
        Failure::resource_exhausted(reason, message, RETRY_AFTER)
    })?;
    Ok(Place {
        _permit: permit,
        progress,
    })
}

fn evicted() -> Failure {
    Failure::resource_exhausted(
        "call_evicted",
        "Others needed the place of this watch stream; resume after the last cursor.",
        RETRY_AFTER,
    )
}

/// Streams heads as they change, until the watcher leaves.
pub(super) fn watch_heads(
    source: Arc<dyn FeedSource>,
    limits: &FeedLimits,
    place: Place,
    request: feed_v1::WatchHeadsRequest,
) -> ReceiverStream<Result<feed_v1::WatchHeadsResponse, Status>> {
    let (sender, receiver) = mpsc::channel(CHANNEL_CAPACITY);
    let watcher = Watcher {
        changed: source.changed(),
        source,
        cursor: Some(request.after).filter(|after| !after.is_empty()),
        pending: None,
        pace: Pace::new(Duration::from_millis(limits.watch_interval_millis)),
        caught_up: false,
        sender,
    };
    tokio::spawn(async move {
        let sender = watcher.sender.clone();
        let ended = tokio::select! {
            ended = watcher.run() => ended,
            () = sender.closed() => Err(Ended::WatcherLeft),
            () = place.progress.ended().cancelled() => Err(Ended::Failed(evicted())),
        };
        if let Err(Ended::Failed(failure)) = ended {
            // Fails only if the watcher has left.
            drop(sender.send(Err(failure.into())).await);
        }
        drop(place);
    });
    ReceiverStream::new(receiver)
}

/// Why a stream ends.
enum Ended {
    WatcherLeft,
    Failed(Failure),
}

struct Watcher {
    source: Arc<dyn FeedSource>,
    changed: watch::Receiver<u64>,
    /// Of the last row that was read.
    cursor: Option<String>,
    /// A row that waits until it is known whether it is the last for now: the last one has
    /// the `caught_up` mark.
    pending: Option<WatchRow>,
    pace: Pace,
    caught_up: bool,
    sender: mpsc::Sender<Result<feed_v1::WatchHeadsResponse, Status>>,
}

impl Watcher {
    async fn run(mut self) -> Result<(), Ended> {
        loop {
            // Before the read, so that a change during it ends the next wait at once.
            self.changed.borrow_and_update();
            let rows = self
                .source
                .rows_after(self.cursor.as_deref(), ROWS_PER_READ)
                .await
                .map_err(Ended::Failed)?;
            let more = rows.len() >= ROWS_PER_READ;
            let waited = self.forward(rows).await?;
            if more || waited {
                continue;
            }
            let is_new = self.pending.is_some();
            self.flush(true).await?;
            if !is_new && !self.caught_up {
                self.send_mark().await?;
            }
            self.caught_up = true;
            if self.changed.changed().await.is_err() {
                return Err(Ended::Failed(shutting_down()));
            }
        }
    }

    /// Forwards rows in order. If a row's group had one too recently, waits, and returns true:
    /// the source is then read again from there, because a newer head may have replaced the
    /// row.
    async fn forward(&mut self, rows: Vec<WatchRow>) -> Result<bool, Ended> {
        for row in rows {
            if let Some(due) = self.pace.not_before(row.group_id) {
                self.flush(false).await?;
                tokio::time::sleep_until(due).await;
                return Ok(true);
            }
            self.flush(false).await?;
            self.pace.forwarded(row.group_id);
            self.cursor = Some(row.cursor.clone());
            self.pending = Some(row);
        }
        Ok(false)
    }

    /// Sends the mark alone, if there was no row that could carry it: a watcher that waits for
    /// the mark must not wait in vain.
    async fn send_mark(&self) -> Result<(), Ended> {
        let mark = feed_v1::WatchHeadsResponse {
            cursor: self.cursor.clone().unwrap_or_default(),
            caught_up: true,
            ..feed_v1::WatchHeadsResponse::default()
        };
        let sent = self.sender.send(Ok(mark)).await;
        sent.map_err(|_| Ended::WatcherLeft)
    }

    /// Sends the pending row. `last`: no other follows for now.
    async fn flush(&mut self, last: bool) -> Result<(), Ended> {
        let Some(row) = self.pending.take() else {
            return Ok(());
        };
        let response = feed_v1::WatchHeadsResponse {
            cursor: row.cursor,
            group_id: row.group_id.to_vec(),
            key_log_tip_hash: row.key_log_tip_hash.to_vec(),
            row: Some(match row.row {
                Row::Head(head) => watch_heads_response::Row::Head(head),
                Row::Status(status) => watch_heads_response::Row::Status(status.into()),
            }),
            caught_up: last && !self.caught_up,
        };
        self.sender
            .send(Ok(response))
            .await
            .map_err(|_| Ended::WatcherLeft)
    }
}

/// Limits how often each group is forwarded.
struct Pace {
    interval: Duration,
    /// When each group may be forwarded again.
    due: KeyedLimiter<GroupId, Option<Instant>>,
}

impl Pace {
    fn new(interval: Duration) -> Self {
        Self {
            interval,
            due: KeyedLimiter::new(ROWS_PER_READ),
        }
    }

    /// Returns when a group may be forwarded, if that is in the future.
    fn not_before(&self, group: GroupId) -> Option<Instant> {
        self.due.with(group, is_past, |due| *due).filter(is_future)
    }

    fn forwarded(&self, group: GroupId) {
        let next = Instant::now() + self.interval;
        self.due.with(group, is_past, |due| *due = Some(next));
    }
}

fn is_future(due: &Instant) -> bool {
    *due > Instant::now()
}

fn is_past(due: &Option<Instant>) -> bool {
    !due.as_ref().is_some_and(is_future)
}

#[cfg(test)]
mod tests;
