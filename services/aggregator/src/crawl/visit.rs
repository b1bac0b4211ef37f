//! One visit to a source: its rows, each dealt with, several at a time.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use hedgerow_core::id::GroupId;
use hedgerow_proto::v1;
use hedgerow_proto::v1::feed_service_client::FeedServiceClient;
use hedgerow_rpc::bounded;
use hedgerow_rpc::connector::{ConnectReason, Trust};
use hedgerow_rpc::failure::CallFailure;
use tokio::time::Instant;
use tonic::Streaming;
use tonic::transport::Channel;

use super::fetch::{Fetch, Fetched};
use super::follower::Follower;
use super::line::Line;

/// Without a row for so long, a source that says nothing of being caught up is.
const SILENCE: Duration = Duration::from_secs(10);
/// How often the cursor is written down while rows come.
const SAVE_EVERY: Duration = Duration::from_secs(5);
/// How often a source that is watched is asked for bodies that are missing here.
const WANTED_EVERY: Duration = Duration::from_secs(300);
/// Rows that may wait for a slow one before them.
const LONGEST_LINE: usize = 1_000;

/// What is done when a row, or a group tried again, is through.
type Working =
    FuturesUnordered<Pin<Box<dyn Future<Output = (Option<u64>, GroupId, Fetched)> + Send>>>;

/// A visit under way.
struct Visit {
    fetch: Fetch,
    rows: Streaming<v1::WatchHeadsResponse>,
    line: Line,
    working: Working,
    again: Vec<(Instant, GroupId)>,
    per_source: usize,
}

impl Follower {
    /// Visits the source: until it is caught up, where it was only announced; until the
    /// next sweep is due, where it is in the configuration.
    pub(super) async fn visit(&mut self) -> Result<(), CallFailure> {
        let crawl = std::sync::Arc::clone(&self.crawl);
        let sweep = Duration::from_secs(crawl.config.sweep_seconds);
        let now = crawl.clock.now();
        // Without a cursor it begins from the start anyway.
        let due = self
            .row
            .listed_at
            .is_none_or(|listed| now.since(listed) >= sweep || listed > now);
        let after = if due {
            String::new()
        } else {
            self.row.cursor.clone().unwrap_or_default()
        };
        let whole = after.is_empty();
        let (channel, rows) = self.watch(after).await?;
        if whole {
            self.row.listed_at = Some(now);
        }
        self.row.answered_at = Some(now);
        let mut visit = Visit {
            fetch: Fetch::new(crawl.clone(), channel, self.origin()),
            rows,
            line: Line::default(),
            working: FuturesUnordered::new(),
            again: Vec::new(),
            per_source: crawl.config.transfers_per_source,
        };
        let left = self
            .row
            .listed_at
            .map_or(sweep, |listed| sweep.saturating_sub(now.since(listed)));
        let ended = self
            .work(&mut visit, Instant::now() + left.max(SILENCE))
            .await;
        self.save().await;
        ended
    }

    /// Begins to watch. A node whose key is not the one that its groups' heads name may
    /// still tell public heads: they prove themselves, and a newer one brings the new key.
    async fn watch(
        &self,
        after: String,
    ) -> Result<(Channel, Streaming<v1::WatchHeadsResponse>), CallFailure> {
        let connector = &self.crawl.connector;
        let channel = connector
            .channel(&self.address, self.trust)
            .map_err(not_connected)?;
        match begin(channel, after.clone()).await {
            Err(failure)
                if self.trust == Trust::Announced
                    && failure.connect == Some(ConnectReason::PinMismatch) =>
            {
                let channel = connector
                    .channel_for_public_data(&self.address, self.trust)
                    .map_err(not_connected)?;
                begin(channel, after).await
            }
            begun => begun,
        }
    }

