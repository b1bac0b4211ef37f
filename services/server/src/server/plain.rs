//! Pages over plain HTTP, for browsers on the same machine.
//!
//! A server without a certificate from a public authority cannot serve a browser over TLS without
//! a warning, and people who get used to warnings are not safe anywhere. Between two programs of
//! one machine, nothing can read along that could not read their memory as well. So connections
//! from loopback addresses may skip TLS, for pages only: gRPC keeps its pinned key.
//!
//! A page of another site could have its own name resolve to 127.0.0.1 (DNS rebinding) and
//! then read these pages with the rights of its origin. The `Host` header names that site, so
//! that only names of this machine are served.

use http::header::HOST;
use http::uri::Authority;
use http::{Request, StatusCode};

/// Why a request over plain HTTP is refused. `None` if it is not.
pub(super) fn refusal<B>(request: &Request<B>, is_grpc: bool) -> Option<StatusCode> {
    if is_grpc {
        return Some(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let named = (hosts.next(), hosts.next());
    let host = match named {
        (Some(host), None) => host.to_str().ok(),
        // None, or several that contradict each other.
        _ => None,
    };
    // A request line may contain an authority as well, and either may be used to build links.
    let in_uri = request.uri().authority().map(Authority::as_str);
    let is_local = host.is_some_and(is_loopback_name) && in_uri.is_none_or(is_loopback_name);
    (!is_local).then_some(StatusCode::MISDIRECTED_REQUEST)
}

/// Whether a host, perhaps with a port, can only be this machine.
fn is_loopback_name(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    // With nothing before the host, such as a user, and at most a port after it.
    let after = authority.as_str().strip_prefix(authority.host());
    if after.is_none_or(|after| !after.is_empty() && authority.port_u16().is_none()) {
        return false;
    }
    let host = authority.host().to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        // RFC 6761: names under `localhost` always are this machine.
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: &[&str], uri: &str) -> Option<u16> {
        let mut request = Request::builder().uri(uri);
        for host in host {
            request = request.header(HOST, *host);
        }
        refusal(&request.body(()).unwrap(), false).map(|status| status.as_u16())
    }

    #[test]
    fn only_names_of_this_machine_are_served() {
        for host in [
            "localhost",
            "LOCALHOST:7450",
            "127.0.0.1:7450",
            "127.1.2.3",
            "[::1]:7450",
            "hedgerow.localhost:80",
        ] {
            assert_eq!(refused(&[host], "/"), None, "{host}");
        }
        for host in [
            "",
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "notlocalhost",
            "192.168.0.5:7450",
            "0.0.0.0",
            "user@localhost",
            "localhost@example.org",
            "[::2]",
            "127.0.0.1:port",
        ] {
            assert_eq!(refused(&[host], "/"), Some(421), "{host}");
        }
    }

    #[test]
    fn a_request_with_no_host_or_with_two_is_refused() {
        assert_eq!(refused(&[], "/"), Some(421));
        assert_eq!(refused(&["localhost", "localhost"], "/"), Some(421));
        assert_eq!(refused(&["localhost"], "http://localhost/"), None);
        assert_eq!(refused(&["localhost"], "http://example.org/"), Some(421));
    }

    #[test]
    fn grpc_is_refused() {
        let request = Request::builder()
            .header(HOST, "localhost")
            .body(())
            .unwrap();
        let status = refusal(&request, true);
        assert_eq!(status, Some(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
}
