//! Limits on the size of a group's view.

use hedgerow_core::sync::SyncLimits;
use hedgerow_core::tree::Manifest;

use crate::config::IngestConfig;

/// Factor by which a transfer may exceed a group's limits and is still read, so that the
/// records that it removes can be hidden.
const READ_OVER_LIMIT: u32 = 4;

/// The most records and bytes that a group may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct SizeLimits {
    max_record_bytes: u32,
    max_records: u32,
    max_view_bytes: u64,
}

impl SizeLimits {
    pub fn new(config: &IngestConfig) -> Self {
        Self {
            max_record_bytes: config.max_record_bytes,
            max_records: config.max_records,
            max_view_bytes: config.max_view_bytes,
        }
    }

    /// Returns whether a head has more records than a group may have.
    pub fn is_oversized(&self, records: u32) -> bool {
        records > self.max_records
    }

    /// Returns the configuration key of the limit that a view exceeds.
    pub fn exceeded(&self, manifest: &Manifest) -> Option<&'static str> {
        if self.is_oversized(manifest.count()) {
            return Some("ingest.max_records");
        }
        // Larger records are refused one by one and take no space.
        let kept = |length: &u32| *length <= self.max_record_bytes;
        let lengths = manifest.leaves().iter().map(|leaf| leaf.length);
        let bytes: u64 = lengths.filter(kept).map(u64::from).sum();
        (bytes > self.max_view_bytes).then_some("ingest.max_view_bytes")
    }

    /// Returns the limits within which a transfer is read at all.
    pub fn read_limits(&self) -> SyncLimits {
        SyncLimits {
            max_records: self.max_records.saturating_mul(READ_OVER_LIMIT),
            max_view_bytes: self.max_view_bytes.saturating_mul(READ_OVER_LIMIT.into()),
            max_record_bytes: self.max_record_bytes,
            ..SyncLimits::default()
        }
    }
}
