//! Metrics and traces of the search index.

use hedgerow_search::CommitObserver;
use hedgerow_server::metrics::{Counter, Metrics};
use hedgerow_server::telemetry::{TraceLinks, span};
use tracing::Span;

/// Counts commits, and links their spans to those of the changes that caused them. Clones share
/// the counts and links.
#[derive(Clone, Debug, Default)]
pub(crate) struct IndexMetrics {
    links: TraceLinks,
    commits: Counter,
    too_costly: Counter,
}

impl IndexMetrics {
    /// The links of revisions that the index has not committed yet.
    pub(crate) fn links(&self) -> &TraceLinks {
        &self.links
    }

    pub(crate) fn register(&self, metrics: &mut Metrics) {
        metrics.add(
            "index_commits",
            "Commits of the search index",
            &self.commits,
        );
        metrics.add(
            "index_schedules_too_costly",
            "Records indexed without their times, because their schedules are too costly",
            &self.too_costly,
        );
    }
}

impl CommitObserver for IndexMetrics {
    fn commit_started(&self, revision: u64) -> Span {
        self.commits.inc();
        span::index_commit(&self.links.take_up_to(revision))
    }

    fn commit_finished(&self, revision: u64) {
        // A link that was added during the commit gets a span of its own.
        drop(span::index_commit(&self.links.take_up_to(revision)));
    }

    fn schedules_too_costly(&self, records: u64) {
        self.too_costly.inc_by(records);
    }
}
