//! One state of the index.

use std::sync::Arc;

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use tantivy::collector::Collector;
use tantivy::query::{BooleanQuery, Query};
use tantivy::schema::Value;
use tantivy::{DocAddress, Searcher, TantivyDocument};

use crate::candidate::Candidate;
use crate::doc_key_cache::DocKeyCache;
use crate::error::IndexError;
use crate::executor::SearchExecutor;
use crate::filter::circle_query::restrict_to_circle;
use crate::interrupt::{Checkpoint, Interrupt, Interruptible};
use crate::organisations::shared::{AllShared, find_shared};
use crate::query::filters::Filters;
use crate::query::terms::QueryTerms;
use crate::schema::Fields;
use crate::segment::columns::{AllColumns, read_columns};

/// One state of the index. Its results do not change with later commits.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    pub(crate) columns: AllColumns,
    /// Documents that may be grouped with another.
    pub(crate) shared: AllShared,
    /// Passed by every search of this snapshot.
    pub(crate) interrupt: Interrupt,
    executor: SearchExecutor,
    doc_keys: DocKeyCache,
}

/// Identifies a retained snapshot, also across restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotId {
    /// When the index was opened, in milliseconds. Generations restart with each opening.
    pub opened_at: u64,
    pub generation: u64,
}

impl Snapshot {
    pub(crate) fn new(
        searcher: Searcher,
        fields: Fields,
        executor: SearchExecutor,
    ) -> Result<Self, IndexError> {
        // Parses the lists of words that every query is compared with: tens of milliseconds, for which
        // the first search would wait.
        std::thread::spawn(|| QueryTerms::parse("my mum has dementia"));
        let columns = read_columns(&searcher, None)?;
        Ok(Self {
            shared: find_shared(&columns, None),
            columns,
            searcher,
            fields,
            interrupt: Interrupt::default(),
            executor,
            doc_keys: DocKeyCache::default(),
        })
    }

    /// A snapshot of a later searcher, which shares the columns of common segments.
    pub(crate) fn next(&self, searcher: Searcher) -> Result<Self, IndexError> {
        let columns = read_columns(&searcher, Some((&self.searcher, &self.columns)))?;
        Ok(Self {
            shared: find_shared(&columns, Some((&self.columns, &self.shared))),
            columns,
            searcher,
            ..self.clone()
        })
    }

    /// The same state, for searches that can be paused and ended.
    #[must_use]
    pub fn interruptible(self, checkpoint: Arc<dyn Checkpoint>) -> Self {
        Self {
            interrupt: Interrupt::at(checkpoint),
            ..self
        }
    }

    /// Rises with each commit.
    pub(crate) fn generation(&self) -> u64 {
        self.searcher.generation().generation_id()
    }

    pub(crate) fn run_query<C: Collector>(
        &self,
        query: &dyn Query,
        collector: &C,
    ) -> Result<C::Fruit, IndexError> {
        let collector = Interruptible {
            collector,
            interrupt: &self.interrupt,
        };
        self.run_self_checking(query, &collector)
    }

    /// Runs a query whose collector passes the checkpoints itself.
    pub(crate) fn run_self_checking<C: Collector>(
        &self,
        query: &dyn Query,
        collector: &C,
    ) -> Result<C::Fruit, IndexError> {
        let fruit = self.executor.search(&self.searcher, query, collector);
        // First: an ended search has a part of the hits, or an error of the engine.
        self.interrupt.check()?;
        Ok(fruit?)
    }

    /// Runs a query restricted to the circle of the filters.
    pub(crate) fn run_in_circle<C: Collector>(
        &self,
        filters: &Filters,
        query: BooleanQuery,
        collector: &C,
    ) -> Result<C::Fruit, IndexError> {
        let query = restrict_to_circle(query, filters, &self.columns);
        self.run_query(query.as_ref(), collector)
    }

    /// Runs the query of the filters, which every hit has to match completely.
    pub(crate) fn run_filters<C: Collector>(
        &self,
        filters: &Filters,
        collector: &C,
    ) -> Result<C::Fruit, IndexError> {
        let terms = filters.expand_terms(&self.searcher, &self.fields)?;
        self.interrupt.check()?;
        let query = filters.query(&self.fields, terms.as_ref());
        self.run_in_circle(filters, query, collector)
    }

    /// Reads the key of a document, without a next start.
    pub(crate) fn candidate(&self, address: DocAddress) -> Result<Candidate, IndexError> {
        let segment = self.searcher.segment_reader(address.segment_ord);
        let read = || self.read_candidate(address);
        let candidate = self
            .doc_keys
            .get(segment.segment_id(), address.doc_id, read)?;
        let columns = &self.columns[address.segment_ord as usize];
        let over_minute = columns.rank_inputs(address.doc_id).over_minute;
        Ok(Candidate {
            over_minute: Some(over_minute).filter(|minute| *minute != u32::MAX),
            ..candidate
        })
    }

    pub(crate) fn record_name(&self, document: &TantivyDocument) -> Result<RecordName, IndexError> {
        let text = |field| document.get_first(field).and_then(|value| value.as_str());
        let name = v1::RecordName {
            collection: text(self.fields.collection).unwrap_or_default().to_owned(),
            key: text(self.fields.key).unwrap_or_default().to_owned(),
        };
        RecordName::try_from(&name).map_err(|_| IndexError::Damaged("name"))
    }

    fn read_candidate(&self, address: DocAddress) -> Result<Candidate, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let bytes = |field| document.get_first(field).and_then(|value| value.as_bytes());
        let group = bytes(self.fields.group).and_then(|id| GroupId::try_from(id).ok());
        let hash = bytes(self.fields.hash).and_then(|hash| RecordHash::try_from(hash).ok());
        Ok(Candidate {
            group: group.ok_or(IndexError::Damaged("group"))?,
            name: self.record_name(&document)?,
            hash: hash.ok_or(IndexError::Damaged("hash"))?,
            next_start: None,
            over_minute: None,
        })
    }
}
