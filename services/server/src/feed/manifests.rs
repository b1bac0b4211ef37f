//! Manifests in memory, one for each head, however many calls read it.
//!
//! A manifest belongs to a head and never changes. Every call reads the group's current head
//! first, so nothing is served from memory after an exclusion, a withdrawal or a new head.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Weak};
use std::time::Duration;

use hedgerow_core::id::{PayloadHash, RecordHash};
use hedgerow_core::name::RecordName;
use hedgerow_core::tree::{HashedManifest, Leaf, Manifest, TreeProof};
use hedgerow_transport::failure::Failure;
use parking_lot::Mutex;

use super::budget::{FeedBudget, PeerBudget, out_of_memory};
use crate::limits::{FairTurns, MemoryPermit, PeerLimiter, Permit, Progress, Turn};
use crate::peer::PeerKey;

/// Number of manifests that are kept although no call reads them, and of their leaves.
const MAX_KEPT: usize = 64;
const MAX_KEPT_LEAVES: usize = 100_000;

/// Number of calls that read the store or hash at a time. Each may take some 50 milliseconds,
/// and others wait meanwhile, not the calls of other methods.
const MAX_AT_WORK: usize = 2;

/// The wait for its caller after which a transfer gives up its memory to a newcomer.
const EVICT_AFTER: Duration = Duration::from_secs(2);

/// Number of transfers that may end for one newcomer, and the time in which each frees its memory.
const MAX_EVICTIONS: usize = 8;
const EVICTION_TIME: Duration = Duration::from_millis(20);

/// A whole manifest under a head.
#[derive(Debug)]
pub(super) struct SharedManifest {
    hashed: HashedManifest,
    /// Indexes of leaves in order of record hash. Of leaves with the same hash, the first one.
    by_hash: Vec<u32>,
    /// Indexes of the others.
    repeated: HashSet<usize>,
    pub(super) body_bytes: u64,
    memory: MemoryPermit,
}

impl SharedManifest {
    fn new(manifest: Manifest, memory: MemoryPermit) -> Self {
        let leaves = manifest.leaves();
        let hash = |at: &u32| leaves[*at as usize].record_hash;
        let mut by_hash: Vec<u32> = (0..manifest.count()).collect();
        by_hash.sort_by_key(hash);
        let pairs = by_hash.windows(2);
        let repeated = pairs
            .filter(|pair| hash(&pair[0]) == hash(&pair[1]))
            .map(|pair| pair[1] as usize)
            .collect();
        by_hash.dedup_by_key(|at| hash(at));
        Self {
            by_hash,
            repeated,
            body_bytes: manifest.record_bytes(),
            hashed: HashedManifest::new(manifest),
            memory,
        }
    }

    pub(super) fn leaves(&self) -> &[Leaf] {
        self.hashed.manifest().leaves()
    }

    /// Returns the hash of a leaf's body, unless an earlier leaf has the same.
    pub(super) fn body(&self, at: usize) -> Option<(RecordHash, u32)> {
        let leaf = self.leaves().get(at)?;
        (!self.repeated.contains(&at)).then_some((leaf.record_hash, leaf.length))
    }

    /// Returns the length of the record with this hash, by binary search.
    pub(super) fn length_of(&self, hash: &RecordHash) -> Option<u32> {
        let leaf = |at: &u32| &self.leaves()[*at as usize];
        let found = self
            .by_hash
            .binary_search_by(|at| leaf(at).record_hash.cmp(hash));
        found.ok().map(|at| leaf(&self.by_hash[at]).length)
    }

    /// Returns whether a proof needs no hashing.
    pub(super) fn is_hashed(&self) -> bool {
        self.hashed.is_hashed()
    }

    /// Proves that a name is, or is not, in the manifest. The first proof hashes all leaves.
    pub(super) fn prove(&self, name: &RecordName) -> TreeProof {
        self.hashed.prove(name)
    }
}

/// The manifests that calls read now, and those read last. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Manifests(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    table: Mutex<Table>,
    turns: FairTurns,
    /// All transfers, of which stalled ones can be ended for their memory. Their number has a
    /// limit elsewhere.
    transfers: PeerLimiter,
}

#[derive(Debug, Default)]
struct Table {
    by_head: HashMap<PayloadHash, Weak<SharedManifest>>,
    /// The last read first.
    kept: VecDeque<(PayloadHash, Arc<SharedManifest>)>,
}

