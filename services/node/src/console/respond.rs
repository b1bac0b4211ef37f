//! Responses of handlers.

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use hedgerow_web::response;
use http::header::{CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};

use super::failed::Failed;

/// What a handler returns.
pub(crate) type Shown = Result<Response, Failed>;

pub(crate) fn page(page: &impl Template) -> Shown {
    Ok(response::page(StatusCode::OK, page))
}

/// The page of a form that must be changed.
pub(crate) fn invalid(page: &impl Template) -> Shown {
    Ok(response::page(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// Goes to another page after a form, so that loading it again does not send the form again.
pub(crate) fn see_other(path: &str) -> Shown {
    let location = HeaderValue::from_str(path).map_err(|_| Failed::not_found())?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

/// Has browsers name the page that a form comes from, to this site only: without it they send a form
/// as if it came from nowhere. Drafts may be sent to this site too.
pub(super) async fn own_policies(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let referrer = HeaderValue::from_static("same-origin");
    headers.insert(REFERRER_POLICY, referrer);
    let policy = HeaderValue::from_static(response::POLICY_WITH_DRAFTS);
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// The answer to a draft: nothing to show.
pub(crate) fn without_page(status: StatusCode) -> Shown {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    Ok(response)
}

/// Whether an address that came with a form is one of the console's own pages.
pub(super) fn is_own_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    (path == "/console" || path.starts_with("/console/"))
        && path.bytes().all(is_plain)
        && !path.contains("//")
        && !path.contains("..")
        && path.len() <= 512
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_to_pages_of_the_console_only() {
        for own in ["/console", "/console/g/ab/events/k-1_2"] {
            assert!(is_own_path(own), "{own}");
        }
        for other in [
            "",
            "/",
            "//example.org/console/",
            "https://example.org/console/",
            "/console//example.org",
            "/console/../g/ab",
            "/consoles",
            "/console/\r\nset-cookie: a",
            "/console/?q=a",
            "/console/%2e%2e/",
        ] {
            assert!(!is_own_path(other), "{other}");
        }
    }
}
