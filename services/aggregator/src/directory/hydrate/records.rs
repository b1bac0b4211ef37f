//! Loads the records of hits, from the cache where they are current.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_search::Entry;
use hedgerow_store::{GroupRow, ShownRecord};
use hedgerow_transport::failure::Failure;

use super::super::cached_record::CachedRecord;
use super::super::context::Directory;
use super::super::search_limiter::Turn;
use crate::failure::OrFailure as _;

pub(super) type RecordKey = (GroupId, RecordName);

/// Records of one page. Those that are not shown are absent.
#[derive(Default)]
pub(super) struct Records {
    /// What the store returned, until it is parsed.
    read: HashMap<RecordKey, Option<ShownRecord>>,
    parsed: HashMap<RecordKey, Arc<CachedRecord>>,
}

impl Records {
    /// Reads the records that are not cached. Their groups need not be known yet: each record
    /// comes with the revision of its group.
    pub(super) async fn read_uncached(
        directory: &Directory,
        names: &[RecordKey],
    ) -> Result<Self, Failure> {
        let cache = &directory.records;
        let uncached = names.iter().filter(|name| !cache.has_record(name));
        let mut records = Self::default();
        records.read(directory, uncached.cloned().collect()).await?;
        Ok(records)
    }

    /// Loads the records that are still missing, and parses all. `rows` are their groups.
    pub(super) fn complete<'n>(
        &mut self,
        directory: &Directory,
        turn: &Turn,
        rows: &HashMap<GroupId, Arc<GroupRow>>,
        names: impl Iterator<Item = &'n RecordKey>,
    ) -> Result<(), Failure> {
        let cache = &directory.records;
        let mut unread = BTreeSet::new();
        for name in names {
            if self.read.contains_key(name) {
                continue;
            }
            let row = rows.get(&name.0);
            match row.and_then(|row| cache.record(name, row.revision)) {
                Some(record) => {
                    self.parsed.insert(name.clone(), record);
                }
                None => {
                    unread.insert(name.clone());
                }
            }
        }
        turn.wait(self.read(directory, unread))?;
        self.parse(directory, turn)
    }

    pub(super) fn get(&self, name: &RecordKey) -> Option<&Arc<CachedRecord>> {
        self.parsed.get(name)
    }

    async fn read(
        &mut self,
        directory: &Directory,
        names: BTreeSet<RecordKey>,
    ) -> Result<(), Failure> {
        if names.is_empty() {
            return Ok(());
        }
        // In order of the store's key, so that neighbours are read together.
        let names: Vec<_> = names.into_iter().collect();
        let records = directory.store.shown_records(&names).await.or_failure()?;
        self.read.extend(names.into_iter().zip(records));
        Ok(())
    }

    /// Parses what was read.
    fn parse(&mut self, directory: &Directory, turn: &Turn) -> Result<(), Failure> {
        let read = std::mem::take(&mut self.read).into_iter();
        for (key, shown) in read.filter_map(|(key, shown)| Some((key, shown?))) {
            // Each record: one may have 64 KiB.
            turn.checkpoint().or_failure()?;
            let ShownRecord {
                record: stored,
                group_revision,
            } = shown;
            let Some(entry) = Entry::parse_checked(&key.0, &stored) else {
                continue;
            };
            let record = Arc::new(CachedRecord::new(stored.record_hash, entry));
            let bytes = record.memory(stored.record.len());
            let cache = &directory.records;
            cache.put_record(key.clone(), group_revision, bytes, &record);
            self.parsed.insert(key, record);
        }
        Ok(())
    }
}
