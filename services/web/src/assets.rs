//! Files that pages load: the stylesheet, the script and the icon of the window. Their names contain a hash
//! of their content, so that browsers may keep them for good and never have an old one.

use std::io::Write as _;
use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

const STYLESHEET: &str = include_str!("style.css");
const FAVICON: &str = include_str!("favicon.svg");
const PAGE_SCRIPT: &str = include_str!("script/page.js");
/// Keeps what is typed into a form of the console as a draft.
const DRAFT_SCRIPT: &str = include_str!("script/draft.js");
/// Makes recovery words in a steward's browser; after it, the list of words that it takes them from.
const WORDS_SCRIPT: &str = concat!(
    "\"use strict\";\nconst LIST = `",
    include_str!("script/words.txt"),
    "`.trim().split(/\\s+/);\n",
    include_str!("script/words.js")
);
/// Seals a message to a group in a visitor's browser.
const SEAL_SCRIPT: &str = include_str!("script/seal.js");
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

/// The address of the script of pages that a visitor may need to leave in a hurry.
pub(crate) fn page_script_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/page-{}.js", fingerprint(PAGE_SCRIPT)))
}

/// The address of the script that makes recovery words.
pub(crate) fn words_script_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/words-{}.js", fingerprint(WORDS_SCRIPT)))
}

/// The address of the script that keeps what is typed into a form.
pub(crate) fn draft_script_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/draft-{}.js", fingerprint(DRAFT_SCRIPT)))
}

/// The address of the script that seals messages.
pub(crate) fn seal_script_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/seal-{}.js", fingerprint(SEAL_SCRIPT)))
}

/// The script that makes recovery words, and the words in their order, for tests that compare it
/// with what programs compute.
pub fn words_script() -> (&'static str, impl Iterator<Item = &'static str>) {
    (
        WORDS_SCRIPT,
        include_str!("script/words.txt").split_whitespace(),
    )
}

/// The first 16 digits of a hash: enough to tell versions of one file apart.
fn fingerprint(content: &str) -> String {
    hex::encode(&Sha256::digest(content.as_bytes())[..8])
}

/// A file that pages load, with its compressed form.
struct Asset {
    content: &'static str,
    kind: &'static str,
    gzip: OnceLock<Vec<u8>>,
}

impl Asset {
    const fn new(content: &'static str, kind: &'static str) -> Self {
        Self {
            content,
            kind,
            gzip: OnceLock::new(),
        }
    }

    /// The content as it is sent to a browser that accepts gzip. It has no secret and nothing of the
    /// visitor in it, so that its size tells nothing.
    fn gzip(&self) -> &[u8] {
        self.gzip.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            // Writing to memory does not fail.
            let _ = encoder.write_all(self.content.as_bytes());
            encoder.finish().unwrap_or_default()
        })
    }

    fn response(&'static self, headers: &HeaderMap) -> Response {
        let accepted = headers.get(ACCEPT_ENCODING);
        let accepted = accepted.and_then(|value| value.to_str().ok());
        let accepts_gzip = accepted.is_some_and(accepts_gzip);
        let mut response = Response::new(if accepts_gzip {
            Body::from(self.gzip())
        } else {
            Body::from(self.content)
        });
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_GOOD));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if accepts_gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// Whether an `Accept-Encoding` header has gzip, and not with a weight of zero (RFC 9110, 12.5.3).
fn accepts_gzip(header: &str) -> bool {
    header.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && weight.is_none_or(|weight| weight.parse().unwrap_or(0.0) > 0.0)
    })
}

/// The routes of the files. Needs no state.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    static STYLESHEET_ASSET: Asset = Asset::new(STYLESHEET, "text/css; charset=utf-8");
    static FAVICON_ASSET: Asset = Asset::new(FAVICON, "image/svg+xml");
    static SCRIPT_ASSET: Asset = Asset::new(PAGE_SCRIPT, "text/javascript; charset=utf-8");
    static DRAFT_ASSET: Asset = Asset::new(DRAFT_SCRIPT, "text/javascript; charset=utf-8");
    static SEAL_ASSET: Asset = Asset::new(SEAL_SCRIPT, "text/javascript; charset=utf-8");
    static WORDS_ASSET: Asset = Asset::new(WORDS_SCRIPT, "text/javascript; charset=utf-8");
    let file = |asset: &'static Asset| {
        get(move |headers: HeaderMap| async move { asset.response(&headers) })
    };
    Router::new()
        .route(stylesheet_path(), file(&STYLESHEET_ASSET))
        .route(favicon_path(), file(&FAVICON_ASSET))
        .route(page_script_path(), file(&SCRIPT_ASSET))
        .route(draft_script_path(), file(&DRAFT_ASSET))
        .route(seal_script_path(), file(&SEAL_ASSET))
        .route(words_script_path(), file(&WORDS_ASSET))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use http_body_util::BodyExt as _;

    use super::*;

    /// What a phone on a slow line loads once, as it is sent.
    const MAX_SENT_BYTES: usize = 15 * 1024;
    const MAX_SCRIPT_BYTES: usize = 2_000;
    static STYLE: Asset = Asset::new(STYLESHEET, "text/css; charset=utf-8");

    async fn sent(accepted: &str) -> (Response<()>, Vec<u8>) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(accepted).unwrap());
        let (parts, body) = STYLE.response(&headers).into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        (Response::from_parts(parts, ()), body)
    }

    #[test]
    fn the_script_is_small_and_sends_nothing() {
        assert!(
            PAGE_SCRIPT.len() <= MAX_SCRIPT_BYTES,
            "{}",
            PAGE_SCRIPT.len()
        );
        for part in [
            "fetch",
            "XMLHttpRequest",
            "Beacon",
            "http",
            "import",
            "Storage",
            "cookie",
        ] {
            assert!(!PAGE_SCRIPT.contains(part), "{part}");
        }
    }

    #[test]
    fn the_script_of_drafts_is_small_and_keeps_nothing_in_the_browser() {
        assert!(DRAFT_SCRIPT.len() <= MAX_SCRIPT_BYTES);
        for part in ["http", "import", "Storage", "cookie", "innerHTML"] {
            assert!(!DRAFT_SCRIPT.contains(part), "{part}");
        }
    }

    #[test]
    fn the_script_that_seals_sends_nothing_itself() {
        for part in [
            "fetch", "XMLHttp", "Beacon", "//h", "Storage", "cookie", "eval",
        ] {
            assert!(!SEAL_SCRIPT.contains(part), "{part}");
        }
    }

    #[tokio::test]
    async fn the_stylesheet_is_small_as_it_is_sent_and_loads_nothing() {
        let (response, body) = sent("br, gzip;q=0.8").await;
        assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
        assert!(body.len() <= MAX_SENT_BYTES, "{}", body.len());
        let mut text = String::new();
        GzDecoder::new(&*body).read_to_string(&mut text).unwrap();
        assert_eq!(text, STYLESHEET);
        for part in ["url(", "@import", "//", "@font-face"] {
            assert!(!STYLESHEET.contains(part), "{part}");
        }
    }

    #[tokio::test]
    async fn a_browser_without_gzip_gets_the_plain_file() {
        for accepted in ["br", "gzip;q=0", "identity", "gzipped"] {
            let (response, body) = sent(accepted).await;
            assert!(!response.headers().contains_key(CONTENT_ENCODING));
            assert_eq!(body, STYLESHEET.as_bytes(), "{accepted}");
        }
    }
}
