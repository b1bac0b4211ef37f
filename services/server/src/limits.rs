//! The limits of a server. Each has a default for a small machine and can be configured. A
//! rejected call names its limit.

use std::time::Duration;

use hedgerow_transport::limits::{
    A_DAY, DEFAULT_HEADER_LIST_BYTES, DEFAULT_MESSAGE_BYTES, OutOfRange, check_message_bytes,
    check_positive, check_range, check_seconds,
};
use serde::{Deserialize, Serialize};

pub use byte_quota::{ByteQuota, PeerQuota};
pub use concurrency::{LimitReached, PeerLimiter, Permit};
pub use keyed::KeyedLimiter;
pub(crate) use memory::{MemoryBudget, MemoryPermit};
pub use network_pace::NetworkPace;
pub(crate) use pacing::{Pace, PeerPacer, Rate};
pub(crate) use penalties::Penalties;
pub(crate) use progress::ProgressRules;
pub use progress::{EarlyEnd, Progress};
pub use protocol::protocol_limits;
pub use turns::{FairTurns, Turn};

mod byte_quota;
mod concurrency;
mod keyed;
mod memory;
mod network_pace;
mod pacing;
mod penalties;
mod progress;
mod protocol;
mod recent;
mod turns;

/// Maximum size of an HTTP/2 frame, in bytes.
pub(crate) const MAX_FRAME_BYTES: u32 = 16 * 1024;

/// Maximum number of bytes that are buffered for a slow reader of one stream.
pub(crate) const MAX_SEND_BUFFER_BYTES: usize = 64 * 1024;

/// Streams that a peer may open and reset before the server closes the connection
/// (CVE-2023-44487).
pub(crate) const MAX_PENDING_RESETS: usize = 20;

/// Limits of a server. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerLimits {
    /// Open connections of all peers.
    pub connections: usize,
    /// Open connections of one peer: one IPv4 address or one IPv6 /64. This and every other
    /// limit of a peer is four times as high for all peers of an IPv6 /48 together.
    pub connections_per_peer: usize,
    /// New connections of one peer in a second. Five seconds' worth may come at once, and more
    /// wait up to two seconds for their handshake; others are dropped before it.
    pub new_connections_per_peer_and_second: u32,
    /// Calls of one peer that limits refuse in a second. Three seconds' worth may come at once, and
    /// the responses to more wait up to four seconds; others cause a penalty.
    pub refusals_per_peer_and_second: u32,
    /// Longest penalty of a peer with too many refused calls, during which its new connections
    /// are dropped. The first one is a second.
    pub penalty_seconds: u64,
    /// Concurrent calls on one connection.
    pub streams_per_connection: u32,
    /// Concurrent calls of all peers, except transfers and watches.
    pub calls: usize,
    /// Concurrent calls of one peer, except transfers and watches.
    pub calls_per_peer: usize,
    /// Concurrent `Sync` calls of all peers.
    pub syncs: usize,
    /// Concurrent `Sync` calls of one peer.
    pub syncs_per_peer: usize,
    /// Concurrent `Push` calls of all peers, most of which have not sent their first items yet:
    /// `ingest.transfers` limits those that have.
    pub pushes: usize,
    /// Concurrent `Push` calls of one peer.
    pub pushes_per_peer: usize,
    /// `Health.Watch` streams of all peers.
    pub health_watches: usize,
    /// `Health.Watch` streams of one peer.
    pub health_watches_per_peer: usize,
    /// For the TLS handshake, and again for the first call after it.
    pub handshake_seconds: u64,
    /// After this time without a call, a connection is closed.
    pub idle_seconds: u64,
    /// Interval between HTTP/2 pings.
    pub keepalive_seconds: u64,
    /// Longest wait for the response to a ping.
    pub keepalive_timeout_seconds: u64,
    /// For one call, even if its caller sets a later deadline.
    pub call_seconds: u64,
    /// For one transfer (`Sync`, `Push`), even if its caller sets a later deadline.
    pub transfer_seconds: u64,
    /// For one `Health.Watch`; its caller may open another.
    pub health_watch_seconds: u64,
    /// Longest time in which a caller may neither send nor read anything that its call waits
    /// for.
    pub stall_seconds: u64,
    /// Lowest average rate of a transfer older than 30 seconds, while it waits for its caller.
    /// 0 for none.
    pub transfer_bytes_per_second: u64,
    /// For open calls when the server stops.
    pub drain_seconds: u64,
    /// Maximum size of a message in bytes, after decompression.
    pub message_bytes: usize,
    /// Maximum size of a call's header list in bytes.
    pub header_list_bytes: u32,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 1024,
            connections_per_peer: 32,
            new_connections_per_peer_and_second: 20,
            refusals_per_peer_and_second: 10,
            penalty_seconds: 10,
            streams_per_connection: 64,
            calls: 512,
            calls_per_peer: 64,
            syncs: 128,
            syncs_per_peer: 16,
            pushes: 256,
            pushes_per_peer: 32,
            health_watches: 64,
            health_watches_per_peer: 4,
            handshake_seconds: 10,
            idle_seconds: 300,
            keepalive_seconds: 60,
            keepalive_timeout_seconds: 20,
            call_seconds: 30,
            transfer_seconds: 900,
            health_watch_seconds: 3_600,
            stall_seconds: 60,
            transfer_bytes_per_second: 256,
            drain_seconds: 10,
            message_bytes: DEFAULT_MESSAGE_BYTES,
            header_list_bytes: DEFAULT_HEADER_LIST_BYTES,
        }
    }
}

