//! `FeedService.WatchHeads`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::watch_heads_response;
use hedgerow_transport::failure::Failure;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::source::FeedSource;
use super::source::Row;
use super::source::WatchRow;
use crate::limits::FeedLimits;
use crate::peer::NoPlace;
use crate::peer::PeerKey;
use crate::peer::Place;
use crate::peer::Places;

/// Rows read at a time.
const PAGE: usize = 500;

/// Rows on their way to one watcher; a slow one makes the reading wait.
const ON_THE_WAY: usize = 16;

/// When a watcher that was turned away may come back.
const COME_BACK: Duration = Duration::from_secs(60);

/// Takes the one place that a peer has.
pub(super) fn take_place(watchers: &Places, peer: PeerKey) -> Result<Place, Failure> {
    watchers.take(peer).map_err(|limit| {
        let (reason, message) = match limit {
            NoPlace::Peer => (
                "one_watch_a_peer",
                "Your address already watches this server, and each has one stream.",
            ),
            NoPlace::All => (
                "too_many_watchers",
                "This server has as many watchers as it can serve; come back later.",
            ),
        };
        Failure::resource_exhausted(reason, message, COME_BACK)
    })
}

/// Heads as they change, until the watcher leaves.
pub(super) fn watch_heads(
    source: Arc<dyn FeedSource>,
    limits: &FeedLimits,
    place: Place,
    request: feed_v1::WatchHeadsRequest,
) -> ReceiverStream<Result<feed_v1::WatchHeadsResponse, Status>> {
    let (sender, receiver) = mpsc::channel(ON_THE_WAY);
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
        };
        if let Err(Ended::Failed(failure)) = ended {
            // A watcher that left in this moment does not need to know.
            drop(sender.send(Err(failure.into())).await);
        }
        drop(place);
    });
    ReceiverStream::new(receiver)
}

/// Why watching ends.
enum Ended {
    WatcherLeft,
    Failed(Failure),
}

struct Watcher {
    source: Arc<dyn FeedSource>,
    changed: watch::Receiver<u64>,
    /// The last row read.
    cursor: Option<String>,
    /// A row read but not sent, until it is known whether it is the last for now.
    pending: Option<WatchRow>,
    pace: Pace,
    caught_up: bool,
    sender: mpsc::Sender<Result<feed_v1::WatchHeadsResponse, Status>>,
}

impl Watcher {
    async fn run(mut self) -> Result<(), Ended> {
        loop {
            // Marked as seen before reading: a change after this wakes the next wait.
            self.changed.borrow_and_update();
            let rows = self
                .source
                .rows_after(self.cursor.as_deref(), PAGE)
                .await
                .map_err(Ended::Failed)?;
            let more = rows.len() >= PAGE;
            let waited = self.take(rows).await?;
            if more || waited {
                continue;
            }
            self.flush(true).await?;
            self.caught_up = true;
            if self.changed.changed().await.is_err() {
                return Err(Ended::Failed(crate::server::stopping()));
            }
        }
    }

    /// Takes rows in order. Where the next one is of a group that was just told, waits
    /// until its time, and returns true: the table is then read again from there, since
    /// a newer head may have replaced that row.
    async fn take(&mut self, rows: Vec<WatchRow>) -> Result<bool, Ended> {
        for row in rows {
            if let Some(due) = self.pace.not_before(&row.group_id) {
                self.flush(false).await?;
                tokio::time::sleep_until(due).await;
                return Ok(true);
            }
            self.flush(false).await?;
            self.pace.told(row.group_id);
            self.cursor = Some(row.cursor.clone());
            self.pending = Some(row);
        }
        Ok(false)
    }

    /// Sends the row that was held back; `last` where nothing follows it for now.
    async fn flush(&mut self, last: bool) -> Result<(), Ended> {
        let Some(row) = self.pending.take() else {
            return Ok(());
        };
        let response = feed_v1::WatchHeadsResponse {
            cursor: row.cursor,
            group_id: row.group_id.to_vec(),
            key_log_tip: row.key_log_tip.to_vec(),
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

/// When each group was last told; only as long as that matters.
struct Pace {
    interval: Duration,
    told: HashMap<GroupId, Instant>,
    /// At how many groups those that no longer matter are forgotten.
    forget_at: usize,
}

impl Pace {
    fn new(interval: Duration) -> Self {
        Self {
            interval,
            told: HashMap::new(),
            forget_at: PAGE,
        }
    }

    /// When a group may be told again, where that is not yet.
    fn not_before(&self, group: &GroupId) -> Option<Instant> {
        let due = *self.told.get(group)? + self.interval;
        (due > Instant::now()).then_some(due)
    }

    fn told(&mut self, group: GroupId) {
        let now = Instant::now();
        if self.told.len() >= self.forget_at {
            let interval = self.interval;
            self.told.retain(|_, told| *told + interval > now);
            self.forget_at = PAGE.max(2 * self.told.len());
        }
        self.told.insert(group, now);
    }
}

#[cfg(test)]
mod tests;
