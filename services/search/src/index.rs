//! The search index: one document a shown public record.
//!
//! It follows the store's revisions and holds nothing that could not be built again from
//! the store. It may lag by a fraction of a second, so whoever answers from it checks each
//! hit against the store first.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Timestamp;
use tantivy::IndexReader;
use tantivy::ReloadPolicy;
use tantivy::TantivyError;
use tantivy::directory::MmapDirectory;
use tantivy::schema::Schema;
use tokio::sync::watch;

use crate::store::Store;

pub use config::IndexConfig;
pub use error::IndexError;
pub use watched::Watched;

mod audiences;
mod checks;
mod columns;
mod config;
mod cursor;
mod document;
mod error;
mod follower;
mod gather;
mod grid;
mod lookers;
mod named;
mod rank;
mod schema;
mod shown;
mod snapshots;
mod thesaurus;
mod watched;
mod within;
mod wording;
mod writer;

pub(crate) mod asked;
pub(crate) mod audience;
pub(crate) mod criteria;
pub(crate) mod entry;
pub(crate) mod facets;
pub(crate) mod facts;
pub(crate) mod position;
pub(crate) mod regions;
pub(crate) mod search;
pub(crate) mod times;
pub(crate) mod words;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use entry::Entry;
pub(crate) use rank::Order;
pub(crate) use rank::Rank;
pub(crate) use rank::Ranking;
pub(crate) use writer::entry_of;

use cursor::Cursor;
use lookers::Answering;
use lookers::Lookers;
use schema::Fields;
use search::Snapshot;
use snapshots::Snapshots;
use writer::Writer;

/// A handle of the index; clones are the same index.
#[derive(Clone)]
pub struct Index(Arc<Inner>);

struct Inner {
    engine: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    config: IndexConfig,
    lookers: Lookers,
    newest: RwLock<Snapshot>,
    snapshots: Snapshots,
    /// Tells this opening of the index from others, because generations start again.
    opened_at: Timestamp,
    searchable: watch::Sender<u64>,
    watched: Watched,
}

impl Index {
    /// Opens the index in `folder`, or begins it. One that was written by another version
    /// of this program, or that is damaged, is thrown away; [`run`](Self::run) builds it
    /// anew.
    pub fn open(
        folder: &Path,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        config: IndexConfig,
    ) -> Result<Self, IndexError> {
        let (schema, fields) = Fields::schema();
        let engine = open_engine(folder, &schema)?;
        words::register(engine.tokenizers());
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let lookers = Lookers::new()?;
        let newest = Snapshot::of(reader.searcher(), fields, lookers.clone())?;
        let opened_at = clock.now();
        let index = Self(Arc::new(Inner {
            engine,
            reader,
            fields,
            store,
            clock,
            config,
            lookers,
            newest: RwLock::new(newest),
            snapshots: Snapshots::default(),
            opened_at,
            searchable: watch::Sender::new(0),
            watched: Watched::default(),
        }));
        if let Some(cursor) = index.committed()? {
            index.publish(cursor.revision);
        }
        Ok(index)
    }

    /// The newest revision of the store that searches see. Everything up to it is in effect.
    pub fn searchable_revision(&self) -> watch::Receiver<u64> {
        self.0.searchable.subscribe()
    }

    /// What an operator sees of it.
    pub fn watched(&self) -> &Watched {
        &self.0.watched
    }

    /// A question is answered from this index until what is returned is dropped.
    pub(crate) fn answering(&self) -> Answering {
        self.0.lookers.answering()
    }

    fn store(&self) -> &dyn Store {
        self.0.store.as_ref()
    }

    fn config(&self) -> &IndexConfig {
        &self.0.config
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Where the last commit stands.
    fn committed(&self) -> Result<Option<Cursor>, IndexError> {
        Ok(Cursor::read(self.0.engine.load_metas()?.payload.as_deref()))
    }

    fn writer(&self) -> Result<Writer, IndexError> {
        Writer::open(&self.0.engine, self.0.fields, &self.0.config)
    }

    fn reload(&self) -> Result<(), IndexError> {
        self.0.reader.reload()?;
        let newest = self.snapshot().newer(self.0.reader.searcher())?;
        let newest_held = &mut *self
            .0
            .newest
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *newest_held = newest;
        Ok(())
    }

    /// The state that searches see.
    fn snapshot(&self) -> Snapshot {
        let newest = self.0.newest.read();
        newest.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets go of all states but the newest: what it lacks is not to be counted any more.
    fn forget_older(&self) {
        self.0.snapshots.forget_before(self.snapshot().generation());
    }

    /// Whether searches may find anything of a group.
    fn may_hold(&self, group: &GroupId) -> Result<bool, IndexError> {
        let term = document::group_term(&self.0.fields, group);
        Ok(self.snapshot().searcher.doc_freq(&term)? > 0)
    }

    fn publish(&self, revision: u64) {
        self.0
            .searchable
            .send_if_modified(|held| std::mem::replace(held, revision) != revision);
    }
}

/// Builds the index in `folder` anew from the store. Answers with how many records were
/// read. Nothing else may have the index open.
pub async fn rebuild(
    folder: &Path,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    config: IndexConfig,
) -> Result<u64, IndexError> {
    clear(folder)?;
    let index = Index::open(folder, store, clock, config)?;
    follower::build_anew(&index).await
}

fn open_engine(folder: &Path, schema: &Schema) -> Result<tantivy::Index, IndexError> {
    let unusable = match try_open(folder, schema)? {
        Ok(engine) => return Ok(engine),
        Err(why) => why,
    };
    tracing::warn!(why = %unusable, "the search index is thrown away and will be built anew");
    clear(folder)?;
    Ok(try_open(folder, schema)??)
}

/// Opens what is there. The inner error says why it cannot be used.
fn try_open(
    folder: &Path,
    schema: &Schema,
) -> Result<Result<tantivy::Index, TantivyError>, IndexError> {
    let in_folder = |source| IndexError::Folder {
        path: folder.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(in_folder)?;
    let directory = match MmapDirectory::open(folder) {
        Ok(directory) => directory,
        Err(error) => return Err(in_folder(std::io::Error::other(error))),
    };
    let existed = tantivy::Index::exists(&directory).map_err(TantivyError::from)?;
    let engine = match tantivy::Index::open_or_create(directory, schema.clone()) {
        Ok(engine) => engine,
        Err(TantivyError::IoError(error)) => {
            return Err(in_folder(std::io::Error::other(error)));
        }
        Err(error) => return Ok(Err(error)),
    };
    let payload = match engine.load_metas() {
        Ok(metas) => metas.payload,
        Err(error) => return Ok(Err(error)),
    };
    // One without a payload is new, or was never committed to.
    if existed && payload.is_some() && Cursor::read(payload.as_deref()).is_none() {
        let other = "it is of another version of this program";
        return Ok(Err(TantivyError::SchemaError(other.to_owned())));
    }
    Ok(Ok(engine))
}

fn clear(folder: &Path) -> Result<(), IndexError> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(IndexError::Folder {
            path: PathBuf::from(folder),
            source,
        }),
        _ => Ok(()),
    }
}
