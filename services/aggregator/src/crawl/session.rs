//! One session with a source: reads its rows and processes several at a time.
//!
//! A session resumes after the last processed row, so one without news costs one request over
//! an open connection. Once a day it starts from the beginning, and at the next sweep if
//! anything was missed, so that nothing stays missed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_server::peer::PeerKey;
use hedgerow_store::SourceRow;
use hedgerow_transport::bounded;
use hedgerow_transport::connector::{ConnectFailure, Trust};
use hedgerow_transport::failure::CallFailure;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tonic::transport::Channel;
use tonic::{Status, Streaming};

use super::context::CrawlContext;
use super::cursor_window::CursorWindow;
use super::fetch::{FetchResult, Fetcher};
use super::quota_reporter::QuotaReporter;
use super::retry_queue::RetryQueue;
use super::row_pace::RowPace;
use super::source::Source;
use crate::admission::{Origin, SourceId};

/// A source that sends nothing for this long counts as caught up, even if it does not say so.
const SILENCE: Duration = Duration::from_secs(10);
/// The shortest session with a configured source. One with an announced source lasts at least
/// until it may count as caught up.
const MIN_SESSION: Duration = Duration::from_secs(1);
/// How often the cursor is saved while rows arrive.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);
/// How often missing bodies are requested from a source that is watched.
const WANTED_INTERVAL: Duration = Duration::from_secs(300);
/// The most rows in the window: rows that wait for a slow one before them.
const MAX_WINDOW: usize = 1_000;
/// How long fetches may go on after the end of the session.
const GRACE: Duration = Duration::from_secs(60);
/// The most bytes of a cursor: the window holds many, and one is stored.
const MAX_CURSOR_BYTES: usize = 256;

/// A completed task of a session.
enum Completed {
    /// The row with this number, after this time.
    Row(u64, GroupId, FetchResult, Duration),
    /// A retried group.
    Group(GroupId, FetchResult, Duration),
    /// All missing bodies were requested.
    Wanted,
}

/// A session under way.
struct Session {
    fetcher: Fetcher,
    rows: Streaming<feed_v1::WatchHeadsResponse>,
    window: CursorWindow,
    /// Fetches are tasks, not futures of the session: a future that is not polled while the
    /// session waits could hold the store's write transaction, which the session needs too.
    tasks: JoinSet<Completed>,
    retries: RetryQueue,
    pace: RowPace,
    /// Whether missing bodies are being requested.
    requesting_wanted: bool,
    max_tasks: usize,
}

/// Visits a source: an announced one until it is caught up, a configured one until the next
/// sweep is due.
///
/// An announced one is dialled at `target` only: the probe of that very address was counted.
pub(super) async fn visit(
    context: &Arc<CrawlContext>,
    source: &mut Source,
    target: Option<SocketAddr>,
    inclusions: &mut watch::Receiver<u64>,
) -> Result<(), CallFailure> {
    let (config, now) = (&context.config, context.clock.now());
    let store = context.processor.store();
    let is_listing_due = source.until_listed(config, now).is_zero();
    let after = source.row.cursor.clone().filter(|_| !is_listing_due);
    source.resumed = after.is_some();
    let after = after.unwrap_or_default();
    let (channel, rows) = watch_heads(context, source, after, target).await?;
    source.row.answered_at = Some(now);
    if !source.resumed {
        source.must_list = false;
        source.row.listed_at = Some(now);
        source.row.missed = false;
        // An interrupted listing starts over, and not at the end of an earlier one.
        source.row.cursor = None;
        // Before the first row: what the operator excludes or includes from here on sets
        // `missed` again, and must not be overwritten.
        source.save(store.as_ref()).await;
    }
    let (origin, quota) = match target {
        Some(target) => {
            let peer = PeerKey::from(target.ip());
            (Origin::Announced(peer), context.quota.shared(peer))
        }
        None => (
            Origin::Configured(SourceId::of(&source.endpoint)),
            context.quota.unshared(),
        ),
    };
    let mut session = Session {
        fetcher: Fetcher {
            context: Arc::clone(context),
            channel: channel.clone(),
            origin,
            quota,
            reporter: QuotaReporter::new(source.endpoint.clone()),
        },
        rows,
        window: CursorWindow::default(),
        tasks: JoinSet::new(),
        retries: RetryQueue::default(),
        pace: RowPace::new(Instant::now()),
        requesting_wanted: false,
        max_tasks: config.transfers_per_source,
    };
    let sweep = Duration::from_secs(config.sweep_seconds);
    let length = sweep.min(source.until_listed(config, now));
    let min_length = match source.trust {
        Trust::Configured => MIN_SESSION,
        Trust::Announced => SILENCE,
    };
    let until = Instant::now() + length.max(min_length);
    let result = session.run(context, source, until, inclusions).await;
    source.save(store.as_ref()).await;
    if result.is_ok() && source.trust == Trust::Configured {
        source.channel = Some(channel);
    }
    result
}

