//! Responses of pages, and the headers that every one of them has.

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sha2::{Digest, Sha256};

/// No content of other origins, no script but the site's own, no frame around a page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same for pages whose script sends what is typed to the site that they come from.
pub const POLICY_WITH_DRAFTS: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Headers of every response. Pages are not kept by anything: somebody else may use the same
/// browser later. `no-referrer` keeps the address of a page from the sites that it links to.
const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), fullscreen=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("x-frame-options", "DENY"),
];

/// Renders a page as text. Empty if it cannot be: only a `Display` of a value in it can fail, and
/// none of them does.
pub fn html(page: &impl Template) -> String {
    page.render().unwrap_or_default()
}

/// Renders a page.
pub fn page(status: StatusCode, page: &impl Template) -> Response {
    let mut response = Response::new(Body::from(html(page)));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// Adds the headers, as a layer around all routes of a site: `axum::middleware::from_fn(secure)`.
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(value);
    }
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(CACHE_CONTROL).or_insert(no_store);
    response
}

/// A response that browsers save under a name. The name should say nothing about the content: a
/// list of downloads stays.
pub fn file(name: &'static str, kind: HeaderValue, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
        .headers_mut()
        .insert(CONTENT_DISPOSITION, disposition);
    response
}

/// A response for programs that load the same again and again: they keep it, and learn here whether
/// it has changed.
pub fn kept_until_changed(headers: &HeaderMap, kind: HeaderValue, bytes: Vec<u8>) -> Response {
    let hash = hex::encode(&Sha256::digest(&bytes)[..16]);
    let tag = format!("\"{hash}\"");
    let has_it = headers.get_all(IF_NONE_MATCH).iter().any(|value| {
        let value = value.to_str().unwrap_or_default();
        let mut tags = value.split(',').map(str::trim);
        tags.any(|it| it == "*" || it.strip_prefix("W/").unwrap_or(it) == tag)
    });
    let mut response = Response::new(Body::empty());
    if has_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = Body::from(bytes);
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    let revalidated = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(CACHE_CONTROL, revalidated);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_has_the_same_gets_no_body() {
        let kind = HeaderValue::from_static("text/calendar");
        let mut headers = HeaderMap::new();
        let mut get = |tag: Option<&str>, bytes: &[u8]| {
            headers.remove(IF_NONE_MATCH);
            if let Some(tag) = tag {
                headers.insert(IF_NONE_MATCH, HeaderValue::from_str(tag).unwrap());
            }
            let response = kept_until_changed(&headers, kind.clone(), bytes.to_vec());
            let tag = response.headers()[ETAG].to_str().unwrap().to_owned();
            (response.status(), tag)
        };
        let (status, tag) = get(None, b"one");
        assert_eq!(status, StatusCode::OK);
        for same in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
            assert_eq!(
                get(Some(&same), b"one").0,
                StatusCode::NOT_MODIFIED,
                "{same}"
            );
        }
        assert_eq!(get(Some(&tag), b"two").0, StatusCode::OK);
        assert_eq!(get(Some("\"x\""), b"one").0, StatusCode::OK);
    }
}
