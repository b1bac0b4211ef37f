//! Settings of ingest.

use std::time::Duration;

use hedgerow_server::config::ConfigError;
use hedgerow_transport::limits::{MAX_CONFIGURABLE_RECORD_BYTES, check_range};
use serde::{Deserialize, Serialize};

/// Limits on groups and transfers. A throttled group gets the key of the limit that it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// The largest record in bytes. A larger one is refused; the rest of its group is not.
    pub max_record_bytes: u32,
    /// The most records of a group.
    pub max_records: u32,
    /// The most bytes of a group's records in all.
    pub max_view_bytes: u64,
    /// The most new records of a group at a time.
    pub creates: u32,
    /// The number added to that allowance each second, up to `creates`.
    pub creates_per_second: u32,
    /// The most new groups from one address (IPv4, or IPv6 /64) in 24 hours; from an IPv6 /48 four
    /// times as many. Those from `sources` are not counted.
    pub daily_new_groups: u32,
    /// The most bytes of records of all groups that came in the last 24 hours, except those from
    /// `sources`. The groups of one IPv4 address or IPv6 /48 may have a quarter.
    pub newcomer_disk_bytes: u64,
    /// The most bytes by which all groups from one of `sources` may grow in a day. A group
    /// counts for 4 KiB itself.
    pub source_daily_bytes: u64,
    /// The most concurrent pushes whose first items have arrived. Heads that only remove records
    /// have 16 places more.
    pub transfers: usize,
    /// The same from one address.
    pub transfers_per_peer: usize,
    /// The most bytes of unfinished pushes in memory.
    pub transfer_memory_bytes: u64,
    /// Stored leaves that the pushes of one address may cause to be read in a minute. Those of
    /// heads that only remove records are not counted.
    pub leaves_per_peer_and_minute: u64,
    /// The most bytes of records that wait for the rest of their transfer, in all.
    pub staged_bytes: u64,
    /// The same of one group.
    pub staged_bytes_per_group: u64,
    /// How long such records are kept.
    pub staged_seconds: u64,
    /// The time within which a receipt promises that a head takes effect, in search too.
    pub in_effect_seconds: u64,
    /// The time after which a node without news is to call again.
    pub come_back_seconds: u64,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            max_record_bytes: 64 * 1024,
            max_records: 20_000,
            max_view_bytes: 64 * 1024 * 1024,
            creates: 2_000,
            creates_per_second: 50,
            daily_new_groups: 100,
            newcomer_disk_bytes: 8 * 1024 * 1024 * 1024,
            source_daily_bytes: 16 * 1024 * 1024 * 1024,
            transfers: 64,
            transfers_per_peer: 16,
            transfer_memory_bytes: 64 * 1024 * 1024,
            leaves_per_peer_and_minute: 1_000_000,
            staged_bytes: 1024 * 1024 * 1024,
            staged_bytes_per_group: 96 * 1024 * 1024,
            staged_seconds: 3_600,
            in_effect_seconds: 10,
            come_back_seconds: 86_400,
        }
    }
}

impl IngestConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let positive = [
            ("ingest.max_record_bytes", u64::from(self.max_record_bytes)),
            ("ingest.max_records", u64::from(self.max_records)),
            ("ingest.max_view_bytes", self.max_view_bytes),
            ("ingest.creates", u64::from(self.creates)),
            (
                "ingest.creates_per_second",
                u64::from(self.creates_per_second),
            ),
            ("ingest.transfers", self.transfers as u64),
            ("ingest.transfers_per_peer", self.transfers_per_peer as u64),
            ("ingest.newcomer_disk_bytes", self.newcomer_disk_bytes),
            ("ingest.source_daily_bytes", self.source_daily_bytes),
            ("ingest.transfer_memory_bytes", self.transfer_memory_bytes),
            (
                "ingest.leaves_per_peer_and_minute",
                self.leaves_per_peer_and_minute,
            ),
            ("ingest.staged_seconds", self.staged_seconds),
        ];
        for (key, value) in positive {
            let problem = "must be over 0, or nothing is accepted";
            check_range(key, value, 1..=u64::MAX, problem)?;
        }
        check_range(
            "ingest.max_record_bytes",
            self.max_record_bytes.into(),
            1..=MAX_CONFIGURABLE_RECORD_BYTES.into(),
            "must be at most 3145728: a record must fit into one message of at most 4 MiB",
        )?;
        Ok(check_range(
            "ingest.staged_bytes_per_group",
            self.staged_bytes_per_group,
            self.max_view_bytes..=u64::MAX,
            "must be at least ingest.max_view_bytes, or a group of that size can never come in",
        )?)
    }

    pub(crate) fn staged_for(&self) -> Duration {
        Duration::from_secs(self.staged_seconds)
    }

    pub(crate) fn in_effect_within(&self) -> Duration {
        Duration::from_secs(self.in_effect_seconds)
    }
}
