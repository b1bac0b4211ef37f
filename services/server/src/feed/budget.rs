//! What one peer may make this server do by small requests.

use std::time::Duration;

use hedgerow_transport::failure::Failure;

use crate::limits::{ByteQuota, FeedLimits, MemoryBudget, MemoryPermit, PeerQuota};
use crate::peer::PeerKey;

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Approximate size in memory of a leaf with its names.
const LEAF_BYTES: u64 = 192;

/// When a caller may return if the memory of transfers is used up.
const MEMORY_RETRY: Duration = Duration::from_secs(5);

/// The budgets of all peers: bytes sent, leaves read, and memory held.
#[derive(Clone, Debug)]
pub(super) struct FeedBudget {
    bytes: ByteQuota,
    leaves: ByteQuota,
    memory: MemoryBudget,
}

/// The budgets of one peer.
#[derive(Clone, Debug)]
pub(super) struct PeerBudget {
    peer: PeerKey,
    pub(super) bytes: PeerQuota,
    leaves: PeerQuota,
    memory: MemoryBudget,
}

impl FeedBudget {
    pub(super) fn new(limits: &FeedLimits) -> Self {
        Self {
            bytes: ByteQuota::new(limits.sync_bytes_per_peer_and_hour, HOUR),
            leaves: ByteQuota::new(limits.leaves_per_peer_and_minute, MINUTE),
            memory: MemoryBudget::new(limits.sync_memory_bytes),
        }
    }

    pub(super) fn for_peer(&self, peer: PeerKey) -> PeerBudget {
        PeerBudget {
            peer,
            bytes: self.bytes.for_peer(peer),
            leaves: self.leaves.for_peer(peer),
            memory: self.memory.clone(),
        }
    }

    pub(super) fn bytes_of_leaves(count: usize) -> u64 {
        count as u64 * LEAF_BYTES
    }

    #[cfg(test)]
    pub(super) fn memory_used(&self) -> u64 {
        self.memory.used()
    }
}

impl PeerBudget {
    /// Charges leaves that were read or hashed. Charged before work of unknown size with 0, and
    /// after it with its size: a peer then waits before its next call.
    pub(super) fn charge_leaves(&self, count: usize) -> Result<(), Failure> {
        self.leaves.charge(count as u64).map_err(|wait| {
            Failure::resource_exhausted(
                "leaves_per_peer_and_minute",
                "Your address made this server read too many lists of records; come back later, \
                 and fetch differences.",
                wait,
            )
        })
    }

    /// Takes memory for as long as a call needs it.
    pub(super) fn take_memory(&self, bytes: u64) -> Result<MemoryPermit, Failure> {
        self.memory.try_take(self.peer, bytes).ok_or_else(|| {
            Failure::resource_exhausted(
                "sync_memory",
                "This server has no memory left for more transfers at the moment; try again in a \
                 few seconds.",
                MEMORY_RETRY,
            )
        })
    }
}
