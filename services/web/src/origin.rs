//! Whether a form was sent from a page of this site.
//!
//! A page of another site can have a browser send a form here. Browsers say where a form comes
//! from, in `Sec-Fetch-Site` and `Origin`. Programs that send neither run no scripts, so that no
//! other site can have them send anything.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Uri};

/// Whether what the browser says is in accord with a form of this site. `is_plain`: whether it came
/// without TLS.
pub fn is_own(headers: &HeaderMap, uri: &Uri, is_plain: bool) -> bool {
    let site = only(headers, "sec-fetch-site");
    let origin = only(headers, ORIGIN.as_str());
    let (Ok(site), Ok(origin)) = (site, origin) else {
        return false;
    };
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match origin {
        None => true,
        // A browser without a page to name, such as one that must not send referrers.
        Some("null") => site.is_some(),
        Some(origin) => {
            let host = uri.authority().map(http::uri::Authority::as_str);
            let host = host.or_else(|| only(headers, HOST.as_str()).ok().flatten());
            let scheme = if is_plain { "http://" } else { "https://" };
            let named = origin.strip_prefix(scheme);
            named.is_some_and(|named| host.is_some_and(|host| host.eq_ignore_ascii_case(named)))
        }
    }
}

/// The one value of a header. An error if there are several, or it is not text.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(drop),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn is_own_with(headers: &[(&'static str, &'static str)], is_plain: bool) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        is_own(&map, &Uri::from_static("/console"), is_plain)
    }

    const HERE: (&str, &str) = ("host", "127.0.0.1:7440");

    #[test]
    fn a_form_of_this_site_is_accepted() {
        let origin = ("origin", "http://127.0.0.1:7440");
        let same = ("sec-fetch-site", "same-origin");
        assert!(is_own_with(&[HERE], true));
        assert!(is_own_with(&[HERE, origin], true));
        assert!(is_own_with(&[HERE, origin, same], true));
        assert!(is_own_with(&[HERE, ("origin", "null"), same], true));
        assert!(is_own_with(
            &[HERE, ("origin", "https://127.0.0.1:7440")],
            false
        ));
        let uri = Uri::from_static("https://example.org/console");
        let mut headers = HeaderMap::new();
        headers.insert("origin", HeaderValue::from_static("https://example.org"));
        assert!(is_own(&headers, &uri, false));
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        for origin in [
            "http://example.org",
            "http://127.0.0.1:7441",
            "https://127.0.0.1:7440",
            "http://127.0.0.1:7440.example.org",
            "null",
            "",
        ] {
            assert!(!is_own_with(&[HERE, ("origin", origin)], true), "{origin}");
        }
        for site in ["cross-site", "same-site", "none", ""] {
            let origin = ("origin", "http://127.0.0.1:7440");
            let headers = [HERE, origin, ("sec-fetch-site", site)];
            assert!(!is_own_with(&headers, true), "{site}");
        }
        let twice = ("origin", "http://127.0.0.1:7440");
        assert!(!is_own_with(&[HERE, twice, twice], true));
        assert!(!is_own_with(&[twice], true), "without a host");
    }
}
