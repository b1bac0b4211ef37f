//! What every call passes before it reaches its handler.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures::FutureExt;
use hedgerow_transport::failure::Failure;
use hedgerow_transport::failure::with_reason;
use http::HeaderMap;
use http::Request;
use http::Response;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tonic::Status;
use tonic::body::Body;
use tower::ServiceExt;
use tracing::Instrument;

use super::deadline;
use super::deadline::Deadline;
use super::guarded::Ending;
use super::guarded::Guarded;
use super::guarded::Held;
use super::guarded::InFlight;
use crate::limits::CallLength;
use crate::limits::ServerLimits;
use crate::metrics::PAGE;
use crate::metrics::ServerMetrics;
use crate::metrics::method_of;
use crate::peer::NoPlace;
use crate::peer::Peer;
use crate::peer::Places;
use crate::telemetry::span;

/// When a caller that was turned away for load may come back.
const COME_BACK: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(super) struct Gate {
    router: Router,
    limits: Arc<ServerLimits>,
    places: Places,
    stopping: CancellationToken,
    metrics: ServerMetrics,
}

impl Gate {
    pub(super) fn new(
        router: Router,
        limits: Arc<ServerLimits>,
        stopping: CancellationToken,
        metrics: ServerMetrics,
    ) -> Self {
        Self {
            router,
            places: Places::new(limits.calls, limits.calls_per_peer),
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
        // A method is named as the protocol has it, and a page not at all: its address may
        // be what somebody looks for.
        let method = if grpc {
            method_of(request.uri().path())
        } else {
            PAGE
        };
        let line = tracing::info_span!("call", method);
        let traced = if grpc {
            span::served(method, request.headers())
        } else {
            tracing::Span::none()
        };
        let mut ending = Ending::new(
            line.clone(),
            traced.clone(),
            self.metrics.call_begins(method),
        );
        let place = match length {
            // Those without an end have limits of their own, in their handlers.
            CallLength::Open => None,
            CallLength::Within(_) => match self.places.take(peer.key()) {
                Ok(place) => Some(place),
                Err(limit) => return ending.refuse(too_many(limit), grpc),
            },
        };
        request.extensions_mut().insert(peer);
        let deadline = Deadline::new(request.headers(), length);
        let handling = AssertUnwindSafe(self.router.oneshot(request))
            .catch_unwind()
            .instrument(traced)
            .instrument(line);
        let mut response = match deadline.within(handling).await {
            Some(Ok(Ok(response))) => response,
            Some(Err(_)) => {
                return ending.refuse(Failure::internal("a handler panicked"), grpc);
            }
            None => return ending.refuse(deadline::passed(), grpc),
        };
        // An answer without a body carries its status in its headers.
        if let Some(status) = name_failure(response.headers_mut()) {
            ending.tell(&status);
        }
        let stopping = match length {
            CallLength::Open => Some(self.stopping.cancelled_owned()),
            CallLength::Within(_) => None,
        };
        let held = Held {
            _in_flight: in_flight,
            _place: place,
            ending,
        };
        response.map(|body| {
            Body::new(Guarded::new(
                Body::new(body),
                deadline,
                stopping,
                held,
                grpc,
            ))
        })
    }
}

/// Reads the status in headers or trailers, and sees to it that a failure has a reason.
pub(super) fn name_failure(headers: &mut HeaderMap) -> Option<Status> {
    let status = Status::from_header_map(headers)?;
    let named = with_reason(status);
    if named.code() != Code::Ok
        && let Err(error) = named.add_header(headers)
    {
        tracing::debug!(%error, "a status cannot be written");
    }
    Some(named)
}

/// What the caller of a call without an end is told when the server stops.
pub(crate) fn stopping() -> Failure {
    Failure::unavailable(
        "shutting_down",
        "This server is being stopped; come back in a while.",
        COME_BACK,
    )
}

fn too_many(limit: NoPlace) -> Failure {
    let (reason, message) = match limit {
        NoPlace::All => (
            "overloaded",
            "This server has too many calls at once; come back in a while.",
        ),
        NoPlace::Peer => (
            "too_many_calls",
            "There are too many calls at once from your address; wait for some to end.",
        ),
    };
    Failure::resource_exhausted(reason, message, COME_BACK)
}

fn is_grpc<B>(request: &Request<B>) -> bool {
    request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

impl Ending {
    /// Ends a call by a failure that no handler made.
    fn refuse(mut self, failure: Failure, grpc: bool) -> Response<Body> {
        let status = Status::from(failure);
        self.tell(&status);
        refusal(status, grpc)
    }
}

fn refusal(status: Status, grpc: bool) -> Response<Body> {
    if grpc {
        return status.into_http();
    }
    let mut response = Response::new(Body::new(http_body_util::BodyExt::map_err(
        http_body_util::Full::from(format!("{}\n", status.message())),
        |never: std::convert::Infallible| -> Status { match never {} },
    )));
    *response.status_mut() = match status.code() {
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::DeadlineExceeded => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    response.headers_mut().insert(
        CONTENT_TYPE,
        http::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
