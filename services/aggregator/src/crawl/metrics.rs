//! Metrics of the sources.

use hedgerow_server::metrics::{Family, Gauge, Label, Metrics};
use hedgerow_transport::connector::Trust;

/// Numbers of followed sources by kind and state. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct CrawlMetrics(Family<[Label; 2], Gauge>);

/// Counts one source in its present state until it is dropped.
#[derive(Debug)]
pub(super) struct SourceGauge {
    metrics: CrawlMetrics,
    kind: &'static str,
    state: &'static str,
}

impl CrawlMetrics {
    /// Adds the gauge to the exported metrics.
    pub(super) fn register(&self, metrics: &mut Metrics) {
        metrics.add(
            "sources",
            "Servers that are followed, configured or announced, and whether they respond",
            &self.0,
        );
    }

    /// Counts one more source. It counts as responding until it first fails.
    pub(super) fn follow(&self, trust: Trust) -> SourceGauge {
        let kind = match trust {
            Trust::Configured => "configured",
            Trust::Announced => "announced",
        };
        let source = SourceGauge {
            metrics: self.clone(),
            kind,
            state: "responding",
        };
        source.gauge().inc();
        source
    }
}

impl SourceGauge {
    pub(super) fn set(&mut self, responding: bool) {
        self.gauge().dec();
        self.state = if responding { "responding" } else { "failing" };
        self.gauge().inc();
    }

    fn gauge(&self) -> Gauge {
        let labels = [("kind", self.kind), ("state", self.state)];
        self.metrics.0.get_or_create_owned(&labels)
    }
}

impl Drop for SourceGauge {
    fn drop(&mut self) {
        self.gauge().dec();
    }
}
