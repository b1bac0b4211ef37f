//! What an operator sees of the index: its commits, counted and traced.

use hedgerow_rpc::metrics::Counter;
use hedgerow_rpc::metrics::Metrics;
use hedgerow_rpc::telemetry::Causes;
use hedgerow_rpc::telemetry::span;
use tracing::Span;

/// Commits, and what caused those to come. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    causes: Causes,
    commits: Counter,
}

impl Watched {
    /// Where the causes of the store's revisions are noted.
    pub fn causes(&self) -> &Causes {
        &self.causes
    }

    /// Adds the counts to what is told.
    pub fn tell(&self, metrics: &mut Metrics) {
        metrics.add(
            "index_commits",
            "Commits of the search index",
            &self.commits,
        );
    }

    /// A commit is done. What was noted while it went on is traced all the same.
    pub(super) fn committed(&self, revision: u64) {
        drop(span::index_commit(&self.causes.up_to(revision)));
    }

    /// A commit begins, of everything up to a revision of the store.
    pub(super) fn commit(&self, revision: u64) -> Span {
        self.commits.inc();
        span::index_commit(&self.causes.up_to(revision))
    }
}
