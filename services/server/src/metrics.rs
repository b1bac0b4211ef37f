//! Metrics for the operator.
//!
//! Every label and label value is a constant of the program: [`Label`] permits nothing else,
//! so that data from a caller can never become one.

use std::net::SocketAddr;

use hedgerow_transport::limits::OutOfRange;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::listen::{BindError, bind};

mod calls;
mod http;
mod methods;
mod program;
mod registry;

pub use calls::ServerMetrics;
pub(crate) use calls::{CallCount, ConnectionCount, Refused};
pub use http::{Refresh, serve};
pub(crate) use methods::{PAGE, method_of};
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::family::Family;
pub use prometheus_client::metrics::gauge::Gauge;
pub use prometheus_client::metrics::histogram::Histogram;
pub use registry::{Label, Labelled, Metrics};

/// Where metrics are served. Without an address they are not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// An IP address and a port, such as `127.0.0.1:9464`. No authentication: every client
    /// that can connect can read the metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
}

impl MetricsConfig {
    /// Parses the address.
    ///
    /// # Errors
    /// If it is not an IP address with a port.
    pub fn address(&self) -> Result<Option<SocketAddr>, OutOfRange> {
        let parsed = self.listen.as_ref().map(|listen| listen.parse());
        parsed.transpose().map_err(|_| {
            (
                "metrics.listen",
                "must be an IP address and a port, such as \"127.0.0.1:9464\"",
            )
        })
    }

    /// Opens the listener, if there is an address. An invalid one counts as none here:
    /// [`address`](Self::address) reports it.
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
