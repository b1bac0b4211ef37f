//! The registry of a program's metrics.

use prometheus_client::collector::Collector;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::{Metric, Registry};

/// Name and value of a label.
pub type Label = (&'static str, &'static str);

/// A metric with one label.
pub type Labelled<M> = Family<[Label; 1], M>;

/// All metrics of a program, by name.
#[derive(Debug)]
pub struct Metrics(Registry);

impl Default for Metrics {
    /// Makes an empty registry. Every name will begin with `hedgerow_`.
    fn default() -> Self {
        Self(Registry::with_prefix("hedgerow"))
    }
}

impl Metrics {
    /// Adds a metric. The name of a counter gets the suffix `_total`.
    pub fn add(&mut self, name: &'static str, help: &'static str, metric: &(impl Metric + Clone)) {
        self.0.register(name, help, metric.clone());
    }

    /// Adds metrics that are read at each export.
    pub(super) fn add_collector(&mut self, collector: impl Collector) {
        self.0.register_collector(Box::new(collector));
    }

    /// Formats all metrics as OpenMetrics text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Err(error) = prometheus_client::encoding::text::encode(&mut text, &self.0) {
            tracing::error!(%error, "cannot format metrics");
        }
        text
    }
}
