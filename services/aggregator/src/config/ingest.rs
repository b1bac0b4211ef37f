//! What is taken of groups.

use std::time::Duration;

use hedgerow_rpc::limits::LARGEST_RECORD_BYTES;
use serde::Deserialize;
use serde::Serialize;

use super::ConfigError;

/// What is taken of groups. A limit that holds a group back is told by its name here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// The largest record taken, in bytes. A larger one is refused, the others go on.
    pub max_record_bytes: u32,
    /// The most records of a group.
    pub max_records: u32,
    /// The most bytes of a group's records together.
    pub max_view_bytes: u64,
    /// How many new records a group may bring at once.
    pub creates: u32,
    /// How many more each second, up to `creates`.
    pub creates_per_second: u32,
    /// How many new groups one address (IPv4, or IPv6 /64) may bring in 24 hours.
    /// What comes from `sources` is not counted.
    pub daily_new_groups: u32,
    /// Transfers into this aggregator at once.
    pub transfers: usize,
    /// The same, from one address.
    pub transfers_per_peer: usize,
    /// Bytes of records that wait for the rest of their transfer, all groups together.
    pub staged_bytes: u64,
    /// The same, of one group.
    pub staged_bytes_per_group: u64,
    /// How long they wait.
    pub staged_seconds: u64,
    /// A receipt promises that a head is in effect, in search too, within this time.
    pub in_effect_seconds: u64,
    /// With nothing new, nodes are asked to come back after this time.
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
            transfers: 64,
            transfers_per_peer: 16,
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
            ("ingest.staged_seconds", self.staged_seconds),
        ];
        if let Some((key, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::from((
                key,
                "must be over 0, or nothing is taken",
            )));
        }
        if self.max_record_bytes > LARGEST_RECORD_BYTES {
            return Err(ConfigError::from((
                "ingest.max_record_bytes",
                "must be at most 3145728: a record travels in one message of at most 4 MiB",
            )));
        }
        if self.staged_bytes_per_group < self.max_view_bytes {
            return Err(ConfigError::from((
                "ingest.staged_bytes_per_group",
                "must be at least ingest.max_view_bytes, or a full group can never come in",
            )));
        }
        Ok(())
    }

    /// How long bodies wait for the rest of their transfer.
    pub(crate) fn staged_for(&self) -> Duration {
        Duration::from_secs(self.staged_seconds)
    }

    /// Within which time a head is in effect.
    pub(crate) fn in_effect_within(&self) -> Duration {
        Duration::from_secs(self.in_effect_seconds)
    }
}
