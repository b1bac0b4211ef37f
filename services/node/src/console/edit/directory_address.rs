//! The address of a directory as a person types it.

use hedgerow_core::endpoint::{Endpoint, EndpointError};
use hedgerow_core::id::SpkiHash;

/// The usual port, which people leave out.
const HTTPS: u16 = 443;

/// Reads an address, and the key in a field of its own. Without a scheme and a port it is a public
/// web address.
///
/// # Errors
/// The name of the field, and the key of what is wrong.
pub(super) fn read_address(
    address: &str,
    pin: &str,
) -> Result<Endpoint, (&'static str, &'static str)> {
    let wrong = |_: EndpointError| ("address", "shown-error-address");
    let address = address.trim();
    let rest = match address.split_once("://") {
        Some(("https", rest)) => rest,
        Some(_) => return Err(("address", "shown-error-scheme")),
        None => address,
    };
    let (place, own_pin) = rest.split_once('#').unwrap_or((rest, ""));
    // What follows is the address of a page, not of the directory.
    let authority = place.split(['/', '?']).next().unwrap_or_default();
    let endpoint = Endpoint::parse(&format!("https://{authority}"))
        .or_else(|_| Endpoint::parse(&format!("https://{authority}:{HTTPS}")))
        .map_err(wrong)?;
    let pin = if own_pin.is_empty() { pin } else { own_pin };
    let pin: String = pin
        .trim()
        .trim_start_matches('#')
        .trim_start_matches("sha256=")
        .chars()
        .filter(|it| !it.is_whitespace() && *it != ':')
        .collect::<String>()
        .to_lowercase();
    let pin = match pin.as_str() {
        "" => None,
        pin => Some(
            pin.parse::<SpkiHash>()
                .map_err(|_| ("pin", "shown-error-pin"))?,
        ),
    };
    // No authority signs a certificate for these.
    let is_private = endpoint.host.parse::<std::net::IpAddr>().is_ok()
        || !endpoint.host.contains('.')
        || endpoint.host.ends_with(".local");
    if pin.is_none() && is_private {
        return Err(("pin", "shown-error-needs-pin"));
    }
    Ok(Endpoint { pin, ..endpoint })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_people_write_it() {
        let key = "ab".repeat(32);
        let pinned = format!("https://10.0.0.1:7443#sha256={key}");
        for (address, pin, expected) in [
            (
                "directory.example.org",
                "",
                "https://directory.example.org:443",
            ),
            (
                " https://Directory.example.org/about?x=1 ",
                "",
                "https://directory.example.org:443",
            ),
            ("https://a.example:7443", "", "https://a.example:7443"),
            (pinned.as_str(), "", pinned.as_str()),
            ("10.0.0.1:7443", &key.to_uppercase(), pinned.as_str()),
            ("10.0.0.1:7443", &format!("#sha256={key}"), pinned.as_str()),
        ] {
            let read = read_address(address, pin).map(|it| it.to_string());
            assert_eq!(read.as_deref(), Ok(expected), "{address}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (address, pin, field, key) in [
            ("", "", "address", "shown-error-address"),
            ("the library", "", "address", "shown-error-address"),
            ("http://a.example", "", "address", "shown-error-scheme"),
            ("a.example", "12", "pin", "shown-error-pin"),
            ("10.0.0.1", "", "pin", "shown-error-needs-pin"),
            ("printer", "", "pin", "shown-error-needs-pin"),
        ] {
            assert_eq!(read_address(address, pin), Err((field, key)), "{address}");
        }
    }
}
