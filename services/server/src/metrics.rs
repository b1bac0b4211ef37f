//! Counts for an operator, told on a listener of their own.
//!
//! Every label and every value of a label is a word of this program's own
//! ([`Label`] holds nothing else): nothing that anybody sent can become one.

use std::net::SocketAddr;

use prometheus_client::registry::Metric;
use prometheus_client::registry::Registry;
use serde::Deserialize;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::server::BindError;
use crate::server::bind;

mod calls;
mod methods;
mod page;

pub(crate) use calls::CallCount;
pub(crate) use calls::ConnectionCount;
pub(crate) use calls::Refused;
pub use calls::ServerMetrics;
pub(crate) use methods::PAGE;
pub(crate) use methods::method_of;
pub use page::Look;
pub use page::serve;
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::family::Family;
pub use prometheus_client::metrics::gauge::Gauge;
pub use prometheus_client::metrics::histogram::Histogram;
pub use prometheus_client::registry;

/// A label's name and value.
pub type Label = (&'static str, &'static str);

/// What is counted by one label.
pub type Labelled<M> = Family<[Label; 1], M>;

/// Where metrics are told. Without an address they are not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// An IP address and a port, such as `127.0.0.1:9464`. Whoever reaches it may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
}

impl MetricsConfig {
    /// Where to listen, if anywhere.
    ///
    /// # Errors
    /// With the key and what would do.
    pub fn address(&self) -> Result<Option<SocketAddr>, (&'static str, &'static str)> {
        let parsed = self.listen.as_ref().map(|listen| listen.parse());
        parsed.transpose().map_err(|_| {
            (
                "metrics.listen",
                "must be an IP address and a port, such as \"127.0.0.1:9464\"",
            )
        })
    }

    /// Begins to listen, if anywhere. Of an address that is none nothing is told: see
    /// [`address`](Self::address).
    ///
    /// # Errors
    /// As [`bind`].
    pub async fn bind(&self) -> Result<Option<TcpListener>, BindError> {
        match self.address() {
            Ok(Some(address)) => bind(address).await.map(Some),
            Ok(None) | Err(_) => Ok(None),
        }
    }
}

/// What is told, by name.
#[derive(Debug)]
pub struct Metrics(Registry);

impl Metrics {
    /// Nothing yet. Every name begins with `hedgerow_`.
    #[must_use]
    pub fn new() -> Self {
        Self(Registry::with_prefix("hedgerow"))
    }

    /// Adds something to tell. A counter's name gets `_total` after it.
    pub fn add(&mut self, name: &'static str, help: &'static str, metric: &(impl Metric + Clone)) {
        self.0.register(name, help, metric.clone());
    }

    /// As text, in the OpenMetrics form that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Err(error) = prometheus_client::encoding::text::encode(&mut text, &self.0) {
            tracing::error!(%error, "metrics cannot be written");
        }
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
