//! What every call passes before its handler: spans, metrics, load limits, the deadline, and
//! the recovery from panics.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures::FutureExt;
use hedgerow_transport::failure::{CallFailure, Failure};
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use http_body_util::Limited;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt;
use tracing::Instrument;

use super::activity::InFlight;
use super::call_outcome::CallOutcome;
use super::deadline;
use super::deadline::Deadline;
use super::gate::{Gate, Refusal};
use super::pages::{MAX_FORM_BYTES, Pages};
use super::response_body::{CallGuard, RequestBody, TrackedBody};
use super::trailers::{RETRY_AFTER, ended_early, ensure_reason, postpone_retry, too_many_refusals};
use crate::limits::{CallClass, LimitReached, PeerLimiter, Permit, Progress, ServerLimits};
use crate::metrics::{PAGE, ServerMetrics, method_of};
use crate::peer::Peer;
use crate::telemetry::span;

/// The wait for its caller after which a call gives up its place to a newcomer.
const EVICT_AFTER: Duration = Duration::from_secs(2);

/// Refused calls from which a penalty closes their connection. One with fewer probably shares its
/// address with the program that caused the penalty, and its other calls continue.
const MIN_REFUSED_TO_CLOSE: u32 = 8;

#[derive(Clone)]
pub(super) struct Middleware {
    router: Router,
    pages: Pages,
    limits: Arc<ServerLimits>,
    calls: PeerLimiter,
    syncs: PeerLimiter,
    pushes: PeerLimiter,
    health_watches: PeerLimiter,
    gate: Arc<Gate>,
    stopping: CancellationToken,
    metrics: ServerMetrics,
}

impl Middleware {
    pub(super) fn new(
        router: Router,
        pages: Pages,
        limits: Arc<ServerLimits>,
        gate: Arc<Gate>,
        stopping: CancellationToken,
        metrics: ServerMetrics,
    ) -> Self {
        let pool = |total, per_peer| PeerLimiter::new(total, per_peer).evicting(EVICT_AFTER);
        Self {
            router,
            pages,
            calls: pool(limits.calls, limits.calls_per_peer),
            syncs: pool(limits.syncs, limits.syncs_per_peer),
            pushes: pool(limits.pushes, limits.pushes_per_peer),
            // Never evicted: such a call waits for the server.
            health_watches: PeerLimiter::new(limits.health_watches, limits.health_watches_per_peer),
            limits,
            gate,
            stopping,
            metrics,
        }
    }

    pub(super) async fn call(
        self,
        peer: Peer,
        in_flight: InFlight,
        progress: Arc<Progress>,
        request: Request<Body>,
    ) -> Response<Body> {
        let grpc = is_grpc(&request);
        let class = CallClass::of(request.uri().path());
        let length = self.limits.call_length(class);
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
        let permit = match self.place(class, peer, &progress) {
            Ok(permit) => permit,
            Err(limit) => {
                // What its body has buffered is not kept while the response waits.
                drop(request);
                let response = self.reject(outcome, full(class, limit), grpc);
                return self.pace(peer, in_flight, response, grpc).await;
            }
        };
        let mut request = request.map(|body| {
            let body = RequestBody::new(body, Arc::clone(&progress));
            // A message of gRPC has a limit of its own, that of its service.
            if grpc {
                Body::new(body)
            } else {
                Body::new(Limited::new(body, MAX_FORM_BYTES))
            }
        });
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(Arc::clone(&progress));
        let deadline = Deadline::new(request.headers(), length);
        if let Some(at) = deadline.at() {
            progress.set_deadline(at);
        }
        let router = if grpc {
            &self.router
        } else {
            &self.pages.router
        };
        let handling = AssertUnwindSafe(router.clone().oneshot(request))
            .catch_unwind()
            .instrument(trace_span)
            .instrument(log_span);
        let handled = tokio::select! {
            handled = deadline.within(handling) => handled,
            () = progress.ended().cancelled() => None,
        };
        let mut response = match handled {
            Some(Ok(Ok(response))) => response,
            Some(Err(_)) => {
                return self.reject(outcome, Failure::internal("a handler panicked"), grpc);
            }
            None => {
                let early = progress.early_end().map(ended_early);
                let failure = early.unwrap_or_else(deadline::exceeded);
                if !grpc && progress.waiting_for().is_some() {
                    return self.reject_slow(outcome, failure);
                }
                return self.reject(outcome, failure, grpc);
            }
        };
        // A response without a body has its status in the headers.
        if let Some(status) = ensure_reason(response.headers_mut()) {
            outcome.record(&status);
            if status.code() == Code::ResourceExhausted {
                drop(permit);
                let response = response.map(Body::new);
                return self.pace(peer, in_flight, response, grpc).await;
            }
        }
        let stopping = match class {
            CallClass::HeadWatch | CallClass::HealthWatch => Some(self.stopping.cancelled_owned()),
            CallClass::Query | CallClass::Sync | CallClass::Push => None,
        };
        let guard = CallGuard {
            _in_flight: in_flight,
            _permit: permit,
            progress,
            outcome,
        };
        response.map(|body| {
            let body = Body::new(body);
            Body::new(TrackedBody::new(body, deadline, stopping, guard, grpc))
        })
    }

