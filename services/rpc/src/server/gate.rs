//! What every call passes before it reaches its handler.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::Router;
use futures::FutureExt;
use http::{HeaderMap, Request, Response, StatusCode, header::CONTENT_TYPE};
use hyper::body::Incoming;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, body::Body};
use tower::ServiceExt;
use tracing::Instrument;

use super::{
    deadline::{self, Deadline},
    guarded::{Ending, Guarded, Held, InFlight},
};
use crate::{
    failure::{Failure, with_reason},
    limits::{CallLength, ServerLimits},
    peer::{NoPlace, Peer, Places},
};

/// When a caller that was turned away for load may come back.
const COME_BACK: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(super) struct Gate {
    router: Router,
    limits: Arc<ServerLimits>,
    places: Places,
    stopping: CancellationToken,
}

impl Gate {
    pub(super) fn new(
        router: Router,
        limits: Arc<ServerLimits>,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            router,
            places: Places::new(limits.calls, limits.calls_per_peer),
            limits,
            stopping,
        }
    }

    pub(super) async fn call(
        self,
        peer: Peer,
        in_flight: InFlight,
        mut request: Request<Incoming>,
    ) -> Response<Body> {
        let grpc = is_grpc(&request);
        let length = self.limits.call_length(request.uri().path());
        let span = span_of(&request, grpc);
        let mut ending = Ending::new(span.clone());
        let place = match length {
            // Those without an end have limits of their own, in their handlers.
            CallLength::Open => None,
            CallLength::Within(_) => match self.places.take(peer.key()) {
                Ok(place) => Some(place),
                Err(limit) => {
                    ending.tell(Code::ResourceExhausted);
                    return refusal(too_many(limit), grpc);
                }
            },
        };
        request.extensions_mut().insert(peer);
        let deadline = Deadline::new(request.headers(), length);
        let handling = AssertUnwindSafe(self.router.oneshot(request.map(Body::new)))
            .catch_unwind()
            .instrument(span);
        let mut response = match deadline.within(handling).await {
            Some(Ok(Ok(response))) => response,
            Some(Err(_)) => {
                ending.tell(Code::Internal);
                return refusal(Failure::internal("a handler panicked"), grpc);
            }
            None => {
                ending.tell(Code::DeadlineExceeded);
                return refusal(deadline::passed(), grpc);
            }
        };
        // An answer without a body carries its status in its headers.
        if let Some(code) = name_failure(response.headers_mut()) {
            ending.tell(code);
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
pub(super) fn name_failure(headers: &mut HeaderMap) -> Option<Code> {
    let status = Status::from_header_map(headers)?;
    let code = status.code();
    let named = with_reason(status);
    if code != Code::Ok
        && let Err(error) = named.add_header(headers)
    {
        tracing::debug!(%error, "a status cannot be written");
    }
    Some(code)
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

/// Names the method. A page's address may be what somebody looks for, so it is not named.
fn span_of<B>(request: &Request<B>, grpc: bool) -> tracing::Span {
    let method = if grpc { request.uri().path() } else { "page" };
    tracing::info_span!("call", method)
}

fn refusal(failure: Failure, grpc: bool) -> Response<Body> {
    let status = Status::from(failure);
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
