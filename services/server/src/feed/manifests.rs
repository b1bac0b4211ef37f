//! Manifests in memory, one for each head, however many calls read it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Weak};

use hedgerow_core::id::{PayloadHash, RecordHash};
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_transport::failure::Failure;
use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::budget::{FeedBudget, PeerBudget};
use crate::limits::MemoryPermit;

/// Number of manifests that are kept although no call reads them, and of their leaves.
const MAX_KEPT: usize = 64;
const MAX_KEPT_LEAVES: usize = 100_000;

/// Number of manifests that are read or hashed at a time. Each may take some 50 milliseconds,
/// and others wait meanwhile, not the calls of other methods.
const MAX_AT_WORK: usize = 2;

/// A whole manifest under a head.
#[derive(Debug)]
pub(super) struct SharedManifest {
    pub(super) manifest: Manifest,
    /// Indexes of the leaves whose record hash an earlier leaf has.
    repeated: HashSet<usize>,
    pub(super) body_bytes: u64,
    _memory: MemoryPermit,
}

impl SharedManifest {
    fn new(manifest: Manifest, memory: MemoryPermit) -> Self {
        let mut seen = HashSet::new();
        let hashes = manifest.leaves().iter().enumerate();
        let repeated = hashes
            .filter(|(_, leaf)| !seen.insert(leaf.record_hash))
            .map(|(at, _)| at)
            .collect();
        Self {
            repeated,
            body_bytes: manifest
                .leaves()
                .iter()
                .map(|it| u64::from(it.length))
                .sum(),
            manifest,
            _memory: memory,
        }
    }

    pub(super) fn leaves(&self) -> &[Leaf] {
        self.manifest.leaves()
    }

    /// Returns the hash of a leaf's body, unless an earlier leaf has the same.
    pub(super) fn body(&self, at: usize) -> Option<(RecordHash, u32)> {
        let leaf = self.leaves().get(at)?;
        (!self.repeated.contains(&at)).then_some((leaf.record_hash, leaf.length))
    }
}

/// The manifests that calls read now, and those read last. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Manifests(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    table: Mutex<Table>,
    at_work: Semaphore,
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
            at_work: Semaphore::new(MAX_AT_WORK),
        }))
    }

    /// Waits for a turn to read or hash a manifest.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, Failure> {
        self.0.at_work.acquire().await.map_err(Failure::internal)
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
    pub(super) fn insert(
        &self,
        head: PayloadHash,
        manifest: Manifest,
        peer: &PeerBudget,
    ) -> Result<Arc<SharedManifest>, Failure> {
        if let Some(found) = self.get(&head) {
            return Ok(found);
        }
        let bytes = FeedBudget::bytes_of_leaves(manifest.leaves().len());
        let memory = match peer.take_memory(bytes) {
            Ok(memory) => memory,
            // What no call reads makes room.
            Err(_) => {
                self.0.table.lock().kept.clear();
                peer.take_memory(bytes)?
            }
        };
        let shared = Arc::new(SharedManifest::new(manifest, memory));
        let mut table = self.0.table.lock();
        table
            .by_head
            .retain(|_, manifest| manifest.strong_count() > 0);
        table.by_head.insert(head, Arc::downgrade(&shared));
        table.keep(head, &shared);
        Ok(shared)
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
}