/// Opens the stream of rows. The key of an announced server is not checked: public heads prove
/// themselves, and a newer one may name the server's new key.
async fn watch_heads(
    context: &CrawlContext,
    source: &mut Source,
    after: String,
    target: Option<SocketAddr>,
) -> Result<(Channel, Streaming<feed_v1::WatchHeadsResponse>), CallFailure> {
    let (connector, endpoint) = (&context.connector, &source.endpoint);
    let channel = match (target, source.channel.take()) {
        (Some(target), _) => connector
            .pinned_to(target)
            .channel_for_public_data(endpoint, source.trust),
        (None, Some(channel)) => Ok(channel),
        (None, None) => connector.channel(endpoint, source.trust),
    };
    let channel = channel.map_err(connect_failure)?;
    let client = FeedServiceClient::new(channel.clone());
    let mut client = bounded!(client, connector.config().message_bytes);
    let rows = client
        .watch_heads(feed_v1::WatchHeadsRequest { after })
        .await?;
    Ok((channel, rows.into_inner()))
}

pub(super) fn connect_failure(failure: ConnectFailure) -> CallFailure {
    CallFailure::from(Status::from_error(Box::new(failure)))
}

impl Session {
    async fn run(
        &mut self,
        context: &CrawlContext,
        source: &mut Source,
        until: Instant,
        inclusions: &mut watch::Receiver<u64>,
    ) -> Result<(), CallFailure> {
        let mut last_row = Instant::now();
        let mut last_save = Instant::now();
        let mut last_wanted = Instant::now();
        let mut caught_up = false;
        loop {
            let idle = self.tasks.is_empty();
            let is_announced = source.trust == Trust::Announced;
            if idle && caught_up && is_announced && self.retries.is_empty() {
                return Ok(());
            }
            // A slow source must not occupy the session and its transfers for as long as it
            // likes.
            if Instant::now() >= until + if idle { Duration::ZERO } else { GRACE } {
                return Ok(());
            }
            let pause = self.pace.wait(Instant::now());
            let may_read = self.has_room() && self.window.len() < MAX_WINDOW && pause.is_zero();
            let mut wake = self
                .next_wake(until, caught_up, last_row)
                .min(last_wanted + WANTED_INTERVAL);
            if !pause.is_zero() {
                wake = wake.min(Instant::now() + pause);
            }
            tokio::select! {
                Some(completed) = self.tasks.join_next(), if !idle => {
                    self.complete(&unwrap_task(completed), &mut source.row);
                    self.start_retries();
                    if last_save.elapsed() >= SAVE_INTERVAL {
                        last_save = Instant::now();
                        source.save(context.processor.store().as_ref()).await;
                    }
                }
                row = self.rows.message(), if may_read && Instant::now() < until => {
                    last_row = Instant::now();
                    let Some(row) = row? else {
                        self.drain().await;
                        return Ok(());
                    };
                    let was_caught_up = caught_up;
                    caught_up |= row.caught_up;
                    if !has_short_cursor(&row) {
                        return Err(cursor_too_long());
                    }
                    self.start_row(row);
                    if caught_up && !was_caught_up {
                        last_wanted = Instant::now();
                        self.request_wanted();
                    }
                }
                // The rows of the group were skipped: only a new listing brings them again.
                Ok(()) = inclusions.changed() => {
                    source.must_list = true;
                    self.drain().await;
                    return Ok(());
                }
                () = tokio::time::sleep_until(wake) => {
                    let silent = last_row.elapsed() >= SILENCE && self.tasks.is_empty();
                    if !caught_up && silent || last_wanted.elapsed() >= WANTED_INTERVAL {
                        caught_up |= silent;
                        last_wanted = Instant::now();
                        self.request_wanted();
                    }
                    self.start_retries();
                }
            }
        }
    }

