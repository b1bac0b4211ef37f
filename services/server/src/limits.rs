//! What a server gives to one caller and to all of them together.
//!
//! Every limit has a default that suits a small machine and is set in the
//! configuration; whoever meets one is told its name.

use std::time::Duration;

use hedgerow_transport::limits::A_DAY;
use hedgerow_transport::limits::USUAL_HEADER_LIST_BYTES;
use hedgerow_transport::limits::USUAL_MESSAGE_BYTES;
use hedgerow_transport::limits::Unfit;
use hedgerow_transport::limits::at_least_one;
use hedgerow_transport::limits::message;
use hedgerow_transport::limits::seconds;
use hedgerow_transport::limits::within;
use serde::Deserialize;
use serde::Serialize;

pub use fixed::fixed;

mod fixed;

/// The largest HTTP/2 frame taken, in bytes.
pub(crate) const MAX_FRAME_BYTES: u32 = 16 * 1024;

/// What is buffered for one slow reader of one stream, in bytes.
pub(crate) const MAX_SEND_BUFFER_BYTES: usize = 64 * 1024;

/// How many streams a peer may open and reset without waiting (CVE-2023-44487).
pub(crate) const MAX_PENDING_RESETS: usize = 20;

/// Limits of a server. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerLimits {
    /// Open connections, all peers together.
    pub connections: usize,
    /// Open connections from one peer: one IPv4 address, or one IPv6 /64.
    pub connections_per_peer: usize,
    /// Calls at once on one connection.
    pub streams_per_connection: u32,
    /// Calls at once, all peers together; `WatchHeads` not counted.
    pub calls: usize,
    /// Calls at once from one peer; `WatchHeads` not counted.
    pub calls_per_peer: usize,
    /// For the TLS handshake, and again for the first call after it.
    pub handshake_seconds: u64,
    /// A connection without a call for so long is closed.
    pub idle_seconds: u64,
    /// How often a connection is checked.
    pub keepalive_seconds: u64,
    /// How long an answer to that check may take.
    pub keepalive_timeout_seconds: u64,
    /// For one call, whatever deadline its caller names.
    pub call_seconds: u64,
    /// For one transfer (`Sync`, `Push`), whatever deadline its caller names.
    pub transfer_seconds: u64,
    /// At the end, for calls that have begun.
    pub drain_seconds: u64,
    /// The largest message taken or given, in bytes, after decompression too.
    pub message_bytes: usize,
    /// The largest list of headers that a call may have, in bytes.
    pub header_list_bytes: u32,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 1024,
            connections_per_peer: 32,
            streams_per_connection: 64,
            calls: 512,
            calls_per_peer: 64,
            handshake_seconds: 10,
            idle_seconds: 300,
            keepalive_seconds: 60,
            keepalive_timeout_seconds: 20,
            call_seconds: 30,
            transfer_seconds: 900,
            drain_seconds: 10,
            message_bytes: USUAL_MESSAGE_BYTES,
            header_list_bytes: USUAL_HEADER_LIST_BYTES,
        }
    }
}

/// How long a call of a certain method may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallLength {
    /// At most so long.
    Within(Duration),
    /// Until its caller leaves or the server stops; such calls have a limit of their own.
    Open,
}

/// Methods that run until their caller leaves.
const OPEN: [&str; 2] = [
    "/hedgerow.feed.v1.FeedService/WatchHeads",
    "/grpc.health.v1.Health/Watch",
];

/// Methods that move many records.
const TRANSFERS: [&str; 2] = [
    "/hedgerow.feed.v1.FeedService/Sync",
    "/hedgerow.ingest.v1.IngestService/Push",
];

impl ServerLimits {
    /// Refuses what would serve nobody, or what callers count on not to be.
    ///
    /// # Errors
    /// With the key, and what would do.
    pub fn check(&self) -> Result<(), Unfit> {
        at_least_one("limits.connections", self.connections as u64)?;
        at_least_one(
            "limits.connections_per_peer",
            self.connections_per_peer as u64,
        )?;
        at_least_one(
            "limits.streams_per_connection",
            self.streams_per_connection.into(),
        )?;
        at_least_one("limits.calls", self.calls as u64)?;
        at_least_one("limits.calls_per_peer", self.calls_per_peer as u64)?;
        seconds("limits.handshake_seconds", self.handshake_seconds)?;
        seconds("limits.idle_seconds", self.idle_seconds)?;
        seconds("limits.keepalive_seconds", self.keepalive_seconds)?;
        seconds(
            "limits.keepalive_timeout_seconds",
            self.keepalive_timeout_seconds,
        )?;
        seconds("limits.call_seconds", self.call_seconds)?;
        seconds("limits.transfer_seconds", self.transfer_seconds)?;
        within(
            "limits.drain_seconds",
            self.drain_seconds,
            0..=A_DAY,
            "must be at most 86400, a day",
        )?;
        message("limits.message_bytes", self.message_bytes)?;
        within(
            "limits.header_list_bytes",
            self.header_list_bytes.into(),
            8 * 1024..=1024 * 1024,
            "must be from 8192, which a call with its token and its trace fits into, to 1048576",
        )
    }

