//! Web addresses as people type them.

/// A web address to publish, and what was changed or refused.
pub(super) struct Website {
    /// Empty if it was refused.
    pub(super) address: String,
    pub(super) note: Option<&'static str>,
}

/// Reads a cell: the scheme may be missing; addresses that run programs or hold a password
/// are refused.
pub(super) fn read_website(typed: &str) -> Website {
    let refused = |note| Website {
        address: String::new(),
        note: Some(note),
    };
    let mut words = typed
        .split([' ', ';', ',', '\n'])
        .filter(|word| !word.is_empty());
    let first = words.next().filter(|_| !typed.eq_ignore_ascii_case("none"));
    let Some(first) = first else {
        return Website {
            address: String::new(),
            note: None,
        };
    };
    let (scheme, rest) = match first.split_once("://") {
        Some((scheme, rest)) => (scheme.to_lowercase(), rest),
        None => (String::new(), first),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return refused("the website holds a name or password: it was left out");
    }
    let has_port = host
        .split_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let is_web =
        matches!(scheme.as_str(), "" | "http" | "https") && (!host.contains(':') || has_port);
    let is_host =
        host.contains('.') && !host.starts_with('.') && !host.contains(['<', '>', '"', '\'']);
    if !is_web || !is_host {
        return refused("the website is not a web address: it was left out");
    }
    let note = if words.next().is_some() {
        Some("the website cell holds several: the first was taken")
    } else if scheme.is_empty() {
        Some("the website has no https://: it was added")
    } else {
        None
    };
    let scheme = if scheme.is_empty() { "https" } else { &scheme };
    Website {
        address: format!("{scheme}://{rest}"),
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_completed_or_refused() {
        for (typed, address, has_note) in [
            ("www.example.org", "https://www.example.org", true),
            ("example.org/a?b=c", "https://example.org/a?b=c", true),
            ("HTTP://example.org", "http://example.org", false),
            (
                "https://example.org:8443/x",
                "https://example.org:8443/x",
                false,
            ),
            (
                "https://a.example.org; www.b.org",
                "https://a.example.org",
                true,
            ),
            ("", "", false),
            ("none", "", false),
            ("website", "", true),
            ("javascript:alert(1)", "", true),
            ("data:text/html,<script>alert(1)</script>", "", true),
            ("mailto:ann@example.org", "", true),
            ("ftp://example.org", "", true),
            ("http://user:secret@example.org/", "", true),
        ] {
            let website = read_website(typed);
            assert_eq!(website.address, address, "{typed}");
            assert_eq!(website.note.is_some(), has_note, "{typed}");
        }
    }
}
