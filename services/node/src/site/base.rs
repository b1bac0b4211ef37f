//! The address by which a visitor reaches this site, for links in files that are read elsewhere.

use hedgerow_server::server::PlainHttp;
use http::Uri;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;

/// Scheme and host of a request: `https://example.org`. Empty if the request names no host, so that
/// links stay relative.
#[derive(Clone, Debug)]
pub(super) struct Base(String);

impl Base {
    pub(super) fn of(parts: &Parts) -> Self {
        let scheme = match parts.extensions.get::<PlainHttp>() {
            Some(_) => "http",
            None => "https",
        };
        let host = authority(&parts.uri).or_else(|| {
            let host = parts.headers.get(HOST)?.to_str().ok()?;
            host.parse().ok()
        });
        let host = host.filter(|host: &Authority| !host.as_str().contains('@'));
        Self(host.map_or_else(String::new, |host| format!("{scheme}://{host}")))
    }

    /// An address of this site.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

fn authority(uri: &Uri) -> Option<Authority> {
    uri.authority().cloned()
}
