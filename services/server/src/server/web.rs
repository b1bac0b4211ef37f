//! gRPC-Web on the same port, for browsers (`PROTOCOL-WEB.md` of gRPC).
//!
//! A call from a web page is translated before the middleware, so that the same limits,
//! deadlines and metrics apply. Only services whose responses do not depend on the caller are
//! open to it, because pages of any origin may call them. Browsers send no cookies or
//! passwords with such calls.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    CONTENT_TYPE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tonic::body::Body;
use tonic_web::GrpcWebLayer;
use tower::{Layer, ServiceExt, service_fn};

/// The CORS headers: any page may call, and may read the status. Browsers cache them for a day.
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

/// The full names of the services that web pages may call.
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

    /// Responds to preflight requests, translates calls of web pages, and passes every call to
    /// `call`.
    pub(super) async fn handle<F>(
        &self,
        request: Request<Incoming>,
        call: impl FnOnce(Request<Body>) -> F,
    ) -> Response<Body>
    where
        F: Future<Output = Response<Body>>,
    {
        let allowed = self.allows(request.uri().path());
        if allowed && is_preflight(&request) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            allow(response.headers_mut());
            return response;
        }
        if !is_grpc_web(&request) {
            return call(request.map(Body::new)).await;
        }
        if !allowed {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return response;
        }
        // The layer needs a service that can be called again, but calls it once.
        let mut call = Some(call);
        let once = service_fn(move |request| {
            let response = call.take().map(|call| call(request));
            async move {
                Ok::<_, Infallible>(match response {
                    Some(response) => response.await,
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

    fn allows(&self, path: &str) -> bool {
        let service = path
            .strip_prefix('/')
            .and_then(|path| path.split('/').next());
        service.is_some_and(|service| self.services.iter().any(|known| known == service))
    }
}

/// Whether a browser checks if a page of another origin may call.
fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn is_grpc_web<B>(request: &Request<B>) -> bool {
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
