//! The receiver of a stream.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::sync_item::Item;

use super::error::SyncError;
use super::keys::KeyReader;
use super::plan::MAX_BATCH;
use super::transfer::{ReceiverState, SyncLimits, SyncStep, Transfer};
use crate::head::{HeadOrder, VerifiedHead, compare};
use crate::id::{GroupId, RecordHash, Root};
use crate::key_log::KeyLog;
use crate::name::{RecordName, View};
use crate::record::record_hash;
use crate::tree::{Difference, Leaf, Manifest, TreeError, check_order};

/// The most removals in a stream, as a multiple of the most records in a view.
const MAX_REMOVALS_PER_RECORD: u32 = 10;

/// A state machine that reads one stream, message by message. It does not keep bodies.
pub struct SyncReader {
    limits: SyncLimits,
    phase: Phase,
    keys: KeyReader,
    expected_view: Option<View>,
    /// Whether a head under an earlier key event is read too.
    reads_ended_head: bool,
    held_head: Option<VerifiedHead>,
    held_manifest: Manifest,
    head: Option<VerifiedHead>,
    whole: bool,
    collected: Difference,
    removals: u32,
    /// The leaves whose bodies may come, by record hash.
    known: BTreeMap<RecordHash, LeafIndex>,
    bodies: BTreeSet<RecordHash>,
    /// Reported as missing. A set, so that a sender cannot go on by repeating one.
    missing: BTreeSet<RecordHash>,
    body_bytes: u64,
    result: Option<Manifest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Keys,
    Basis,
    Leaves,
    Ended,
    Failed,
}

/// The location of a leaf: an index in the receiver's manifest or in the stream's leaves.
#[derive(Clone, Copy)]
enum LeafIndex {
    Held(usize),
    Put(usize),
}

impl SyncReader {
    /// Prepares to read a stream. `held` is the receiver's data of the group and view; a stream
    /// about a group other than `expected_group` is refused.
    #[must_use]
    pub fn new(
        limits: SyncLimits,
        held: Option<ReceiverState>,
        expected_group: Option<GroupId>,
    ) -> Self {
        let (log, held_head, held_manifest) = match held {
            Some(held) => (Some(held.key_log), held.head, held.manifest),
            None => (None, None, Manifest::empty()),
        };
        Self {
            limits,
            phase: Phase::Keys,
            keys: KeyReader::new(log, expected_group, limits.max_key_events),
            expected_view: held_head.as_ref().map(|head| head.view().clone()),
            reads_ended_head: false,
            held_head,
            held_manifest,
            head: None,
            whole: false,
            collected: Difference::default(),
            removals: 0,
            known: BTreeMap::new(),
            bodies: BTreeSet::new(),
            missing: BTreeSet::new(),
            body_bytes: 0,
            result: None,
        }
    }

    /// Makes the reader refuse a stream about any other view.
    #[must_use]
    pub fn expecting_view(mut self, view: View) -> Self {
        self.expected_view = Some(view);
        self
    }

    /// Makes the reader accept a head that a later key event has ended. For the group's own
    /// recovery alone: anyone else would show what the new keys may have been made to end.
    #[must_use]
    pub fn accepting_ended_heads(mut self) -> Self {
        self.reads_ended_head = true;
        self
    }

    /// The key log, including the events verified so far.
    #[must_use]
    pub fn key_log(&self) -> Option<&KeyLog> {
        self.keys.log()
    }

    /// The head to which the stream leads, once it has arrived.
    #[must_use]
    pub fn head(&self) -> Option<&VerifiedHead> {
        self.head.as_ref()
    }

    /// The leaf of a body, from the stream or the receiver's manifest.
    #[must_use]
    pub fn leaf(&self, hash: &RecordHash) -> Option<&Leaf> {
        Some(match *self.known.get(hash)? {
            LeafIndex::Held(at) => &self.held_manifest.leaves()[at],
            LeafIndex::Put(at) => &self.collected.puts[at],
        })
    }

    /// Reads the next message. After an error, every further message is an error too.
    pub fn accept(&mut self, item: feed_v1::SyncItem) -> Result<SyncStep, SyncError> {
        let step = self.read(item.item.ok_or(SyncError::UnknownItem));
        if step.is_err() {
            self.phase = Phase::Failed;
        }
        step
    }