    pub(crate) fn call_length(&self, path: &str) -> CallLength {
        if OPEN.contains(&path) {
            CallLength::Open
        } else if TRANSFERS.contains(&path) {
            CallLength::Within(Duration::from_secs(self.transfer_seconds))
        } else {
            CallLength::Within(Duration::from_secs(self.call_seconds))
        }
    }
}

/// Limits of a server's feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedLimits {
    /// `WatchHeads` streams, all peers together.
    pub watchers: usize,
    /// `WatchHeads` streams of one peer: one IPv4 address, or one IPv6 /64.
    pub watchers_per_peer: usize,
    /// How long after a group's head its next one is forwarded at the soonest, in
    /// milliseconds.
    pub watch_interval_millis: u64,
    /// Bytes of bodies that one peer may fetch in an hour by whole syncs, and by
    /// asking for single bodies again. Differences are not counted.
    pub sync_bytes_per_peer_and_hour: u64,
}

impl Default for FeedLimits {
    fn default() -> Self {
        Self {
            watchers: 256,
            watchers_per_peer: 1,
            watch_interval_millis: 1_000,
            sync_bytes_per_peer_and_hour: 2 * 1024 * 1024 * 1024,
        }
    }
}

impl FeedLimits {
    /// Refuses what would serve nobody.
    ///
    /// # Errors
    /// With the key, and what would do.
    pub fn check(&self) -> Result<(), Unfit> {
        at_least_one("feed.watchers", self.watchers as u64)?;
        at_least_one("feed.watchers_per_peer", self.watchers_per_peer as u64)?;
        within(
            "feed.watch_interval_millis",
            self.watch_interval_millis,
            0..=A_DAY * 1_000,
            "must be at most 86400000, a day",
        )?;
        at_least_one(
            "feed.sync_bytes_per_peer_and_hour",
            self.sync_bytes_per_peer_and_hour,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_names_only_what_it_changes() {
        let limits: ServerLimits = toml::from_str("calls = 7").unwrap();
        assert_eq!(limits.calls, 7);
        assert_eq!(limits.connections, ServerLimits::default().connections);
        assert!(toml::from_str::<ServerLimits>("cals = 7").is_err());
        assert!(toml::from_str::<FeedLimits>("watchers_per_peer = 40").is_ok());
    }

    #[test]
    fn limits_that_would_serve_nobody_are_refused_by_name() {
        ServerLimits::default().check().unwrap();
        FeedLimits::default().check().unwrap();
        let refused = [
            ("calls = 0", "limits.calls"),
            ("connections_per_peer = 0", "limits.connections_per_peer"),
            (
                "streams_per_connection = 0",
                "limits.streams_per_connection",
            ),
            ("keepalive_seconds = 0", "limits.keepalive_seconds"),
            ("call_seconds = 90000", "limits.call_seconds"),
            ("message_bytes = 4194303", "limits.message_bytes"),
            ("message_bytes = 67108865", "limits.message_bytes"),
            ("header_list_bytes = 8191", "limits.header_list_bytes"),
            ("header_list_bytes = 1048577", "limits.header_list_bytes"),
        ];
        for (written, key) in refused {
            let limits: ServerLimits = toml::from_str(written).unwrap();
            assert_eq!(limits.check().unwrap_err().0, key, "{written}");
        }
        let feed: FeedLimits = toml::from_str("sync_bytes_per_peer_and_hour = 0").unwrap();
        assert_eq!(
            feed.check().unwrap_err().0,
            "feed.sync_bytes_per_peer_and_hour"
        );
    }

    #[test]
    fn only_watching_is_without_an_end() {
        let limits = ServerLimits::default();
        let within = |path| match limits.call_length(path) {
            CallLength::Within(length) => Some(length.as_secs()),
            CallLength::Open => None,
        };
        assert_eq!(within("/hedgerow.feed.v1.FeedService/GetHead"), Some(30));
        assert_eq!(within("/hedgerow.feed.v1.FeedService/Sync"), Some(900));
        assert_eq!(within("/hedgerow.ingest.v1.IngestService/Push"), Some(900));
        assert_eq!(within("/hedgerow.feed.v1.FeedService/WatchHeads"), None);
    }
}
