//! Serves metrics by plain HTTP on a listener of their own, for a collector on the same machine
//! or a private network.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use futures::future::BoxFuture;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;
use tower::ServiceExt;

use super::registry::Metrics;

/// Maximum number of connections. A collector needs one.
const MAX_CONNECTIONS: usize = 8;
/// Longest life of a connection. Collectors reconnect.
const MAX_CONNECTION_TIME: Duration = Duration::from_secs(60);
/// Longest wait for the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);

/// OpenMetrics 1.0, which Prometheus reads.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Updates the metrics that are computed only when they are requested, such as counts of rows.
pub type Refresh = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

struct MetricsState {
    metrics: Metrics,
    refresh: Refresh,
    /// Held during a refresh, so that many requests do not cause many at the same time.
    refreshing: Mutex<()>,
}

/// Serves metrics under `/metrics` until the future is dropped.
///
/// Not by `axum::serve`, which limits neither the number of connections nor the time that a
/// request may take to arrive.
pub async fn serve(listener: TcpListener, metrics: Metrics, refresh: Refresh) {
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "serving metrics");
    }
    let state = Arc::new(MetricsState {
        metrics,
        refresh,
        refreshing: Mutex::new(()),
    });
    let router = Router::new().route(
        "/metrics",
        get(move || {
            let state = Arc::clone(&state);
            async move { state.response().await }
        }),
    );
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((tcp, _)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    drop(timeout(MAX_CONNECTION_TIME, serve_connection(tcp, router)).await);
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "metrics listener failed to accept");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn serve_connection(tcp: TcpStream, router: Router) {
    let service = router
        .map_request(|request: Request<Incoming>| request.map(axum::body::Body::new))
        .map_err(|never: Infallible| match never {});
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(tcp), TowerToHyperService::new(service))
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "metrics connection ended early");
    }
}

impl MetricsState {
    async fn response(&self) -> impl IntoResponse + use<> {
        let _refreshing = self.refreshing.lock().await;
        (self.refresh)().await;
        ([(CONTENT_TYPE, OPEN_METRICS)], self.metrics.text())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::metrics::Gauge;

    #[tokio::test]
    async fn metrics_are_refreshed_before_each_response_and_nothing_else_is_served() {
        let gauge: Gauge = Gauge::default();
        let mut metrics = Metrics::default();
        metrics.add("refreshed", "Number of refreshes", &gauge);
        let refresh: Refresh = Box::new(move || {
            let gauge = gauge.clone();
            Box::pin(async move {
                gauge.inc();
            })
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(serve(listener, metrics, refresh));
        let request = async |path: &str| {
            let mut tcp = TcpStream::connect(address).await.unwrap();
            let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            tcp.write_all(head.as_bytes()).await.unwrap();
            let mut response = String::new();
            tcp.read_to_string(&mut response).await.unwrap();
            response
        };
        assert!(request("/").await.starts_with("HTTP/1.1 404"));
        let response = request("/metrics").await;
        assert!(
            response.contains("hedgerow_refreshed 1") && response.ends_with("# EOF\n"),
            "{response}"
        );
        serving.abort();
    }
}
