//! Pages for browsers, as the middleware serves them.

use std::time::Duration;

use axum::Router;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use tonic::body::Body;

/// Maximum size of a posted form, in bytes. Forms are short texts; a file is not sent by them.
pub const MAX_FORM_BYTES: usize = 64 * 1024;

/// Makes the body of a page that says why another cannot be served, in HTML.
type ProblemPage = fn(StatusCode) -> String;

/// Pages for browsers. The router may have a fallback.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    pub(super) router: Router,
    problem: Option<ProblemPage>,
}

impl From<Router> for Pages {
    fn from(router: Router) -> Self {
        Self {
            router,
            problem: None,
        }
    }
}

impl Pages {
    /// Pages with a page for requests that the middleware refuses or that fail in it: too many at
    /// once (429), too slow (503), a panic (500). Without it, they get a line of plain text.
    pub fn new(router: Router, problem: ProblemPage) -> Self {
        Self {
            router,
            problem: Some(problem),
        }
    }

    /// The response of such a request. `text` is a sentence for a person.
    pub(super) fn problem(
        &self,
        status: StatusCode,
        text: &str,
        retry_after: Option<Duration>,
    ) -> Response<Body> {
        let (kind, body) = match self.problem {
            Some(page) => ("text/html; charset=utf-8", page(status)),
            None => ("text/plain; charset=utf-8", format!("{text}\n")),
        };
        let mut response = Response::new(Body::new(axum::body::Body::from(body)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(after) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        response
    }
}