    fn has_room(&self) -> bool {
        self.tasks.len() < self.max_tasks
    }

    fn start_row(&mut self, row: feed_v1::WatchHeadsResponse) {
        let Ok(group) = GroupId::try_from(row.group_id.as_slice()) else {
            return;
        };
        let number = self.window.push(row.cursor.clone());
        let fetcher = self.fetcher.clone();
        self.tasks.spawn(async move {
            let start = Instant::now();
            let result = fetcher.fetch_row(group, row).await;
            Completed::Row(number, group, result, start.elapsed())
        });
    }

    /// Records the result of a task. A group to retry counts as missed too: the session may end
    /// before its retry, and the cursor moves past it.
    fn complete(&mut self, completed: &Completed, source: &mut SourceRow) {
        let (number, group, result, elapsed) = match completed {
            Completed::Row(number, group, result, elapsed) => {
                (Some(*number), *group, result, *elapsed)
            }
            Completed::Group(group, result, elapsed) => (None, *group, result, *elapsed),
            Completed::Wanted => {
                self.requesting_wanted = false;
                return;
            }
        };
        match result {
            FetchResult::Retry(wait) => self.retries.schedule(group, *wait, Instant::now()),
            FetchResult::Done
            | FetchResult::Unchanged
            | FetchResult::NoEffect
            | FetchResult::Missed => self.retries.remove(&group),
        }
        source.missed |= matches!(result, FetchResult::Retry(_) | FetchResult::Missed);
        self.pace.count(*result, elapsed, Instant::now());
        if let Some(cursor) = number.and_then(|number| self.window.finish(number)) {
            source.cursor = Some(cursor);
        }
    }

    /// Requests the bodies that are missing here, one such task at a time.
    fn request_wanted(&mut self) {
        if std::mem::replace(&mut self.requesting_wanted, true) {
            return;
        }
        let fetcher = self.fetcher.clone();
        self.tasks.spawn(async move {
            fetcher.fetch_wanted().await;
            Completed::Wanted
        });
    }

    /// Starts the retries that are due, as far as there is room.
    fn start_retries(&mut self) {
        while self.has_room() {
            let Some(group) = self.retries.take_due(Instant::now()) else {
                return;
            };
            let fetcher = self.fetcher.clone();
            self.tasks.spawn(async move {
                let start = Instant::now();
                let result = fetcher.fetch_group(group).await;
                Completed::Group(group, result, start.elapsed())
            });
        }
    }

    fn next_wake(&self, until: Instant, caught_up: bool, last_row: Instant) -> Instant {
        let mut wake = if self.tasks.is_empty() {
            until
        } else {
            Instant::now() + SILENCE
        };
        if !caught_up {
            wake = wake.min(last_row + SILENCE);
        }
        let retry = self.retries.next_due().filter(|_| self.has_room());
        let wake = retry.into_iter().fold(wake, Instant::min);
        // Never in the past, or the loop would spin.
        wake.max(Instant::now() + Duration::from_millis(10))
    }

    /// Waits for the running tasks after the source ended its stream. Their results are not
    /// recorded, so the next session gets the same rows again.
    async fn drain(&mut self) {
        while let Some(completed) = self.tasks.join_next().await {
            unwrap_task(completed);
        }
    }
}

/// Returns the result of a task, and passes on its panic.
fn unwrap_task(completed: Result<Completed, JoinError>) -> Completed {
    completed.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn has_short_cursor(row: &feed_v1::WatchHeadsResponse) -> bool {
    row.cursor.len() <= MAX_CURSOR_BYTES
}

fn cursor_too_long() -> CallFailure {
    let message = format!("the source's cursors are longer than {MAX_CURSOR_BYTES} bytes");
    Status::invalid_argument(message).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_with_a_long_cursor_ends_the_session() {
        let row = |length| feed_v1::WatchHeadsResponse {
            cursor: "c".repeat(length),
            ..feed_v1::WatchHeadsResponse::default()
        };
        assert!(has_short_cursor(&row(MAX_CURSOR_BYTES)));
        assert!(!has_short_cursor(&row(MAX_CURSOR_BYTES + 1)));
    }
}
