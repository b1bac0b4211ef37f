//! Files that pages load: the stylesheet and the icon of the window. Their names contain a hash
//! of their content, so that browsers may keep them for good and never have an old one.

use std::sync::OnceLock;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use sha2::{Digest, Sha256};

const STYLESHEET: &str = include_str!("style.css");
const FAVICON: &str = include_str!("favicon.svg");
/// A year, the most that caches honour.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// The address of the one stylesheet of all pages.
pub(crate) fn stylesheet_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/style-{}.css", fingerprint(STYLESHEET)))
}

pub(crate) fn favicon_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/leaf-{}.svg", fingerprint(FAVICON)))
}

/// The first 16 digits of a hash: enough to tell versions of one file apart.
fn fingerprint(content: &str) -> String {
    hex::encode(&Sha256::digest(content.as_bytes())[..8])
}

/// The routes of the files. Needs no state.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let file = |content: &'static str, kind: &'static str| {
        get(move || async move {
            let tag = format!("\"{}\"", fingerprint(content));
            let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
            let kind = HeaderValue::from_static(kind);
            let kept = HeaderValue::from_static(FOR_GOOD);
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, kept), (ETAG, tag)];
            (headers, content).into_response()
        })
    };
    Router::new()
        .route(
            stylesheet_path(),
            file(STYLESHEET, "text/css; charset=utf-8"),
        )
        .route(favicon_path(), file(FAVICON, "image/svg+xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a phone on a slow line loads once.
    const MAX_STYLESHEET_BYTES: usize = 15 * 1024;

    #[test]
    fn the_stylesheet_is_small_and_loads_nothing() {
        assert!(
            STYLESHEET.len() <= MAX_STYLESHEET_BYTES,
            "{}",
            STYLESHEET.len()
        );
        for part in ["url(", "@import", "//", "@font-face"] {
            assert!(!STYLESHEET.contains(part), "{part}");
        }
    }
}
