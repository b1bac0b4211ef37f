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
use tokio::sync::Mutex;
use tokio::time::timeout;
use tower::ServiceExt;

use super::registry::Metrics;
use crate::limits::{PeerLimiter, Progress};
use crate::peer::PeerKey;

/// Maximum number of connections, in all and from one address. A collector needs one.
const MAX_CONNECTIONS: usize = 16;
const MAX_CONNECTIONS_PER_PEER: usize = 8;
/// The age from which a connection gives up its place to a newcomer. A response takes less.
const EVICT_AFTER: Duration = Duration::from_secs(2);
/// Maximum size of the head of a request. The least that hyper allows.
const MAX_HEAD_BYTES: usize = 8 * 1024;
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
    let connections =
        PeerLimiter::new(MAX_CONNECTIONS, MAX_CONNECTIONS_PER_PEER).evicting(EVICT_AFTER);
    loop {
        match listener.accept().await {
            Ok((tcp, address)) => {
                // Whatever it does: the oldest connection goes first.
                let progress = Arc::new(Progress::begin_waiting());
                let peer = PeerKey::from(address.ip());
                let Ok(permit) = connections.try_acquire_for(peer, &progress) else {
                    continue;
                };
                let router = router.clone();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = timeout(MAX_CONNECTION_TIME, serve_connection(tcp, router)) => {}
                        () = progress.ended().cancelled() => {}
                    }
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
        .max_buf_size(MAX_HEAD_BYTES)
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

    #[tokio::test]
    async fn slow_collectors_and_huge_headers_do_not_keep_others_out() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let refresh: Refresh = Box::new(|| Box::pin(async {}));
        let serving = tokio::spawn(serve(listener, Metrics::default(), refresh));
        let mut hoarders = Vec::new();
        for _ in 0..3 * MAX_CONNECTIONS {
            let mut tcp = TcpStream::connect(address).await.unwrap();
            let _ = tcp.write_all(b"GET /metrics HTTP/1.1\r\n").await;
            hoarders.push(tcp);
        }
        tokio::time::sleep(EVICT_AFTER + Duration::from_millis(200)).await;
        let request = async |headers: String| {
            let mut tcp = TcpStream::connect(address).await.unwrap();
            let head =
                format!("GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
            let _ = tcp.write_all(head.as_bytes()).await;
            let mut response = Vec::new();
            let _ = tcp.read_to_end(&mut response).await;
            String::from_utf8_lossy(&response).into_owned()
        };
        let response = request(String::new()).await;
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        let huge = format!("x: {}\r\n", "y".repeat(70_000));
        let response = request(huge).await;
        assert!(!response.starts_with("HTTP/1.1 200"), "{response}");
        serving.abort();
    }
}