    fn read(&mut self, item: Result<Item, SyncError>) -> Result<SyncStep, SyncError> {
        match (item?, self.phase) {
            (Item::KeyEvent(envelope), Phase::Keys) => self.keys.accept(&envelope),
            (Item::Head(envelope), Phase::Keys) => self.read_head(&envelope),
            (Item::Basis(basis), Phase::Basis) => self.read_basis(&basis),
            (Item::Removals(batch), Phase::Leaves) => self.read_removals(&batch),
            (Item::Leaves(batch), Phase::Leaves) => self.read_leaves(&batch),
            (Item::Body(body), Phase::Leaves) => self.read_body(body.record),
            (Item::MissingRecordHash(hash), Phase::Leaves) => {
                self.read_missing(RecordHash::try_from(hash.as_slice())?)
            }
            (Item::End(end), Phase::Keys | Phase::Leaves) => self.read_end(end.bodies),
            (item, _) => Err(SyncError::OutOfOrder(name_of(&item))),
        }
    }

    fn read_head(&mut self, envelope: &[u8]) -> Result<SyncStep, SyncError> {
        self.keys.check_resolved()?;
        let log = self.keys.log().ok_or(SyncError::KeyLogMissing)?;
        let head = if self.reads_ended_head {
            VerifiedHead::verify_past(envelope, log)?
        } else {
            VerifiedHead::verify(envelope, log)?
        };
        if self
            .expected_view
            .as_ref()
            .is_some_and(|view| view != head.view())
        {
            return Err(SyncError::WrongView);
        }
        if let Some(held) = &self.held_head {
            let held_bytes = || held.envelope().to_vec();
            match compare(held, &head) {
                HeadOrder::Newer | HeadOrder::Same => (),
                HeadOrder::Older => return Err(SyncError::HeadOlder { held: held_bytes() }),
                HeadOrder::Equivocation => {
                    let rival = envelope.to_vec();
                    return Err(SyncError::Equivocation {
                        held: held_bytes(),
                        rival,
                    });
                }
                HeadOrder::Unrelated => return Err(SyncError::WrongGroup),
            }
        }
        if head.count() > self.limits.max_records {
            let limit = self.limits.max_records;
            return Err(SyncError::TooManyRecords {
                found: head.count(),
                limit,
            });
        }
        self.head = Some(head);
        self.phase = Phase::Basis;
        Ok(SyncStep::Head)
    }

    fn read_basis(&mut self, basis: &feed_v1::SyncBasis) -> Result<SyncStep, SyncError> {
        self.whole = basis.head_hash.is_empty();
        if !self.whole {
            let held = self.held_head.as_ref().ok_or(SyncError::BasisUnknown)?;
            if basis.head_hash != held.hash().as_bytes() {
                return Err(SyncError::BasisUnknown);
            }
            let hashes = self
                .held_manifest
                .leaves()
                .iter()
                .map(|leaf| leaf.record_hash);
            self.known = hashes
                .enumerate()
                .map(|(at, hash)| (hash, LeafIndex::Held(at)))
                .collect();
        }
        self.phase = Phase::Leaves;
        Ok(SyncStep::Nothing)
    }

    fn read_removals(&mut self, batch: &feed_v1::NameBatch) -> Result<SyncStep, SyncError> {
        if self.whole {
            return Err(SyncError::RemovalInWhole);
        }
        let count = batch_length(batch.names.len())?;
        self.removals = self.removals.saturating_add(count);
        if self.removals
            > self
                .limits
                .max_records
                .saturating_mul(MAX_REMOVALS_PER_RECORD)
        {
            return Err(SyncError::TooManyRemovals);
        }
        for name in &batch.names {
            let name = RecordName::try_from(name).map_err(TreeError::from)?;
            // A sender may list every removal since some earlier point, so names that the
            // receiver never had are ignored.
            if self.held_manifest.get(&name).is_some() {
                self.collected.removals.push(name);
            }
        }
        Ok(SyncStep::Nothing)
    }

    fn read_leaves(&mut self, batch: &feed_v1::LeafBatch) -> Result<SyncStep, SyncError> {
        batch_length(batch.leaves.len())?;
        let count = self.head.as_ref().map_or(0, VerifiedHead::count) as usize;
        if self.collected.puts.len() + batch.leaves.len() > count {
            return Err(SyncError::TooManyLeaves);
        }
        for leaf in &batch.leaves {
            let leaf = Leaf::try_from(leaf)?;
            if let (true, Some(last)) = (self.whole, self.collected.puts.last()) {
                check_order(&last.name, &leaf.name)?;
            }
            self.known
                .insert(leaf.record_hash, LeafIndex::Put(self.collected.puts.len()));
            self.collected.puts.push(leaf);
        }
        Ok(SyncStep::Nothing)
    }

