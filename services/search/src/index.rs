//! The handle of the index.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_store::IndexSource;
use parking_lot::RwLock;
use tantivy::{IndexReader, ReloadPolicy};
use tokio::sync::watch;

use crate::analysis::analyzers::register;
use crate::config::IndexConfig;
use crate::cursor::Cursor;
use crate::engine::open_engine;
use crate::error::IndexError;
use crate::executor::{InFlightGuard, SearchExecutor};
use crate::retained_snapshots::RetainedSnapshots;
use crate::schema::{Fields, group_term};
use crate::snapshot::{Snapshot, SnapshotId};

/// A handle of the index; clones share it.
#[derive(Clone)]
pub struct Index(Arc<Inner>);

struct Inner {
    engine: tantivy::Index,
    reader: IndexReader,
    folder: PathBuf,
    fields: Fields,
    store: Arc<dyn IndexSource>,
    clock: Arc<dyn Clock>,
    config: IndexConfig,
    executor: SearchExecutor,
    current: RwLock<Snapshot>,
    retained: RetainedSnapshots,
    opened_at: Timestamp,
    searchable: watch::Sender<u64>,
}

impl Index {
    /// Opens or creates the index in `folder`. A damaged index, or one of another version, is
    /// deleted, and rebuilt by [`run`](Self::run).
    pub fn open(
        folder: &Path,
        store: Arc<dyn IndexSource>,
        clock: Arc<dyn Clock>,
        config: IndexConfig,
    ) -> Result<Self, IndexError> {
        let (schema, fields) = Fields::schema();
        let engine = open_engine(folder, &schema)?;
        register(engine.tokenizers());
        // The indexer reloads after its own commits, which are the only ones.
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let executor = SearchExecutor::new()?;
        let current = Snapshot::new(reader.searcher(), fields, executor.clone())?;
        let opened_at = clock.now();
        let index = Self(Arc::new(Inner {
            engine,
            reader,
            folder: folder.to_owned(),
            fields,
            store,
            clock,
            config,
            executor,
            current: RwLock::new(current),
            retained: RetainedSnapshots::default(),
            opened_at,
            searchable: watch::Sender::new(0),
        }));
        if let Some(cursor) = index.committed()? {
            index.set_searchable(cursor.revision);
        }
        Ok(index)
    }

    /// The highest revision of the store up to which searches see every change.
    pub fn searchable_revision(&self) -> watch::Receiver<u64> {
        self.0.searchable.subscribe()
    }

    /// Counts a request as in flight until the guard is dropped: concurrent requests share the
    /// cores, a single one uses all of them.
    pub fn begin_request(&self) -> InFlightGuard {
        self.0.executor.begin()
    }

    pub fn current_snapshot(&self) -> (Snapshot, SnapshotId) {
        let current = self.current();
        let id = SnapshotId {
            opened_at: self.opened_at_ms(),
            generation: current.generation(),
        };
        (current, id)
    }

    /// Returns a retained snapshot; `None` if it was dropped since.
    pub fn snapshot(&self, id: SnapshotId) -> Option<Snapshot> {
        if id.opened_at != self.opened_at_ms() {
            return None;
        }
        self.0.retained.get(id.generation, self.now())
    }

    /// Retains the current snapshot for further pages.
    pub fn retain(&self, snapshot: &Snapshot, now: Timestamp) {
        self.0.retained.retain(snapshot, now);
    }

    pub(crate) fn engine(&self) -> &tantivy::Index {
        &self.0.engine
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0.folder
    }

    pub(crate) fn fields(&self) -> Fields {
        self.0.fields
    }

    pub(crate) fn store(&self) -> &dyn IndexSource {
        self.0.store.as_ref()
    }

    pub(crate) fn config(&self) -> &IndexConfig {
        &self.0.config
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn current(&self) -> Snapshot {
        self.0.current.read().clone()
    }

    /// The cursor of the last commit; `None` without one.
    pub(crate) fn committed(&self) -> Result<Option<Cursor>, IndexError> {
        Ok(Cursor::read(self.0.engine.load_metas()?.payload.as_deref()))
    }

    /// Makes the last commit the current snapshot.
    pub(crate) fn reload(&self) -> Result<(), IndexError> {
        self.0.reader.reload()?;
        let next = self.current().next(self.0.reader.searcher())?;
        *self.0.current.write() = next;
        Ok(())
    }

    /// Drops all retained snapshots before the current one, after records were hidden.
    pub(crate) fn drop_older(&self) {
        self.0.retained.drop_older(self.current().generation());
    }

    /// Whether the current snapshot has a document of a group.
    pub(crate) fn may_contain(&self, group: &GroupId) -> Result<bool, IndexError> {
        let term = group_term(&self.0.fields, group);
        Ok(self.current().searcher.doc_freq(&term)? > 0)
    }

    pub(crate) fn set_searchable(&self, revision: u64) {
        self.0
            .searchable
            .send_if_modified(|current| std::mem::replace(current, revision) != revision);
    }

    fn opened_at_ms(&self) -> u64 {
        self.0.opened_at.as_millis().unsigned_abs()
    }
}