impl Manifests {
    pub(super) fn new() -> Self {
        Self(Arc::new(Shared {
            table: Mutex::default(),
            turns: FairTurns::new(MAX_AT_WORK),
            transfers: PeerLimiter::new(usize::MAX, usize::MAX).evicting(EVICT_AFTER),
        }))
    }

    /// Waits for a turn to read the store or to hash. Not held while a caller is waited for.
    pub(super) async fn turn(&self, peer: PeerKey) -> Turn {
        self.0.turns.next(peer.network()).await
    }

    /// Returns the manifest under a head, if it is in memory.
    pub(super) fn get(&self, head: &PayloadHash) -> Option<Arc<SharedManifest>> {
        let mut table = self.0.table.lock();
        let found = table.by_head.get(head)?.upgrade()?;
        table.keep(*head, &found);
        Some(found)
    }

    /// Adds the manifest under a head, charged to the peer that needs it first, or returns the
    /// one that is there already.
    pub(super) async fn insert(
        &self,
        head: PayloadHash,
        leaves: Vec<Leaf>,
        peer: &PeerBudget,
    ) -> Result<Arc<SharedManifest>, Failure> {
        if let Some(found) = self.get(&head) {
            return Ok(found);
        }
        let bytes = FeedBudget::bytes_of_shared_leaves(leaves.len());
        let taken = self.take_memory(peer, bytes).await;
        if taken.is_err() {
            // They were read from the store all the same. The caller gets the failure for memory.
            let _ = peer.charge_work(leaves.len());
        }
        let memory = taken?;
        // Sorting and comparing 20,000 leaves takes milliseconds.
        let indexing = tokio::task::spawn_blocking(|| {
            Manifest::from_sorted(leaves).map(|manifest| SharedManifest::new(manifest, memory))
        });
        let manifest = indexing.await.map_err(Failure::internal)?;
        let shared = Arc::new(manifest.map_err(Failure::internal)?);
        let mut table = self.0.table.lock();
        table
            .by_head
            .retain(|_, manifest| manifest.strong_count() > 0);
        table.by_head.insert(head, Arc::downgrade(&shared));
        table.keep(head, &shared);
        Ok(shared)
    }

    /// Takes memory for a call. Manifests that no call reads make room for it, and then transfers
    /// that have waited for their callers.
    pub(super) async fn take_memory(
        &self,
        peer: &PeerBudget,
        bytes: u64,
    ) -> Result<MemoryPermit, Failure> {
        let mut evictions = 0;
        loop {
            if let Some(memory) = peer.take_memory(bytes) {
                return Ok(memory);
            }
            let is_full = peer.is_memory_full(bytes);
            // If the peer's own share is used up, the memory of others would not help.
            let only = (!is_full).then_some(peer.peer);
            if self.0.table.lock().forget_one(only) {
                continue;
            }
            evictions += 1;
            if !is_full || evictions > MAX_EVICTIONS || !self.0.transfers.evict_one() {
                return Err(out_of_memory());
            }
            tokio::time::sleep(EVICTION_TIME).await;
        }
    }

    /// Registers a transfer, which ends if it waits for its caller while others need its memory.
    pub(super) fn register(&self, peer: PeerKey, progress: &Arc<Progress>) -> Option<Permit> {
        self.0.transfers.try_acquire_for(peer, progress).ok()
    }
}

impl Table {
    fn keep(&mut self, head: PayloadHash, manifest: &Arc<SharedManifest>) {
        self.kept.retain(|(kept, _)| *kept != head);
        self.kept.push_front((head, Arc::clone(manifest)));
        let mut leaves = 0;
        let mut fits = |(_, manifest): &(_, Arc<SharedManifest>)| {
            leaves += manifest.leaves().len();
            leaves <= MAX_KEPT_LEAVES
        };
        let count = self
            .kept
            .iter()
            .take(MAX_KEPT)
            .take_while(|it| fits(it))
            .count();
        self.kept.truncate(count);
    }

    /// Drops the manifest that has not been read for longest, if there is one that no call reads.
    fn forget_one(&mut self, only: Option<PeerKey>) -> bool {
        let oldest = self.kept.iter().rposition(|(_, manifest)| {
            let is_in_scope = only.is_none_or(|peer| manifest.memory.peer() == peer);
            is_in_scope && Arc::strong_count(manifest) == 1
        });
        oldest.and_then(|at| self.kept.remove(at)).is_some()
    }
}

#[cfg(test)]
mod tests;
