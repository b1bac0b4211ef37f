//! Interruption of a running search by its caller.

use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

use crate::error::IndexError;

/// Documents between two checkpoints: tens of microseconds of a usual search.
pub const DOCUMENTS_PER_CHECKPOINT: usize = 1_024;

/// The caller's side of a search that can be paused and ended. A search passes it before each
/// segment and regularly within one.
pub trait Checkpoint: Send + Sync {
    /// Returns whether to go on; once false, always false. May block meanwhile, to let others
    /// run first.
    fn may_continue(&self) -> bool;
}

/// The checkpoint of a search, if its caller wants to interrupt it. Clones share it.
#[derive(Clone, Default)]
pub struct Interrupt(Option<Arc<dyn Checkpoint>>);

impl Interrupt {
    pub fn at(checkpoint: Arc<dyn Checkpoint>) -> Self {
        Self(Some(checkpoint))
    }

    pub fn may_continue(&self) -> bool {
        self.0.as_ref().is_none_or(|point| point.may_continue())
    }

    /// Passes the checkpoint, or returns why the search ends.
    pub fn check(&self) -> Result<(), IndexError> {
        if self.may_continue() {
            Ok(())
        } else {
            Err(IndexError::Interrupted)
        }
    }

    /// The same for code that the engine calls. The engine has no such error, so the caller of
    /// the engine calls [`Self::check`] after it.
    pub fn check_in_engine(&self) -> tantivy::Result<()> {
        self.check()
            .map_err(|error| TantivyError::SystemError(error.to_string()))
    }
}

/// A countdown to the next checkpoint within a segment.
pub struct Countdown {
    interrupt: Interrupt,
    left: usize,
}

impl Countdown {
    /// Passes a first checkpoint, so that no segment begins after the end of its search.
    pub fn begin(interrupt: &Interrupt) -> tantivy::Result<Self> {
        interrupt.check_in_engine()?;
        Ok(Self {
            interrupt: interrupt.clone(),
            left: DOCUMENTS_PER_CHECKPOINT,
        })
    }

    /// Counts documents. Returns whether to collect them.
    #[inline]
    pub fn may_collect(&mut self, documents: usize) -> bool {
        if let Some(left) = self.left.checked_sub(documents) {
            self.left = left;
            return true;
        }
        self.pass()
    }

    #[cold]
    fn pass(&mut self) -> bool {
        let may_continue = self.interrupt.may_continue();
        self.left = if may_continue {
            DOCUMENTS_PER_CHECKPOINT
        } else {
            0
        };
        may_continue
    }
}

/// Wraps a collector so that it collects nothing more once its search is ended. The engine
/// still iterates over the rest of the segment, which takes little without collecting.
pub struct Interruptible<'a, C> {
    pub collector: &'a C,
    pub interrupt: &'a Interrupt,
}

impl<C: Collector> Collector for Interruptible<'_, C> {
    type Fruit = C::Fruit;
    type Child = InterruptibleSegment<C::Child>;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<Self::Child> {
        Ok(InterruptibleSegment {
            countdown: Countdown::begin(self.interrupt)?,
            inner: self.collector.for_segment(ordinal, segment)?,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.collector.requires_scoring()
    }

    fn merge_fruits(
        &self,
        fruits: Vec<<C::Child as SegmentCollector>::Fruit>,
    ) -> tantivy::Result<C::Fruit> {
        self.collector.merge_fruits(fruits)
    }
}

/// The wrapped collector of one segment.
pub struct InterruptibleSegment<S> {
    countdown: Countdown,
    inner: S,
}

impl<S: SegmentCollector> SegmentCollector for InterruptibleSegment<S> {
    type Fruit = S::Fruit;

    #[inline]
    fn collect(&mut self, document: DocId, score: Score) {
        if self.countdown.may_collect(1) {
            self.inner.collect(document, score);
        }
    }

    #[inline]
    fn collect_block(&mut self, documents: &[DocId]) {
        if self.countdown.may_collect(documents.len()) {
            self.inner.collect_block(documents);
        }
    }

    fn harvest(self) -> S::Fruit {
        self.inner.harvest()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tantivy::collector::Count;
    use tantivy::query::AllQuery;
    use tantivy::schema::Schema;
    use tantivy::{Index, Searcher, TantivyDocument};

    use super::*;

    /// Lets a search pass this many times.
    struct Passes(AtomicUsize);

    impl Checkpoint for Passes {
        fn may_continue(&self) -> bool {
            let left = |left: usize| left.checked_sub(1);
            let passed = self
                .0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
            passed.is_ok()
        }
    }

    /// Two segments of five checkpoints each.
    fn searcher() -> Searcher {
        let index = Index::create_in_ram(Schema::builder().build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for _ in 0..2 {
            for _ in 0..5 * DOCUMENTS_PER_CHECKPOINT {
                writer.add_document(TantivyDocument::default()).unwrap();
            }
            writer.commit().unwrap();
        }
        index.reader().unwrap().searcher()
    }

    fn count(searcher: &Searcher, passes: usize) -> (tantivy::Result<usize>, usize) {
        let passes = Arc::new(Passes(AtomicUsize::new(passes)));
        let interrupt = Interrupt::at(passes.clone());
        let collector = Interruptible {
            collector: &Count,
            interrupt: &interrupt,
        };
        let counted = searcher.search(&AllQuery, &collector);
        (counted, passes.0.load(Ordering::Relaxed))
    }

    #[test]
    fn a_search_passes_a_checkpoint_for_each_segment_and_every_thousand_documents() {
        let searcher = searcher();
        let (counted, left) = count(&searcher, 100);
        assert_eq!(counted.unwrap(), 10 * DOCUMENTS_PER_CHECKPOINT);
        assert!((8..=12).contains(&(100 - left)), "{left}");
    }

    #[test]
    fn an_ended_search_collects_nothing_more_and_begins_no_other_segment() {
        let searcher = searcher();
        // One at the start of the first segment, and two in it.
        let (counted, left) = count(&searcher, 3);
        assert!(counted.is_err());
        assert_eq!(left, 0);
        // Ended in the last segment.
        let (counted, _) = count(&searcher, 8);
        assert!(counted.unwrap() < 9 * DOCUMENTS_PER_CHECKPOINT);
    }
}