/// The pool in which a call takes a place. One full pool leaves the others alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallClass {
    Query,
    Sync,
    Push,
    /// Waits for changes of the server's health.
    HealthWatch,
    /// Waits for changes of heads. Its handler has limits of its own.
    HeadWatch,
}

/// How long a call of a method may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallLength {
    Within(Duration),
    /// Until its caller leaves or the server stops. Such calls have limits of their own.
    Open,
}

const HEAD_WATCH: &str = "/hedgerow.feed.v1.FeedService/WatchHeads";
const HEALTH_WATCH: &str = "/grpc.health.v1.Health/Watch";

const SYNC: &str = "/hedgerow.feed.v1.FeedService/Sync";
const PUSH: &str = "/hedgerow.ingest.v1.IngestService/Push";

/// The reflection service streams too, but each of its responses is small and follows a request.
impl CallClass {
    pub(crate) fn of(path: &str) -> Self {
        match path {
            HEAD_WATCH => Self::HeadWatch,
            HEALTH_WATCH => Self::HealthWatch,
            SYNC => Self::Sync,
            PUSH => Self::Push,
            _ => Self::Query,
        }
    }
}

impl ServerLimits {
    /// Rejects values with which no call could succeed, or below what clients rely on.
    ///
    /// # Errors
    /// If a value is out of range.
    pub fn check(&self) -> Result<(), OutOfRange> {
        for (key, value) in [
            ("limits.connections", self.connections),
            ("limits.connections_per_peer", self.connections_per_peer),
            (
                "limits.new_connections_per_peer_and_second",
                self.new_connections_per_peer_and_second as usize,
            ),
            (
                "limits.refusals_per_peer_and_second",
                self.refusals_per_peer_and_second as usize,
            ),
            (
                "limits.streams_per_connection",
                self.streams_per_connection as usize,
            ),
            ("limits.calls", self.calls),
            ("limits.calls_per_peer", self.calls_per_peer),
            ("limits.syncs", self.syncs),
            ("limits.syncs_per_peer", self.syncs_per_peer),
            ("limits.pushes", self.pushes),
            ("limits.pushes_per_peer", self.pushes_per_peer),
            ("limits.health_watches", self.health_watches),
            (
                "limits.health_watches_per_peer",
                self.health_watches_per_peer,
            ),
        ] {
            check_positive(key, value as u64)?;
        }
        for (key, seconds) in [
            ("limits.handshake_seconds", self.handshake_seconds),
            ("limits.idle_seconds", self.idle_seconds),
            ("limits.keepalive_seconds", self.keepalive_seconds),
            (
                "limits.keepalive_timeout_seconds",
                self.keepalive_timeout_seconds,
            ),
            ("limits.call_seconds", self.call_seconds),
            ("limits.transfer_seconds", self.transfer_seconds),
            ("limits.health_watch_seconds", self.health_watch_seconds),
            ("limits.stall_seconds", self.stall_seconds),
        ] {
            check_seconds(key, seconds)?;
        }
        // Zero is allowed: stop without waiting for open calls.
        check_range(
            "limits.drain_seconds",
            self.drain_seconds,
            0..=A_DAY,
            "must be at most 86400 (a day)",
        )?;
        check_message_bytes("limits.message_bytes", self.message_bytes)?;
        // Honest people behind the same address wait too, so a penalty must be short.
        check_range(
            "limits.penalty_seconds",
            self.penalty_seconds,
            1..=60,
            "must be from 1 to 60",
        )?;
        check_range(
            "limits.header_list_bytes",
            self.header_list_bytes.into(),
            8 * 1024..=1024 * 1024,
            "must be from 8192, which a call with a token and a trace can need, to 1048576",
        )
    }

    pub(crate) fn call_length(&self, class: CallClass) -> CallLength {
        let seconds = match class {
            CallClass::HeadWatch => return CallLength::Open,
            CallClass::HealthWatch => self.health_watch_seconds,
            CallClass::Sync | CallClass::Push => self.transfer_seconds,
            CallClass::Query => self.call_seconds,
        };
        CallLength::Within(Duration::from_secs(seconds))
    }

    pub(crate) fn progress_rules(&self) -> ProgressRules {
        ProgressRules {
            stall: Duration::from_secs(self.stall_seconds),
            min_bytes_per_second: self.transfer_bytes_per_second,
        }
    }
}

