//! gRPC-Web on the same port, for browsers (`PROTOCOL-WEB.md` of gRPC).
//!
//! A call from a page becomes an ordinary one before it reaches the gate, so that limits,
//! deadlines and counts hold for it as for any other. Only services that answer everybody
//! alike are served so: pages of any origin may ask them, and no browser sends cookies or
//! passwords along.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Method;
use http::Request;
use http::Response;
use http::StatusCode;
use http::header::ACCESS_CONTROL_ALLOW_HEADERS;
use http::header::ACCESS_CONTROL_ALLOW_METHODS;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use http::header::ACCESS_CONTROL_EXPOSE_HEADERS;
use http::header::ACCESS_CONTROL_MAX_AGE;
use http::header::ACCESS_CONTROL_REQUEST_METHOD;
use http::header::CONTENT_TYPE;
use hyper::body::Incoming;
use tonic::body::Body;
use tonic_web::GrpcWebLayer;
use tower::Layer;
use tower::ServiceExt;
use tower::service_fn;

/// What any page may ask for, and may read of the answer; kept by browsers for a day.
const ALLOWED: [(HeaderName, &str); 5] = [
    (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (ACCESS_CONTROL_ALLOW_METHODS, "POST"),
    (
        ACCESS_CONTROL_ALLOW_HEADERS,
        "content-type,grpc-timeout,x-grpc-web,x-user-agent",
    ),
    (
        ACCESS_CONTROL_EXPOSE_HEADERS,
        "grpc-message,grpc-status,grpc-status-details-bin",
    ),
    (ACCESS_CONTROL_MAX_AGE, "86400"),
];

/// The services that pages may call.
#[derive(Debug, Clone, Default)]
pub(super) struct Web {
    services: Arc<[String]>,
}

impl Web {
    pub(super) fn new(services: &[&str]) -> Self {
        Self {
            services: services.iter().map(ToString::to_string).collect(),
        }
    }

    /// Answers, with `call` for everything that is to be answered.
    pub(super) async fn answer<F>(
        &self,
        request: Request<Incoming>,
        call: impl FnOnce(Request<Body>) -> F,
    ) -> Response<Body>
    where
        F: Future<Output = Response<Body>>,
    {
        let may = self.serves(request.uri().path());
        if may && is_preflight(&request) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            allow(response.headers_mut());
            return response;
        }
        if !is_from_a_page(&request) {
            return call(request.map(Body::new)).await;
        }
        if !may {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return response;
        }
        // The layer wants a service that can be called again; it calls it once.
        let mut call = Some(call);
        let once = service_fn(move |request| {
            let answering = call.take().map(|call| call(request));
            async move {
                Ok::<_, Infallible>(match answering {
                    Some(answering) => answering.await,
                    None => Response::new(Body::empty()),
                })
            }
        });
        let mut response = match GrpcWebLayer::new().layer(once).oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        allow(response.headers_mut());
        response
    }

    fn serves(&self, path: &str) -> bool {
        let service = path
            .strip_prefix('/')
            .and_then(|path| path.split('/').next());
        service.is_some_and(|service| self.services.iter().any(|known| known == service))
    }
}

/// Whether a browser asks if a page of another origin may call.
fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn is_from_a_page<B>(request: &Request<B>) -> bool {
    request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc-web"))
}

fn allow(headers: &mut HeaderMap) {
    for (name, value) in ALLOWED {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
