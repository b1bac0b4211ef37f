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
    let slip = misspelt_scheme(first);
    let (scheme, rest) = match (slip, first.split_once("://")) {
        (Some((scheme, rest)), _) => (scheme.to_owned(), rest),
        (None, Some((scheme, rest))) => (scheme.to_lowercase(), rest),
        (None, None) => (String::new(), first),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return refused(if scheme.is_empty() && !host.contains(':') {
            "the website is an e-mail address: it was left out"
        } else {
            "the website holds a name or password: it was left out"
        });
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
    } else if slip.is_some() {
        Some("the website's http:// was misspelt: it was corrected")
    } else {
        None
    };
    let scheme = if scheme.is_empty() { "https" } else { &scheme };
    Website {
        address: format!("{scheme}://{rest}"),
        note,
    }
}

/// `http:/`, `https//`, `htttp://` and the like, with what follows. `None` for a scheme that is
/// spelt right or is another one.
fn misspelt_scheme(address: &str) -> Option<(&'static str, &str)> {
    let end = address.find([':', '/'])?;
    let scheme = address[..end].to_lowercase();
    let rest = address[end..].trim_start_matches([':', '/']);
    let slashes = &address[end..address.len() - rest.len()];
    let resembles = (3..=7).contains(&scheme.len())
        && scheme.starts_with(['h', 't'])
        && scheme.contains('t')
        && scheme.contains('p')
        && scheme.chars().all(|letter| "htps".contains(letter));
    let is_right = matches!(scheme.as_str(), "http" | "https") && slashes == "://";
    if !resembles || is_right {
        return None;
    }
    Some((
        if scheme.ends_with('s') {
            "https"
        } else {
            "http"
        },
        rest,
    ))
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
            ("http:/www.example.org", "http://www.example.org", true),
            ("http:www.example.org", "http://www.example.org", true),
            ("https//example.org/a", "https://example.org/a", true),
            ("htttp://example.org", "http://example.org", true),
            ("ann@example.org", "", true),
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
