//! One visit to a source: its rows, each dealt with, several at a time.
//!
//! A visit goes on from the last row that was dealt with: where nothing happened, it costs
//! one question over the connection that is there. Now and then it begins from the start,
//! and sooner where anything was not taken, so that nothing missed stays missed.

use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_proto::v1::feed_service_client::FeedServiceClient;
use hedgerow_rpc::bounded;
use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::failure::CallFailure;
use hedgerow_rpc::peer::PeerKey;
use tokio::task::JoinError;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tonic::Streaming;
use tonic::transport::Channel;

use super::again::Again;
use super::fetch::Fetch;
use super::fetch::Fetched;
use super::follower::Follower;
use super::line::Line;
use crate::apply::Origin;
use crate::config::CrawlConfig;
use crate::store::SourceRow;

/// Without a row for so long, a source that says nothing of being caught up is.
const SILENCE: Duration = Duration::from_secs(10);
/// No visit to a source in the configuration is cut shorter.
const SHORTEST: Duration = Duration::from_secs(1);
/// How often the cursor is written down while rows come.
const SAVE_EVERY: Duration = Duration::from_secs(5);
/// How often a source that is watched is asked for bodies that are missing here.
const WANTED_EVERY: Duration = Duration::from_secs(300);
/// Rows that may wait for a slow one before them.
const LONGEST_LINE: usize = 1_000;

/// How long what is under way may go on when a visit's time is over.
const GRACE: Duration = Duration::from_secs(60);
/// Bytes of a row's cursor: many are remembered, and one is kept.
const LONGEST_CURSOR: usize = 256;

/// What is through.
enum Through {
    /// A row of the source's list.
    Row(u64, GroupId, Fetched),
    /// A group that was asked for again.
    Group(GroupId, Fetched),
    /// All bodies that are missing here.
    Wanted,
}

/// Tasks of their own, which go on while the visit waits for something else: one that stood
/// still in the middle of a transaction would keep everybody, the visit too, from writing.
type Working = JoinSet<Through>;

/// A visit under way.
struct Visit {
    fetch: Fetch,
    rows: Streaming<v1::WatchHeadsResponse>,
    line: Line,
    working: Working,
    again: Again,
    /// Whether it is being asked for bodies that are missing here.
    asking: bool,
    per_source: usize,
}

impl Follower {
    /// Visits the source: until it is caught up, where it was only announced; until the
    /// next visit is due, where it is in the configuration.
    ///
    /// An announced one is dialled at `target` and nowhere else: whose address is counted
    /// is the one that is reached.
    pub(super) async fn visit(&mut self, target: Option<SocketAddr>) -> Result<(), CallFailure> {
        let crawl = std::sync::Arc::clone(&self.crawl);
        let now = crawl.clock.now();
        let wait = until_listed(&self.row, &crawl.config, now);
        let after = self.row.cursor.clone().filter(|_| !wait.is_zero());
        let whole = after.is_none();
        self.went_on = !whole;
        let (channel, rows) = self.watch(after.unwrap_or_default(), target).await?;
        self.row.answered_at = Some(now);
        if whole {
            self.row.listed_at = Some(now);
            self.row.missed = false;
            // A list that is broken off begins anew, and not where the last one ended.
            self.row.cursor = None;
            // Before its first row: what an operator decides from here on counts again.
            self.save().await;
        }
        let (origin, share) = match target.map(|target| target.ip()) {
            Some(ip) => (origin(ip), crawl.shares.of(PeerKey::from(ip))),
            None => (Origin::Configured, crawl.shares.own()),
        };
        let fetch = Fetch::new(crawl.clone(), channel.clone(), origin, share);
        let mut visit = Visit {
            fetch,
            rows,
            line: Line::default(),
            working: JoinSet::new(),
            again: Again::default(),
            asking: false,
            per_source: crawl.config.transfers_per_source,
        };
        let sweep = Duration::from_secs(crawl.config.sweep_seconds);
        let lasts = sweep.min(until_listed(&self.row, &crawl.config, now));
        let least = match self.trust {
            Trust::Configured => SHORTEST,
            Trust::Announced => SILENCE,
        };
        let ended = self
            .work(&mut visit, Instant::now() + lasts.max(least))
            .await;
        self.save().await;
        if ended.is_ok() && self.trust == Trust::Configured {
            self.channel = Some(channel);
        }
        ended
    }

