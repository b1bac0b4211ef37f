//! Who looks through the segments of the index: all cores where one question is asked, and
//! one core a question where there are several.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread::available_parallelism;

use tantivy::Executor;
use tantivy::Searcher;
use tantivy::collector::Collector;
use tantivy::query::EnableScoring;
use tantivy::query::Query;

/// Looks for all questions of one index.
#[derive(Clone)]
pub(crate) struct Lookers {
    all: Executor,
    /// How many questions are being answered at the moment.
    questions: Arc<AtomicUsize>,
}

impl Lookers {
    /// As many as there are cores.
    pub(crate) fn new() -> tantivy::Result<Self> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Ok(Self {
            all: Executor::multi_thread(cores, "search-")?,
            questions: Arc::default(),
        })
    }

    /// A question comes in. It counts from its first to its last look, and between them: so
    /// that many which take turns are not each taken for the only one.
    pub(crate) fn answering(&self) -> Answering {
        self.questions.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(&self.questions))
    }

    /// Looks for what a query finds.
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
        // Where others are answered too, handing parts around only costs.
        let executor = match self.questions.load(Ordering::Relaxed) {
            0 | 1 => &self.all,
            _ => &Executor::SingleThread,
        };
        searcher.search_with_executor(query, collector, executor, scoring)
    }
}

/// A question that is being answered, until it is dropped.
pub(crate) struct Answering(Arc<AtomicUsize>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use tantivy::DocId;
    use tantivy::Index;
    use tantivy::Score;
    use tantivy::SegmentReader;
    use tantivy::TantivyDocument;
    use tantivy::collector::SegmentCollector;
    use tantivy::query::AllQuery;
    use tantivy::schema::Schema;

    use super::*;

    /// Tells on which threads it was looked.
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
    fn a_question_alone_has_all_cores_and_one_beside_others_its_own() {
        let (lookers, searcher) = (Lookers::new().unwrap(), searcher());
        let own = std::thread::current().name().unwrap().to_owned();
        let threads = || lookers.search(&searcher, &AllQuery, &Threads).unwrap();
        let on_all = |threads: Vec<String>| {
            threads.len() == 2 && threads.iter().all(|name| name.starts_with("search-"))
        };
        let this = lookers.answering();
        assert!(on_all(threads()));
        let other = lookers.answering();
        assert_eq!(threads(), [own.clone(), own.clone()]);
        drop(other);
        assert!(on_all(threads()), "the other is through");
        drop(this);
        assert!(on_all(threads()));
    }
}
