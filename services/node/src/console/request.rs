//! What a request says about the browser that sent it.

use axum::extract::FromRequestParts;
use hedgerow_record_views::times::today;
use hedgerow_server::peer::{Peer, PeerKey};
use hedgerow_server::server::PlainHttp;
use hedgerow_web::{Words, origin};
use http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, Method};

use super::cookie::Cookie;
use super::failed::Failed;
use super::secret::Secret;
use super::state::Console;
use crate::store::SessionHash;

/// A browser's request.
pub(super) struct Browser {
    pub(super) peer: PeerKey,
    /// Whether it came without TLS.
    pub(super) is_plain: bool,
    /// Whether the browser is on the node's own machine.
    pub(super) is_local: bool,
    pub(super) words: Words,
    /// The kind of device, such as `Firefox, Android`.
    pub(super) device: String,
    /// The session of the cookie, which need not be one of ours.
    pub(super) session: Option<Secret>,
    /// Opens a form that this browser sent after its session had ended.
    pub(super) kept: Option<Secret>,
}

impl Browser {
    pub(super) fn new(console: &Console, parts: &Parts) -> Self {
        let is_plain = parts.extensions.get::<PlainHttp>().is_some();
        let peer = parts.extensions.get::<Peer>();
        Self {
            is_local: peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback()),
            peer: Peer::key_of_extensions(&parts.extensions),
            is_plain,
            words: words(console, &parts.headers),
            device: device(&parts.headers),
            session: Cookie::Session.read(&parts.headers, is_plain),
            kept: Cookie::Kept.read(&parts.headers, is_plain),
        }
    }

    pub(super) fn session_hash(&self) -> Option<SessionHash> {
        self.session.as_ref().map(Secret::hash)
    }
}

impl FromRequestParts<Console> for Browser {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        console: &Console,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::new(console, parts))
    }
}

/// The words in the language that a browser prefers.
pub(super) fn words(console: &Console, headers: &HeaderMap) -> Words {
    let languages = headers.get(ACCEPT_LANGUAGE);
    let languages = languages.and_then(|value| value.to_str().ok());
    Words::new(languages.unwrap_or_default(), today(console.shared.now()))
}

/// Refuses a form of another site. Reading changes nothing, so that anything may read.
pub(super) fn check_origin(parts: &Parts) -> Result<(), Failed> {
    let is_plain = parts.extensions.get::<PlainHttp>().is_some();
    let reads = [Method::GET, Method::HEAD].contains(&parts.method);
    if reads || origin::is_own(&parts.headers, &parts.uri, is_plain) {
        Ok(())
    } else {
        Err(Failed::forged())
    }
}

/// The kind of device, coarse: enough to recognise one's own.
fn device(headers: &HeaderMap) -> String {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let agent = agent.unwrap_or_default();
    // In this order: each browser also names those before it.
    let browsers = [
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(part, _)| agent.contains(part));
        found.map(|(_, name)| *name)
    };
    let parts: Vec<&str> = [find(&browsers), find(&systems)]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_device_is_known_by_its_kind_only() {
        let device_of = |agent: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, HeaderValue::from_static(agent));
            device(&headers)
        };
        let phone = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/126.0.0.0 Mobile Safari/537.36";
        assert_eq!(device_of(phone), "Chrome, Android");
        assert_eq!(device_of("<script>"), "");
    }
}