    /// Begins to watch. Of an announced server no key is asked: public heads prove
    /// themselves, and a newer one may bring the server's new key.
    async fn watch(
        &mut self,
        after: String,
        target: Option<SocketAddr>,
    ) -> Result<(Channel, Streaming<v1::WatchHeadsResponse>), CallFailure> {
        let connector = &self.crawl.connector;
        let channel = match (target, self.channel.take()) {
            (Some(target), _) => connector
                .only_to(target)
                .channel_for_public_data(&self.address, self.trust),
            (None, Some(kept)) => Ok(kept),
            (None, None) => connector.channel(&self.address, self.trust),
        };
        let message_bytes = connector.config().message_bytes;
        begin(channel.map_err(not_connected)?, message_bytes, after).await
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
            // A source must not hold the visit, and its transfers, for as long as it likes.
            if Instant::now() >= until + if idle { Duration::ZERO } else { GRACE } {
                return Ok(());
            }
            let room = visit.has_room() && visit.line.len() < LONGEST_LINE;
            let wake = visit
                .next_wake(until, caught_up, last_row)
                .min(last_asked + WANTED_EVERY);
            tokio::select! {
                Some(through) = visit.working.join_next(), if !idle => {
                    visit.note(&finished(through), &mut self.row);
                    visit.try_again();
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
                    if !is_light(&row) {
                        return Err(too_heavy());
                    }
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
    fn has_room(&self) -> bool {
        self.working.len() < self.per_source
    }

    /// Takes a row into work.
    fn take(&mut self, row: v1::WatchHeadsResponse) {
        let Ok(group) = GroupId::try_from(row.group_id.as_slice()) else {
            return;
        };
        let number = self.line.add(row.cursor.clone());
        let fetch = self.fetch.clone();
        self.working
            .spawn(async move { Through::Row(number, group, fetch.row(group, row).await) });
    }

    /// Notes what became of something. What is put off counts as missed too: the wait for
    /// it may be cut short, and the cursor passes it.
    fn note(&mut self, through: &Through, source: &mut SourceRow) {
        let (number, group, fetched) = match through {
            Through::Row(number, group, fetched) => (Some(*number), *group, fetched),
            Through::Group(group, fetched) => (None, *group, fetched),
            Through::Wanted => {
                self.asking = false;
                return;
            }
        };
        match fetched {
            Fetched::Again(wait) => self.again.put_off(group, *wait, Instant::now()),
            Fetched::Done | Fetched::Missed => self.again.done(&group),
        }
        source.missed |= *fetched != Fetched::Done;
        if let Some(cursor) = number.and_then(|number| self.line.done(number)) {
            source.cursor = Some(cursor);
        }
    }

    /// Asks this source for bodies that are missing here, unless that goes on still.
    fn ask_for_wanted(&mut self) {
        if std::mem::replace(&mut self.asking, true) {
            return;
        }
        let fetch = self.fetch.clone();
        self.working.spawn(async move {
            fetch.wanted().await;
            Through::Wanted
        });
    }

    /// Asks again for what is due, as far as there is room.
    fn try_again(&mut self) {
        while self.has_room() {
            let Some(group) = self.again.take_due(Instant::now()) else {
                return;
            };
            let fetch = self.fetch.clone();
            self.working
                .spawn(async move { Through::Group(group, fetch.group(group).await) });
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
        let again = self.again.next().filter(|_| self.has_room());
        again
            .into_iter()
            .fold(wake, Instant::min)
            .max(Instant::now() + Duration::from_millis(10))
    }

    /// The source ended its stream: what is under way is brought to its end.
    async fn finish(&mut self) -> Result<(), CallFailure> {
        while let Some(through) = self.working.join_next().await {
            finished(through);
        }
        Ok(())
    }
}

/// How long the source need not be listed whole. Zero: it is due.
fn until_listed(source: &SourceRow, config: &CrawlConfig, now: Timestamp) -> Duration {
    let every = if source.missed {
        config.sweep_seconds
    } else {
        config.list_seconds.max(config.sweep_seconds)
    };
    match source.listed_at {
        Some(listed) if listed <= now => {
            Duration::from_secs(every).saturating_sub(now.since(listed))
        }
        // A clock that was set back would keep it waiting.
        Some(_) | None => Duration::ZERO,
    }
}

/// What a task found. Its panic is the visit's.
fn finished(through: Result<Through, JoinError>) -> Through {
    through.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

async fn begin(
    channel: Channel,
    message_bytes: usize,
    after: String,
) -> Result<(Channel, Streaming<v1::WatchHeadsResponse>), CallFailure> {
    let mut client = bounded!(FeedServiceClient::new(channel.clone()), message_bytes);
    let rows = client
        .watch_heads(v1::WatchHeadsRequest { after })
        .await?
        .into_inner();
    Ok((channel, rows))
}

/// Whether a row weighs what it may: many are remembered, and a cursor is kept.
fn is_light(row: &v1::WatchHeadsResponse) -> bool {
    row.cursor.len() <= LONGEST_CURSOR
}

fn too_heavy() -> CallFailure {
    let message = format!("the source's cursors are over {LONGEST_CURSOR} bytes");
    tonic::Status::invalid_argument(message).into()
}

/// Whose new groups count together: those of one machine, or one IPv6 network.
fn origin(ip: IpAddr) -> Origin {
    Origin::Announced(match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("{}/64", Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
    })
}

pub(super) fn not_connected(failure: hedgerow_rpc::connector::ConnectFailure) -> CallFailure {
    CallFailure::from(tonic::Status::from_error(Box::new(failure)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_with_an_endless_cursor_ends_the_visit() {
        let row = |length| v1::WatchHeadsResponse {
            cursor: "c".repeat(length),
            ..v1::WatchHeadsResponse::default()
        };
        assert!(is_light(&row(LONGEST_CURSOR)));
        assert!(!is_light(&row(LONGEST_CURSOR + 1)));
    }

    #[test]
    fn a_source_is_listed_whole_daily_and_at_the_next_sweep_after_a_miss() {
        let config = CrawlConfig::default();
        let listed = Timestamp::from_millis(1_800_000_000_000);
        let source = |missed| SourceRow {
            address: "https://node.example:1".to_owned(),
            cursor: Some("s:1".to_owned()),
            listed_at: Some(listed),
            missed,
            answered_at: None,
            failures: 0,
        };
        let hours = |hours: u64| Duration::from_secs(3_600 * hours);
        let wait = |missed, now| until_listed(&source(missed), &config, now);
        assert_eq!(wait(false, listed.plus(hours(1))), hours(23));
        assert_eq!(wait(false, listed.plus(hours(24))), hours(0));
        assert_eq!(wait(true, listed), hours(1));
        assert_eq!(wait(true, listed.plus(hours(2))), hours(0));
        assert_eq!(wait(false, listed.minus(hours(1))), hours(0));
        let never = SourceRow {
            listed_at: None,
            ..source(false)
        };
        assert_eq!(until_listed(&never, &config, listed), hours(0));
    }

    #[test]
    fn new_groups_are_counted_by_machine() {
        let of = |ip: &str| origin(ip.parse().unwrap());
        assert_eq!(of("::ffff:203.0.113.5"), of("203.0.113.5"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::2"));
        assert_ne!(of("203.0.113.5"), of("203.0.113.6"));
    }
}
