//! The cookies of the console: of a session, and of a form whose session had ended.

use std::time::Duration;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response};

use super::lifetimes::{KEPT_FORM, MAX_SESSION};
use super::secret::Secret;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    Session,
    /// Opens a form that waits for its person to sign in.
    Kept,
}

impl Cookie {
    /// Without TLS, on the same machine, browsers do not accept the prefix. It has them refuse a
    /// cookie from other hosts and from pages without TLS.
    fn name(self, is_plain: bool) -> &'static str {
        match (self, is_plain) {
            (Self::Session, false) => "__Host-hedgerow-console",
            (Self::Session, true) => "hedgerow-console",
            (Self::Kept, false) => "__Host-hedgerow-kept",
            (Self::Kept, true) => "hedgerow-kept",
        }
    }

    /// How long a browser keeps it: as long as what it opens can last.
    fn max_age(self) -> Duration {
        match self {
            Self::Session => MAX_SESSION,
            Self::Kept => KEPT_FORM,
        }
    }

    /// Reads a secret. `None` if there are several: one of them was set by another site.
    pub(super) fn read(self, headers: &HeaderMap, is_plain: bool) -> Option<Secret> {
        let name = self.name(is_plain);
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

    /// Sets it. `Lax`, so that a link in a mail opens the console of a person who is signed in; forms
    /// have a token.
    pub(super) fn set<B>(self, response: &mut Response<B>, secret: &Secret, is_plain: bool) {
        let age = self.max_age().as_secs();
        self.put(response, &secret.to_text(), age, is_plain);
    }

    pub(super) fn clear<B>(self, response: &mut Response<B>, is_plain: bool) {
        self.put(response, "", 0, is_plain);
    }

    fn put<B>(self, response: &mut Response<B>, value: &str, age: u64, is_plain: bool) {
        let name = self.name(is_plain);
        let secure = if is_plain { "" } else { "; Secure" };
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
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
            Cookie::Session.set(&mut response, &secret, is_plain);
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
            let read = |headers: &HeaderMap, is_plain| Cookie::Session.read(headers, is_plain);
            assert!(read(&sent, is_plain).is_some_and(|read| read.hash() == secret.hash()));
            assert!(read(&sent, !is_plain).is_none());
            assert!(Cookie::Kept.read(&sent, is_plain).is_none());
            assert!(read(&headers(format!("{pair}; {pair}")), is_plain).is_none());
        }
    }
}
