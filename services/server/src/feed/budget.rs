//! What one peer may make this server do by small requests.

use std::time::Duration;

use hedgerow_core::tree::HashedManifest;
use hedgerow_transport::failure::Failure;

use crate::limits::{ByteQuota, FeedLimits, MemoryBudget, MemoryPermit, PeerQuota};
use crate::peer::PeerKey;

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Approximate size in memory of a leaf with its names.
const LEAF_BYTES: u64 = 192;

/// The same in a manifest that calls share, with its place in an index and the hashes of the
/// tree.
const SHARED_LEAF_BYTES: u64 = LEAF_BYTES + 8 + HashedManifest::HASH_BYTES_PER_LEAF as u64;

/// When a caller may return if the memory of transfers is used up.
const MEMORY_RETRY: Duration = Duration::from_secs(5);

/// The budgets of all peers: bytes sent, work done, and memory held.
#[derive(Clone, Debug)]
pub(super) struct FeedBudget {
    bytes: ByteQuota,
    work: ByteQuota,
    memory: MemoryBudget,
}

/// The budgets of one peer.
#[derive(Clone, Debug)]
pub(super) struct PeerBudget {
    pub(super) peer: PeerKey,
    pub(super) bytes: PeerQuota,
    work: PeerQuota,
    memory: MemoryBudget,
}

impl FeedBudget {
    pub(super) fn new(limits: &FeedLimits) -> Self {
        Self {
            bytes: ByteQuota::new(limits.sync_bytes_per_peer_and_hour, HOUR),
            work: ByteQuota::new(limits.leaves_per_peer_and_minute, MINUTE),
            memory: MemoryBudget::new(limits.sync_memory_bytes),
        }
    }

    pub(super) fn for_peer(&self, peer: PeerKey) -> PeerBudget {
        PeerBudget {
            peer,
            bytes: self.bytes.for_peer(peer),
            work: self.work.for_peer(peer),
            memory: self.memory.clone(),
        }
    }

    pub(super) fn bytes_of_leaves(count: usize) -> u64 {
        count as u64 * LEAF_BYTES
    }

    pub(super) fn bytes_of_shared_leaves(count: usize) -> u64 {
        count as u64 * SHARED_LEAF_BYTES
    }

    #[cfg(test)]
    pub(super) fn memory_used(&self) -> u64 {
        self.memory.used()
    }
}

impl PeerBudget {
    /// Fails if the work of earlier calls exceeds the budget. Called before work of unknown size.
    pub(super) fn check_work(&self) -> Result<(), Failure> {
        self.charge_work(0)
    }

    /// Charges leaves, bodies and key events that a call reads, hashes or sends, each as one. A
    /// call may exceed the budget, so that no group is too large to be read; its peer then waits
    /// before the next one. So each call charges once.
    pub(super) fn charge_work(&self, count: usize) -> Result<(), Failure> {
        self.work.charge(count as u64).map_err(|wait| {
            Failure::resource_exhausted(
                "leaves_per_peer_and_minute",
                "Your address made this server read too many records and lists of records; come \
                 back later, and fetch differences.",
                wait,
            )
        })
    }

    /// Takes memory for as long as a call needs it. `None` if it is not left.
    pub(super) fn take_memory(&self, bytes: u64) -> Option<MemoryPermit> {
        self.memory.try_take(self.peer, bytes)
    }

    /// Returns whether other peers hold the memory that this one lacks.
    pub(super) fn is_memory_full(&self, bytes: u64) -> bool {
        self.memory.is_full(bytes)
    }
}

/// The failure for a call whose memory is not left.
pub(super) fn out_of_memory() -> Failure {
    Failure::resource_exhausted(
        "sync_memory",
        "This server has no memory left for more transfers at the moment; try again in a few \
         seconds.",
        MEMORY_RETRY,
    )
}
