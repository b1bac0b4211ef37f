//! A cache of publishers: the name and activity that a group's own listing gives it.

use std::num::NonZeroUsize;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_proto::v1;
use lru::LruCache;
use parking_lot::Mutex;

const MAX_PUBLISHERS: NonZeroUsize = NonZeroUsize::new(20_000).expect("it is not zero");

/// A publisher as its own listing shows it; empty if it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Publisher {
    pub(super) name: String,
    pub(super) activity: v1::ActivityState,
}

/// Publishers by group, each valid for one revision of the group: renaming a publisher
/// changes no other document of the index, and a listing that is hidden names it no more.
pub(super) struct PublisherCache(Mutex<LruCache<GroupId, (u64, Arc<Publisher>)>>);

impl Default for PublisherCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MAX_PUBLISHERS)))
    }
}

impl PublisherCache {
    pub(super) fn get(&self, group: &GroupId, revision: u64) -> Option<Arc<Publisher>> {
        let mut cached = self.0.lock();
        let (of, publisher) = cached.get(group)?;
        (*of == revision).then(|| Arc::clone(publisher))
    }

    /// Whether the group's publisher is cached, maybe of an older revision.
    pub(super) fn has(&self, group: &GroupId) -> bool {
        self.0.lock().contains(group)
    }

    pub(super) fn put(&self, group: GroupId, revision: u64, publisher: Arc<Publisher>) {
        self.0.lock().put(group, (revision, publisher));
    }
}