/// Limits of FeedService.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedLimits {
    /// `WatchHeads` streams of all peers.
    pub watchers: usize,
    /// `WatchHeads` streams of one peer: one IPv4 address or one IPv6 /64.
    pub watchers_per_peer: usize,
    /// Shortest interval between two heads of one group in a stream, in milliseconds.
    pub watch_interval_millis: u64,
    /// Bytes of bodies that one peer may fetch in an hour by whole syncs and by requests for
    /// single bodies. Small differences are not counted.
    pub sync_bytes_per_peer_and_hour: u64,
    /// Leaves, records and key events that one peer may cause to be read, hashed or sent in a
    /// minute, by `Sync`, `GetProof`, `GetKeyLog` and `GetRivals`.
    pub leaves_per_peer_and_minute: u64,
    /// Bytes that all `Sync` calls together may hold in memory: manifests, which those of one
    /// head share, and key logs. One peer may hold a quarter, and one that holds none 1/128 in any
    /// case.
    pub sync_memory_bytes: u64,
}

impl Default for FeedLimits {
    fn default() -> Self {
        Self {
            watchers: 256,
            watchers_per_peer: 4,
            watch_interval_millis: 1_000,
            sync_bytes_per_peer_and_hour: 2 * 1024 * 1024 * 1024,
            leaves_per_peer_and_minute: 1_000_000,
            sync_memory_bytes: 64 * 1024 * 1024,
        }
    }
}

impl FeedLimits {
    /// Rejects values with which no call could succeed.
    ///
    /// # Errors
    /// If a value is out of range.
    pub fn check(&self) -> Result<(), OutOfRange> {
        check_positive("feed.watchers", self.watchers as u64)?;
        check_positive("feed.watchers_per_peer", self.watchers_per_peer as u64)?;
        check_range(
            "feed.watch_interval_millis",
            self.watch_interval_millis,
            0..=A_DAY * 1_000,
            "must be at most 86400000 (a day)",
        )?;
        for (key, value) in [
            (
                "feed.sync_bytes_per_peer_and_hour",
                self.sync_bytes_per_peer_and_hour,
            ),
            (
                "feed.leaves_per_peer_and_minute",
                self.leaves_per_peer_and_minute,
            ),
            ("feed.sync_memory_bytes", self.sync_memory_bytes),
        ] {
            check_positive(key, value)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_needs_only_the_changed_keys() {
        let limits: ServerLimits = toml::from_str("calls = 7").unwrap();
        assert_eq!(limits.calls, 7);
        assert_eq!(limits.connections, ServerLimits::default().connections);
        assert!(toml::from_str::<ServerLimits>("cals = 7").is_err());
        assert!(toml::from_str::<FeedLimits>("watchers_per_peer = 40").is_ok());
    }

    #[test]
    fn a_limit_out_of_range_is_rejected_by_its_key() {
        ServerLimits::default().check().unwrap();
        FeedLimits::default().check().unwrap();
        let rejected = [
            ("calls = 0", "limits.calls"),
            ("connections_per_peer = 0", "limits.connections_per_peer"),
            (
                "streams_per_connection = 0",
                "limits.streams_per_connection",
            ),
            ("keepalive_seconds = 0", "limits.keepalive_seconds"),
            ("call_seconds = 90000", "limits.call_seconds"),
            (
                "refusals_per_peer_and_second = 0",
                "limits.refusals_per_peer_and_second",
            ),
            ("penalty_seconds = 0", "limits.penalty_seconds"),
            ("penalty_seconds = 61", "limits.penalty_seconds"),
            ("message_bytes = 4194303", "limits.message_bytes"),
            ("message_bytes = 67108865", "limits.message_bytes"),
            ("header_list_bytes = 8191", "limits.header_list_bytes"),
            ("header_list_bytes = 1048577", "limits.header_list_bytes"),
        ];
        for (text, key) in rejected {
            let limits: ServerLimits = toml::from_str(text).unwrap();
            assert_eq!(limits.check().unwrap_err().0, key, "{text}");
        }
        let feed: FeedLimits = toml::from_str("sync_bytes_per_peer_and_hour = 0").unwrap();
        assert_eq!(
            feed.check().unwrap_err().0,
            "feed.sync_bytes_per_peer_and_hour"
        );
    }

    #[test]
    fn only_watching_heads_has_no_time_limit() {
        let limits = ServerLimits::default();
        let within = |path| match limits.call_length(CallClass::of(path)) {
            CallLength::Within(length) => Some(length.as_secs()),
            CallLength::Open => None,
        };
        assert_eq!(within("/hedgerow.feed.v1.FeedService/GetHead"), Some(30));
        assert_eq!(within("/hedgerow.feed.v1.FeedService/Sync"), Some(900));
        assert_eq!(within("/hedgerow.ingest.v1.IngestService/Push"), Some(900));
        assert_eq!(within("/hedgerow.feed.v1.FeedService/WatchHeads"), None);
        assert_eq!(within("/grpc.health.v1.Health/Watch"), Some(3_600));
    }
}
