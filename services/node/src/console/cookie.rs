//! The cookie of a session.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response};

use super::secret::Secret;

/// Over TLS. The prefix has browsers refuse it from other hosts and from pages without TLS.
const NAME: &str = "__Host-hedgerow-console";
/// Without TLS, on the same machine, where browsers do not accept the prefix.
const PLAIN_NAME: &str = "hedgerow-console";
/// How long a browser keeps it: as long as a session can last.
const MAX_AGE_SECONDS: u32 = 30 * 24 * 60 * 60;

/// Reads the session's secret. `None` if there are several: one of them was set by another site.
pub(super) fn read(headers: &HeaderMap, is_plain: bool) -> Option<Secret> {
    let name = if is_plain { PLAIN_NAME } else { NAME };
    let cookies = headers.get_all(COOKIE).iter();
    let cookies = cookies.filter_map(|value| value.to_str().ok());
    let mut found = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, _)| *found == name)
        .map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) => Secret::parse(value),
        _ => None,
    }
}

/// Sets the cookie. `Lax`, so that a link in a mail opens the console of a person who is signed in;
/// forms have a token.
pub(super) fn set<B>(response: &mut Response<B>, secret: &Secret, is_plain: bool) {
    put(response, &secret.to_text(), MAX_AGE_SECONDS, is_plain);
}

pub(super) fn clear<B>(response: &mut Response<B>, is_plain: bool) {
    put(response, "", 0, is_plain);
}

fn put<B>(response: &mut Response<B>, value: &str, age: u32, is_plain: bool) {
    let (name, secure) = if is_plain {
        (PLAIN_NAME, "")
    } else {
        (NAME, "; Secure")
    };
    let cookie = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::SeededRandom;

    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_set_and_only_over_the_same_kind_of_connection() {
        let secret = Secret::generate(&SeededRandom::new(1));
        for is_plain in [false, true] {
            let mut response = Response::new(());
            set(&mut response, &secret, is_plain);
            let cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
            assert_eq!(cookie.contains("; Secure"), !is_plain, "{cookie}");
            assert_eq!(cookie.starts_with("__Host-"), !is_plain, "{cookie}");
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            let pair = cookie.split(';').next().unwrap();
            let headers = |value: String| {
                let mut headers = HeaderMap::new();
                headers.insert(COOKIE, HeaderValue::from_str(&value).unwrap());
                headers
            };
            let sent = headers(format!("other=1; {pair}"));
            assert!(read(&sent, is_plain).is_some_and(|read| read.hash() == secret.hash()));
            assert!(read(&sent, !is_plain).is_none());
            assert!(read(&headers(format!("{pair}; {pair}")), is_plain).is_none());
        }
    }
}
