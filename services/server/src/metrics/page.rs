//! The page that tells the metrics, on a listener of its own: plain HTTP, for a collector on
//! the same machine or a private network.

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
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower::ServiceExt;

use super::Metrics;

/// Connections at once; one collector needs one.
const CONNECTIONS: usize = 8;
/// How long a connection may last. Collectors come back by themselves.
const LONGEST: Duration = Duration::from_secs(60);
/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(5);

/// OpenMetrics 1.0, which Prometheus reads.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Brings what is only known by looking up to date, before it is told.
pub type Look = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

struct Told {
    metrics: Metrics,
    look: Look,
    /// One look at a time: they may cost something.
    looking: Mutex<()>,
}

/// Tells metrics under `/metrics` until dropped.
pub async fn serve(listener: TcpListener, metrics: Metrics, look: Look) {
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "metrics are told");
    }
    let told = Arc::new(Told {
        metrics,
        look,
        looking: Mutex::new(()),
    });
    let router = Router::new().route(
        "/metrics",
        get(move || {
            let told = Arc::clone(&told);
            async move { told.tell().await }
        }),
    );
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((tcp, _)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    drop(timeout(LONGEST, answer(tcp, router)).await);
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "metrics cannot be asked for at the moment");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer(tcp: TcpStream, router: Router) {
    let service = router
        .map_request(|request: Request<Incoming>| request.map(axum::body::Body::new))
        .map_err(|never: Infallible| match never {});
    let answered = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(tcp), TowerToHyperService::new(service))
        .await;
    if let Err(error) = answered {
        tracing::debug!(%error, "a connection for metrics ended early");
    }
}

impl Told {
    async fn tell(&self) -> impl IntoResponse + use<> {
        let _one_at_a_time = self.looking.lock().await;
        (self.look)().await;
        ([(CONTENT_TYPE, TEXT)], self.metrics.text())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio::io::AsyncWriteExt;

    use super::*;
    use crate::metrics::Gauge;

    #[tokio::test]
    async fn what_is_told_is_looked_at_first_and_nothing_else_is_there() {
        let gauge: Gauge = Gauge::default();
        let mut metrics = Metrics::new();
        metrics.add("seen", "How often it was looked", &gauge);
        let look: Look = Box::new(move || {
            let gauge = gauge.clone();
            Box::pin(async move {
                gauge.inc();
            })
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(serve(listener, metrics, look));
        let ask = async |path: &str| {
            let mut tcp = TcpStream::connect(address).await.unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            tcp.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            tcp.read_to_string(&mut answer).await.unwrap();
            answer
        };
        assert!(ask("/").await.starts_with("HTTP/1.1 404"));
        let told = ask("/metrics").await;
        assert!(
            told.contains("hedgerow_seen 1") && told.ends_with("# EOF\n"),
            "{told}"
        );
        serving.abort();
    }
}