    /// Takes a place in the pool of a call. A watcher of heads takes it in its handler.
    fn place(
        &self,
        class: CallClass,
        peer: Peer,
        progress: &Arc<Progress>,
    ) -> Result<Option<Permit>, LimitReached> {
        let pool = match class {
            CallClass::HeadWatch => return Ok(None),
            CallClass::HealthWatch => &self.health_watches,
            CallClass::Query => &self.calls,
            CallClass::Sync => {
                progress.set_transfer();
                &self.syncs
            }
            CallClass::Push => {
                progress.set_transfer();
                progress.set_opening();
                &self.pushes
            }
        };
        pool.try_acquire_for(peer.key(), progress).map(Some)
    }

    /// Sends the response of a refused call when its peer may have it. Meanwhile the call has no
    /// place, and its connection counts as idle.
    async fn pace(
        &self,
        peer: Peer,
        in_flight: InFlight,
        mut response: Response<Body>,
        grpc: bool,
    ) -> Response<Body> {
        let refused = in_flight.count_refused();
        match self.gate.refuse(peer.key()) {
            Refusal::AtOnce => response,
            Refusal::After(delay, _waiting) => {
                drop(in_flight);
                tokio::time::sleep(delay).await;
                response
            }
            Refusal::Postponed(delay) => {
                postpone_retry(response.headers_mut(), delay);
                response
            }
            Refusal::Penalty(left) => {
                if refused >= MIN_REFUSED_TO_CLOSE {
                    in_flight.end_connection();
                }
                self.failed(&too_many_refusals(left).into(), grpc)
            }
        }
    }

    /// Ends a call by a failure that no handler made.
    fn reject(&self, mut outcome: CallOutcome, failure: Failure, grpc: bool) -> Response<Body> {
        let status = Status::from(failure);
        outcome.record(&status);
        self.failed(&status, grpc)
    }

    /// Ends a form whose rest has not come.
    fn reject_slow(&self, mut outcome: CallOutcome, failure: Failure) -> Response<Body> {
        let status = Status::from(failure);
        outcome.record(&status);
        if status.code() != Code::DeadlineExceeded {
            return self.failed(&status, false);
        }
        let code = StatusCode::REQUEST_TIMEOUT;
        self.pages.problem(code, status.message(), None)
    }

    fn failed(&self, status: &Status, grpc: bool) -> Response<Body> {
        if grpc {
            return status.clone().into_http();
        }
        let code = match status.code() {
            Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Code::DeadlineExceeded => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let retry_after = CallFailure::from_status(status).retry_after;
        self.pages.problem(code, status.message(), retry_after)
    }
}

fn full(class: CallClass, limit: LimitReached) -> Failure {
    let (reason, message) = match (class, limit) {
        (CallClass::Query, LimitReached::Total) => (
            "overloaded",
            "This server cannot accept more calls at the moment; try again in a while.",
        ),
        (CallClass::Query, LimitReached::Peer) => (
            "too_many_calls",
            "There are too many calls at once from your address; wait for some to end.",
        ),
        (CallClass::Sync | CallClass::Push, _) => (
            "too_many_transfers",
            "This server cannot accept more transfers at the moment; try again in a while.",
        ),
        (CallClass::HeadWatch | CallClass::HealthWatch, _) => (
            "too_many_watchers",
            "This server cannot serve more watchers at the moment; come back later.",
        ),
    };
    Failure::resource_exhausted(reason, message, RETRY_AFTER)
}

/// Whether a request is a call of gRPC. All others are for pages.
pub(super) fn is_grpc<B>(request: &Request<B>) -> bool {
    request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}
