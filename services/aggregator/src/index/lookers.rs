//! Who looks through the segments of the index: all cores where one question is asked, and
//! one core a question where there are several.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use tantivy::collector::Collector;
use tantivy::query::{EnableScoring, Query};
use tantivy::{Executor, Searcher};

/// Looks for all questions of one index.
#[derive(Clone)]
pub(crate) struct Lookers {
    all: Executor,
    /// How many questions are looked for at the moment.
    busy: Arc<AtomicUsize>,
}

impl Lookers {
    /// As many as there are cores.
    pub(crate) fn new() -> tantivy::Result<Self> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Ok(Self {
            all: Executor::multi_thread(cores, "search-")?,
            busy: Arc::default(),
        })
    }

    /// Answers one question.
    pub(crate) fn search<C: Collector>(
        &self,
        searcher: &Searcher,
        query: &dyn Query,
        collector: &C,
    ) -> tantivy::Result<C::Fruit> {
        let scoring = if collector.requires_scoring() {
            EnableScoring::enabled_from_statistics_provider(searcher, searcher)
        } else {
            EnableScoring::disabled_from_searcher(searcher)
        };
        let turn = Turn::begin(&self.busy);
        // Where others look too, handing parts around only costs.
        let executor = match turn.others {
            0 => &self.all,
            _ => &Executor::SingleThread,
        };
        searcher.search_with_executor(query, collector, executor, scoring)
    }
}

/// A question that is looked for.
struct Turn<'a> {
    busy: &'a AtomicUsize,
    /// How many others there were when it began.
    others: usize,
}

impl<'a> Turn<'a> {
    fn begin(busy: &'a AtomicUsize) -> Self {
        let others = busy.fetch_add(1, Ordering::Relaxed);
        Self { busy, others }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.busy.fetch_sub(1, Ordering::Relaxed);
    }
}
