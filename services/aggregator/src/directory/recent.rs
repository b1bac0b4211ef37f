//! What was read for the hits of late, so that it need not be read and checked again while
//! nothing about its group has changed. What was searched for is not kept.
//!
//! Every change of a group takes a revision of its own, so a group at the revision at which
//! something was read has not changed since. And where the whole store is still at the
//! revision at which a group was looked at, nobody need be asked for the group's.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use lru::LruCache;

use super::told::Told;
use crate::store::GroupRow;

/// How many groups are kept.
const MOST_GROUPS: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");
/// How many bytes of records are kept, with their words.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// What a record counts for beside these bytes.
const OVERHEAD: usize = 512;

/// Groups and records that were looked at lately.
pub(super) struct Recent(Mutex<Inner>);

struct Inner {
    groups: LruCache<GroupId, Held>,
    records: LruCache<(GroupId, RecordName), Kept>,
    bytes: usize,
}

struct Held {
    row: Arc<GroupRow>,
    /// The store's revision at which the group was found at this one, at least.
    as_of: Option<u64>,
}

struct Kept {
    revision: u64,
    bytes: usize,
    told: Arc<Told>,
}

impl Default for Recent {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            groups: LruCache::new(MOST_GROUPS),
            records: LruCache::unbounded(),
            bytes: 0,
        }))
    }
}

impl Recent {
    /// The revisions of these groups, if all were kept and the store has been at this
    /// revision since they were looked at.
    pub(super) fn revisions(
        &self,
        groups: &[GroupId],
        as_of: u64,
    ) -> Option<HashMap<GroupId, u64>> {
        let inner = self.lock();
        let revision = |group: &GroupId| {
            let held = inner.groups.peek(group)?;
            (held.as_of == Some(as_of)).then_some((*group, held.row.revision))
        };
        groups.iter().map(revision).collect()
    }

    /// The group, if it was kept at this revision. The store was at revision `as_of`, or
    /// later, when the group was at this one.
    pub(super) fn group(
        &self,
        group: &GroupId,
        revision: u64,
        as_of: Option<u64>,
    ) -> Option<Arc<GroupRow>> {
        let mut inner = self.lock();
        let held = inner.groups.get_mut(group)?;
        if held.row.revision == revision {
            held.as_of = as_of.max(held.as_of);
            return Some(Arc::clone(&held.row));
        }
        inner.groups.pop(group);
        None
    }

    /// Keeps a group that was read when the store was at revision `as_of`, or later.
    pub(super) fn keep_group(&self, row: &Arc<GroupRow>, as_of: Option<u64>) {
        let held = Held {
            row: Arc::clone(row),
            as_of,
        };
        self.lock().groups.put(row.group_id, held);
    }

    /// The record, if it was kept when its group was at this revision.
    pub(super) fn record(&self, name: &(GroupId, RecordName), revision: u64) -> Option<Arc<Told>> {
        let mut inner = self.lock();
        let kept = inner.records.get(name)?;
        if kept.revision == revision {
            return Some(Arc::clone(&kept.told));
        }
        inner.drop_record(name);
        None
    }

    /// Keeps a record of so many bytes that was read when its group was at this revision,
    /// or later.
    pub(super) fn keep_record(
        &self,
        name: (GroupId, RecordName),
        revision: u64,
        length: usize,
        told: &Arc<Told>,
    ) {
        let mut inner = self.lock();
        inner.drop_record(&name);
        let bytes = length + OVERHEAD;
        inner.bytes += bytes;
        let told = Arc::clone(told);
        let kept = Kept {
            revision,
            bytes,
            told,
        };
        inner.records.put(name, kept);
        while inner.bytes > MOST_BYTES
            && let Some((_, oldest)) = inner.records.pop_lru()
        {
            inner.bytes -= oldest.bytes;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn drop_record(&mut self, name: &(GroupId, RecordName)) {
        if let Some(gone) = self.records.pop(name) {
            self.bytes -= gone.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::id::RecordHash;
    use hedgerow_core::name::collection;
    use hedgerow_proto::v1;

    use super::*;
    use crate::index::Entry;

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

    fn told() -> Arc<Told> {
        let hash = RecordHash::from_bytes([1; 32]);
        Arc::new(Told::new(hash, Entry::default()))
    }

    #[test]
    fn what_was_read_is_good_until_its_group_changes() {
        let recent = Recent::default();
        recent.keep_record(name(1), 7, 100, &told());
        assert!(recent.record(&name(1), 7).is_some());
        assert!(recent.record(&name(2), 7).is_none());
        assert!(recent.record(&name(1), 8).is_none());
        assert!(recent.record(&name(1), 7).is_none(), "it is gone for good");
        assert_eq!(recent.lock().bytes, 0);
    }

    #[test]
    fn the_records_looked_at_longest_ago_make_room() {
        let recent = Recent::default();
        let third = MOST_BYTES / 3;
        for number in 1..=2 {
            recent.keep_record(name(number), 7, third, &told());
        }
        assert!(recent.record(&name(1), 7).is_some());
        recent.keep_record(name(3), 7, third, &told());
        let kept = [1, 2, 3].map(|number| recent.record(&name(number), 7).is_some());
        assert_eq!(kept, [true, false, true]);
        assert!(recent.lock().bytes <= MOST_BYTES);
        recent.keep_record(name(4), 7, MOST_BYTES, &told());
        assert_eq!(recent.lock().bytes, 0, "nothing is kept that is too large");
    }
}