    fn read_body(&mut self, record: Vec<u8>) -> Result<SyncStep, SyncError> {
        let hash = record_hash(&record);
        self.check_known(hash)?;
        if !self.bodies.insert(hash) {
            return Err(SyncError::BodyRepeated(hash));
        }
        // Twice the view's limit, because a sender may include records that are too large to be
        // stored, which the limit does not count.
        let limit = self.limits.max_view_bytes;
        self.body_bytes = self.body_bytes.saturating_add(record.len() as u64);
        if self.body_bytes > limit.saturating_mul(2) {
            return Err(SyncError::ViewTooLarge { limit });
        }
        Ok(SyncStep::Body { hash, record })
    }

    fn read_missing(&mut self, hash: RecordHash) -> Result<SyncStep, SyncError> {
        self.check_known(hash)?;
        if self.bodies.contains(&hash) || !self.missing.insert(hash) {
            return Err(SyncError::MissingRepeated(hash));
        }
        Ok(SyncStep::MissingRecord(hash))
    }

    fn check_known(&self, hash: RecordHash) -> Result<(), SyncError> {
        if self.known.contains_key(&hash) {
            Ok(())
        } else {
            Err(SyncError::BodyUnknown(hash))
        }
    }

    fn read_end(&mut self, counted: u32) -> Result<SyncStep, SyncError> {
        self.keys.check_resolved()?;
        let found = u32::try_from(self.bodies.len()).unwrap_or(u32::MAX);
        if counted != found {
            return Err(SyncError::BodyCount { counted, found });
        }
        if let Some(head) = &self.head {
            let (root, count) = (head.root(), head.count());
            self.result = Some(self.check_root(root, count)?);
        }
        self.phase = Phase::Ended;
        Ok(SyncStep::Complete)
    }

    /// Builds the new manifest and checks that its root is the signed one.
    fn check_root(&mut self, signed: Root, count: u32) -> Result<Manifest, SyncError> {
        // Frees memory: these can be large, and are not needed any more.
        self.known.clear();
        let collected = std::mem::take(&mut self.collected);
        let manifest = if self.whole {
            Manifest::from_sorted(collected.puts)?
        } else {
            self.held_manifest.apply(&collected)?
        };
        let found = manifest.root();
        // The count first: the root of another number of leaves differs anyway.
        if manifest.count() != count {
            return Err(SyncError::CountMismatch {
                found: manifest.count(),
                signed: count,
            });
        }
        if found != signed {
            return Err(SyncError::RootMismatch { found, signed });
        }
        let kept = |leaf: &&Leaf| leaf.length <= self.limits.max_record_bytes;
        let bytes: u64 = manifest
            .leaves()
            .iter()
            .filter(kept)
            .map(|leaf| u64::from(leaf.length))
            .sum();
        let limit = self.limits.max_view_bytes;
        if bytes > limit {
            Err(SyncError::ViewTooLarge { limit })
        } else {
            Ok(manifest)
        }
    }

    /// Finishes the stream. One without its end message is incomplete, except that the stream of a
    /// deactivated group may end after its key events.
    pub fn finish(self) -> Result<Transfer, SyncError> {
        match self.phase {
            Phase::Ended => (),
            Phase::Keys => {
                self.keys.check_resolved()?;
                if !self.keys.log().is_some_and(KeyLog::is_ended) {
                    return Err(SyncError::Incomplete);
                }
            }
            Phase::Basis | Phase::Leaves | Phase::Failed => return Err(SyncError::Incomplete),
        }
        let key_events_from = self.keys.changed_from();
        let key_log = self.keys.log().ok_or(SyncError::KeyLogMissing)?.clone();
        let (manifest, difference) = match self.result {
            Some(manifest) => {
                let difference = Manifest::difference(&self.held_manifest, &manifest);
                (manifest, difference)
            }
            None => (self.held_manifest, Difference::default()),
        };
        Ok(Transfer {
            key_log,
            new_key_events: key_events_from.is_some(),
            key_events_from,
            head: self.head,
            manifest,
            difference,
            whole: self.whole,
        })
    }
}

fn batch_length(length: usize) -> Result<u32, SyncError> {
    match u32::try_from(length) {
        Ok(0) => Err(SyncError::BatchEmpty),
        Ok(count) if length <= MAX_BATCH => Ok(count),
        _ => Err(SyncError::BatchTooLarge),
    }
}

fn name_of(item: &Item) -> &'static str {
    match item {
        Item::KeyEvent(_) => "a key event",
        Item::Head(_) => "the head",
        Item::Basis(_) => "the basis",
        Item::Removals(_) => "a removal",
        Item::Leaves(_) => "a leaf",
        Item::Body(_) => "a body",
        Item::MissingRecordHash(_) => "notice of a missing record",
        Item::End(_) => "the end",
    }
}
