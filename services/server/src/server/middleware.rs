//! What every call passes before its handler: spans, metrics, load limits, the deadline, and
//! the recovery from panics.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use futures::FutureExt;
use hedgerow_transport::failure::Failure;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt;
use tracing::Instrument;

use super::activity::InFlight;
use super::call_outcome::CallOutcome;
use super::deadline;
use super::deadline::Deadline;
use super::response_body::{CallGuard, TrackedBody};
use super::trailers::{RETRY_AFTER, ensure_reason};
use crate::limits::{CallLength, LimitReached, PeerLimiter, ServerLimits};
use crate::metrics::{PAGE, ServerMetrics, method_of};
use crate::peer::Peer;
use crate::telemetry::span;

#[derive(Clone)]
pub(super) struct Middleware {
    router: Router,
    limits: Arc<ServerLimits>,
    calls: PeerLimiter,
    stopping: CancellationToken,
    metrics: ServerMetrics,
}

impl Middleware {
    pub(super) fn new(
        router: Router,
        limits: Arc<ServerLimits>,
        stopping: CancellationToken,
        metrics: ServerMetrics,
    ) -> Self {
        Self {
            router,
            calls: PeerLimiter::new(limits.calls, limits.calls_per_peer),
            limits,
            stopping,
            metrics,
        }
    }

    pub(super) async fn call(
        self,
        peer: Peer,
        in_flight: InFlight,
        mut request: Request<Body>,
    ) -> Response<Body> {
        let grpc = is_grpc(&request);
        let length = self.limits.call_length(request.uri().path());
        // Metrics and logs get the protocol's name of a method, and for pages no path at all:
        // it could contain what a person searches for.
        let method = if grpc {
            method_of(request.uri().path())
        } else {
            PAGE
        };
        let log_span = tracing::info_span!("call", method);
        let trace_span = if grpc {
            span::served(method, request.headers())
        } else {
            tracing::Span::none()
        };
        let mut outcome = CallOutcome::new(
            log_span.clone(),
            trace_span.clone(),
            self.metrics.call_begins(method),
        );
        let permit = match length {
            // Their handlers have limits of their own.
            CallLength::Open => None,
            CallLength::Within(_) => match self.calls.try_acquire(peer.key()) {
                Ok(permit) => Some(permit),
                Err(limit) => return reject(outcome, too_many_calls(limit), grpc),
            },
        };
        request.extensions_mut().insert(peer);
        let deadline = Deadline::new(request.headers(), length);
        let handling = AssertUnwindSafe(self.router.oneshot(request))
            .catch_unwind()
            .instrument(trace_span)
            .instrument(log_span);
        let mut response = match deadline.within(handling).await {
            Some(Ok(Ok(response))) => response,
            Some(Err(_)) => {
                return reject(outcome, Failure::internal("a handler panicked"), grpc);
            }
            None => return reject(outcome, deadline::exceeded(), grpc),
        };
        // A response without a body has its status in the headers.
        if let Some(status) = ensure_reason(response.headers_mut()) {
            outcome.record(&status);
        }
        let stopping = match length {
            CallLength::Open => Some(self.stopping.cancelled_owned()),
            CallLength::Within(_) => None,
        };
        let guard = CallGuard {
            _in_flight: in_flight,
            _permit: permit,
            outcome,
        };
        response.map(|body| {
            let body = Body::new(body);
            Body::new(TrackedBody::new(body, deadline, stopping, guard, grpc))
        })
    }
}

fn too_many_calls(limit: LimitReached) -> Failure {
    let (reason, message) = match limit {
        LimitReached::Total => (
            "overloaded",
            "This server cannot accept more calls at the moment; try again in a while.",
        ),
        LimitReached::Peer => (
            "too_many_calls",
            "There are too many calls at once from your address; wait for some to end.",
        ),
    };
    Failure::resource_exhausted(reason, message, RETRY_AFTER)
}

fn is_grpc<B>(request: &Request<B>) -> bool {
    request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

/// Ends a call by a failure that no handler made.
fn reject(mut outcome: CallOutcome, failure: Failure, grpc: bool) -> Response<Body> {
    let status = Status::from(failure);
    outcome.record(&status);
    if grpc {
        return status.into_http();
    }
    let text = Full::from(format!("{}\n", status.message()));
    let mut response = Response::new(Body::new(
        text.map_err(|never: Infallible| -> Status { match never {} }),
    ));
    *response.status_mut() = match status.code() {
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::DeadlineExceeded => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