    async fn work(&mut self, visit: &mut Visit, until: Instant) -> Result<(), CallFailure> {
        let mut last_row = Instant::now();
        let mut last_save = Instant::now();
        let mut last_asked = Instant::now();
        let mut caught_up = false;
        loop {
            let idle = visit.working.is_empty();
            if idle && caught_up && self.trust == Trust::Announced && visit.again.is_empty() {
                return Ok(());
            }
            if idle && Instant::now() >= until {
                return Ok(());
            }
            let room = visit.working.len() < visit.per_source && visit.line.len() < LONGEST_LINE;
            let wake = visit
                .next_wake(until, caught_up, last_row)
                .min(last_asked + WANTED_EVERY);
            tokio::select! {
                Some((number, group, fetched)) = visit.working.next(), if !idle => {
                    if let Fetched::Again(wait) = fetched {
                        visit.again.push((Instant::now() + wait, group));
                    }
                    if let Some(cursor) = number.and_then(|number| visit.line.done(number)) {
                        self.row.cursor = Some(cursor);
                    }
                    if last_save.elapsed() >= SAVE_EVERY {
                        last_save = Instant::now();
                        self.save().await;
                    }
                }
                row = visit.rows.message(), if room && Instant::now() < until => {
                    last_row = Instant::now();
                    let Some(row) = row? else { return visit.finish().await };
                    let was_caught_up = caught_up;
                    caught_up |= row.caught_up;
                    visit.take(row);
                    if caught_up && !was_caught_up {
                        last_asked = Instant::now();
                        visit.ask_for_wanted();
                    }
                }
                () = tokio::time::sleep_until(wake) => {
                    let silent = last_row.elapsed() >= SILENCE && visit.working.is_empty();
                    if !caught_up && silent || last_asked.elapsed() >= WANTED_EVERY {
                        caught_up |= silent;
                        last_asked = Instant::now();
                        visit.ask_for_wanted();
                    }
                    visit.try_again();
                }
            }
        }
    }
}

impl Visit {
    fn take(&mut self, row: v1::WatchHeadsResponse) {
        let Ok(group) = GroupId::try_from(row.group_id.as_slice()) else {
            return;
        };
        let number = self.line.add(row.cursor.clone());
        let fetch = self.fetch.clone();
        self.working.push(Box::pin(async move {
            (Some(number), group, fetch.row(group, row).await)
        }));
    }

    /// Asks this source for bodies that are missing here.
    fn ask_for_wanted(&mut self) {
        let fetch = self.fetch.clone();
        self.working.push(Box::pin(async move {
            fetch.wanted().await;
            (None, GroupId::from_bytes([0; 32]), Fetched::Done)
        }));
    }

    fn try_again(&mut self) {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.again)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.again = later;
        let due: Vec<(Instant, GroupId)> = due;
        for (_, group) in due {
            let fetch = self.fetch.clone();
            self.working.push(Box::pin(
                async move { (None, group, fetch.group(group).await) },
            ));
        }
    }

    fn next_wake(&self, until: Instant, caught_up: bool, last_row: Instant) -> Instant {
        let mut wake = if self.working.is_empty() {
            until
        } else {
            Instant::now() + SILENCE
        };
        if !caught_up {
            wake = wake.min(last_row + SILENCE);
        }
        // Never in the past: what is overdue only waits for room.
        self.again
            .iter()
            .map(|(at, _)| *at)
            .fold(wake, Instant::min)
            .max(Instant::now() + Duration::from_millis(10))
    }

    /// The source ended its stream: what is under way is brought to its end.
    async fn finish(&mut self) -> Result<(), CallFailure> {
        while self.working.next().await.is_some() {}
        Ok(())
    }
}

async fn begin(
    channel: Channel,
    after: String,
) -> Result<(Channel, Streaming<v1::WatchHeadsResponse>), CallFailure> {
    let mut client = bounded!(FeedServiceClient::new(channel.clone()));
    let rows = client
        .watch_heads(v1::WatchHeadsRequest { after })
        .await?
        .into_inner();
    Ok((channel, rows))
}

fn not_connected(failure: hedgerow_rpc::connector::ConnectFailure) -> CallFailure {
    CallFailure::from(tonic::Status::from_error(Box::new(failure)))
}
