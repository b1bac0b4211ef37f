//! A cache of the groups and records that recent hits were built from. Nothing about the
//! searches themselves is kept.
//!
//! Every change of a group raises the group's revision, so an entry is valid while the
//! group's revision is the same. If the whole store is still at the revision at which a group
//! was checked, even reading the group's revision can be skipped.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_store::GroupRow;
use lru::LruCache;
use parking_lot::Mutex;

use super::cached_record::CachedRecord;

const MAX_GROUPS: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");
/// Bytes of records with their derived data.
const MAX_BYTES: usize = 24 * 1024 * 1024;
/// What an entry costs besides its record: key, links, hash map slot.
const ENTRY_OVERHEAD: usize = 512;

pub(super) struct RecordCache(Mutex<Inner>);

struct Inner {
    groups: LruCache<GroupId, GroupEntry>,
    records: LruCache<(GroupId, RecordName), RecordEntry>,
    bytes: usize,
}

struct GroupEntry {
    row: Arc<GroupRow>,
    /// A store revision at which the row was current, if one is known.
    as_of: Option<u64>,
}

struct RecordEntry {
    revision: u64,
    bytes: usize,
    record: Arc<CachedRecord>,
}

impl Default for RecordCache {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            groups: LruCache::new(MAX_GROUPS),
            // Bounded by bytes instead: see `put_record`.
            records: LruCache::unbounded(),
            bytes: 0,
        }))
    }
}

impl RecordCache {
    /// The revisions of these groups, if all are cached and the store has not changed since
    /// they were checked at its revision `as_of`.
    pub(super) fn revisions(
        &self,
        groups: &[GroupId],
        as_of: u64,
    ) -> Option<HashMap<GroupId, u64>> {
        let inner = self.0.lock();
        let revision = |group: &GroupId| {
            let entry = inner.groups.peek(group)?;
            (entry.as_of == Some(as_of)).then_some((*group, entry.row.revision))
        };
        groups.iter().map(revision).collect()
    }

    /// Whether the group is cached, maybe at an older revision.
    pub(super) fn has_group(&self, group: &GroupId) -> bool {
        self.0.lock().groups.contains(group)
    }

    /// The group, if it is cached at its current revision, which was read when the store was
    /// at `as_of` or later.
    pub(super) fn group(
        &self,
        group: &GroupId,
        revision: u64,
        as_of: Option<u64>,
    ) -> Option<Arc<GroupRow>> {
        let mut inner = self.0.lock();
        let entry = inner.groups.get_mut(group)?;
        if entry.row.revision == revision {
            entry.as_of = as_of.max(entry.as_of);
            return Some(Arc::clone(&entry.row));
        }
        inner.groups.pop(group);
        None
    }

    /// Caches a group that was read when the store was at `as_of` or later.
    pub(super) fn put_group(&self, row: &Arc<GroupRow>, as_of: Option<u64>) {
        let entry = GroupEntry {
            row: Arc::clone(row),
            as_of,
        };
        self.0.lock().groups.put(row.group_id, entry);
    }

    /// Whether the record is cached, maybe of an older revision of its group.
    pub(super) fn has_record(&self, name: &(GroupId, RecordName)) -> bool {
        self.0.lock().records.contains(name)
    }

    /// The record, if it is cached and its group is still at the same revision.
    pub(super) fn record(
        &self,
        name: &(GroupId, RecordName),
        revision: u64,
    ) -> Option<Arc<CachedRecord>> {
        let mut inner = self.0.lock();
        let entry = inner.records.get(name)?;
        if entry.revision == revision {
            return Some(Arc::clone(&entry.record));
        }
        inner.remove_record(name);
        None
    }

    /// Caches a record that was read when its group was at this revision.
    pub(super) fn put_record(
        &self,
        name: (GroupId, RecordName),
        revision: u64,
        size: usize,
        record: &Arc<CachedRecord>,
    ) {
        let mut inner = self.0.lock();
        inner.remove_record(&name);
        let bytes = size + ENTRY_OVERHEAD;
        inner.bytes += bytes;
        let entry = RecordEntry {
            revision,
            bytes,
            record: Arc::clone(record),
        };
        inner.records.put(name, entry);
        while inner.bytes > MAX_BYTES
            && let Some((_, oldest)) = inner.records.pop_lru()
        {
            inner.bytes -= oldest.bytes;
        }
    }
}

impl Inner {
    fn remove_record(&mut self, name: &(GroupId, RecordName)) {
        if let Some(removed) = self.records.pop(name) {
            self.bytes -= removed.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::id::RecordHash;
    use hedgerow_core::name::collection;
    use hedgerow_proto::v1;

    use super::*;
    use hedgerow_search::Entry;

    fn name(number: u8) -> (GroupId, RecordName) {
        let name = v1::RecordName {
            collection: collection::LISTING.to_owned(),
            key: number.to_string(),
        };
        (
            GroupId::from_bytes([number; 32]),
            RecordName::try_from(&name).unwrap(),
        )
    }

    fn cached() -> Arc<CachedRecord> {
        let hash = RecordHash::from_bytes([1; 32]);
        Arc::new(CachedRecord::new(hash, Entry::default()))
    }

    #[test]
    fn an_entry_is_valid_until_its_group_changes() {
        let cache = RecordCache::default();
        cache.put_record(name(1), 7, 100, &cached());
        assert!(cache.record(&name(1), 7).is_some());
        assert!(cache.record(&name(2), 7).is_none());
        assert!(cache.record(&name(1), 8).is_none());
        assert!(
            cache.record(&name(1), 7).is_none(),
            "a stale entry is removed"
        );
        assert_eq!(cache.0.lock().bytes, 0);
    }

    #[test]
    fn the_least_recently_used_records_are_evicted() {
        let cache = RecordCache::default();
        let third = MAX_BYTES / 3;
        for number in 1..=2 {
            cache.put_record(name(number), 7, third, &cached());
        }
        assert!(cache.record(&name(1), 7).is_some());
        cache.put_record(name(3), 7, third, &cached());
        let kept = [1, 2, 3].map(|number| cache.record(&name(number), 7).is_some());
        assert_eq!(kept, [true, false, true]);
        assert!(cache.0.lock().bytes <= MAX_BYTES);
        cache.put_record(name(4), 7, MAX_BYTES, &cached());
        assert_eq!(
            cache.0.lock().bytes,
            0,
            "a record above the limit is not kept"
        );
    }
}
