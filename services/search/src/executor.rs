//! Distribution of searches over cores: a single search of many documents uses all cores, one for
//! each segment; of several concurrent searches each uses one core.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use tantivy::collector::Collector;
use tantivy::query::{EnableScoring, Query};
use tantivy::{Executor, Searcher};

/// Documents from which a search uses all cores. Waking threads takes longer than searching fewer.
const MIN_SHARED_DOCS: u64 = 200_000;

/// Runs the searches of one index; clones share its threads.
#[derive(Clone)]
pub struct SearchExecutor {
    all_cores: Executor,
    in_flight: Arc<AtomicUsize>,
    min_shared_docs: u64,
}

impl SearchExecutor {
    /// Starts one thread a core.
    pub fn new() -> tantivy::Result<Self> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Ok(Self {
            all_cores: Executor::multi_thread(cores, "search-")?,
            in_flight: Arc::default(),
            min_shared_docs: MIN_SHARED_DOCS,
        })
    }

    /// Counts a request as in flight until the guard is dropped. A request counts between its
    /// queries too, or requests that take turns would each be counted as the only one.
    pub fn begin(&self) -> InFlightGuard {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlightGuard(Arc::clone(&self.in_flight))
    }

    pub fn search<C: Collector>(
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
        // With other requests in flight all cores are busy anyway, and handing segments to
        // other threads only adds to the work.
        let executor = match self.in_flight.load(Ordering::Relaxed) {
            0 | 1 if searcher.num_docs() >= self.min_shared_docs => &self.all_cores,
            _ => &Executor::SingleThread,
        };
        searcher.search_with_executor(query, collector, executor, scoring)
    }
}

/// Marks a request as in flight until it is dropped.
pub struct InFlightGuard(Arc<AtomicUsize>);

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use tantivy::collector::SegmentCollector;
    use tantivy::query::AllQuery;
    use tantivy::schema::Schema;
    use tantivy::{DocId, Index, Score, SegmentReader, TantivyDocument};

    use super::*;

    /// Collects the names of the threads that search.
    struct Threads;

    struct Thread(String);

    impl Collector for Threads {
        type Fruit = Vec<String>;
        type Child = Thread;

        fn for_segment(&self, _: u32, _: &SegmentReader) -> tantivy::Result<Thread> {
            let thread = std::thread::current();
            Ok(Thread(thread.name().unwrap_or_default().to_owned()))
        }

        fn requires_scoring(&self) -> bool {
            false
        }

        fn merge_fruits(&self, threads: Vec<String>) -> tantivy::Result<Vec<String>> {
            Ok(threads)
        }
    }

    impl SegmentCollector for Thread {
        type Fruit = String;

        fn collect(&mut self, _: DocId, _: Score) {}

        fn harvest(self) -> String {
            self.0
        }
    }

    /// An index of two segments.
    fn searcher() -> Searcher {
        let index = Index::create_in_ram(Schema::builder().build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for _ in 0..2 {
            writer.add_document(TantivyDocument::default()).unwrap();
            writer.commit().unwrap();
        }
        let searcher = index.reader().unwrap().searcher();
        assert_eq!(searcher.segment_readers().len(), 2);
        searcher
    }

    #[test]
    fn a_single_request_uses_all_cores_and_concurrent_ones_a_core_each() {
        let (mut executor, searcher) = (SearchExecutor::new().unwrap(), searcher());
        executor.min_shared_docs = 2;
        let own = std::thread::current().name().unwrap().to_owned();
        let threads = || executor.search(&searcher, &AllQuery, &Threads).unwrap();
        let are_shared = |threads: Vec<String>| {
            threads.len() == 2 && threads.iter().all(|name| name.starts_with("search-"))
        };
        let request = executor.begin();
        assert!(are_shared(threads()));
        let other = executor.begin();
        assert_eq!(threads(), [own.clone(), own.clone()]);
        drop(other);
        assert!(are_shared(threads()), "the other request has ended");
        drop(request);
        assert!(are_shared(threads()));
    }

    #[test]
    fn a_search_of_few_documents_uses_one_core() {
        let (executor, searcher) = (SearchExecutor::new().unwrap(), searcher());
        let own = std::thread::current().name().unwrap().to_owned();
        let threads = executor.search(&searcher, &AllQuery, &Threads).unwrap();
        assert_eq!(threads, [own.clone(), own]);
    }
}
