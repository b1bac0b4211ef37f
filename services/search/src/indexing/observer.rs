//! Metrics and traces of the indexer.

use tracing::Span;

/// Is notified of the work of an indexer. A trait, so that this crate depends on neither the
/// metrics nor the trace export of a server.
pub trait CommitObserver: Send + Sync {
    /// A commit of everything up to a revision starts. It runs in the returned span.
    fn commit_started(&self, revision: u64) -> Span;

    /// A commit has ended, and searches see it.
    fn commit_finished(&self, revision: u64);

    /// Records were indexed without their times, because their schedules are too costly.
    fn schedules_too_costly(&self, records: u64);
}

/// Observes nothing.
impl CommitObserver for () {
    fn commit_started(&self, _revision: u64) -> Span {
        Span::none()
    }

    fn commit_finished(&self, _revision: u64) {}

    fn schedules_too_costly(&self, _records: u64) {}
}
