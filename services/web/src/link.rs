//! Addresses that somebody else wrote.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::escape::write_escaped;
use crate::text::Text;

/// A longer address is not shown as a link: browsers differ in what they make of it.
const MAX_BYTES: usize = 2_048;

/// A link away from the site, in a scheme that cannot run anything: https, http, mailto or tel. It
/// shows the host next to its label, because a label can claim anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebLink {
    href: String,
    /// The host, address or number.
    target: String,
    label: Option<Text>,
}

impl WebLink {
    /// A web address. `None` if it is anything else.
    pub fn web(address: &str) -> Option<Self> {
        let address = address.trim();
        let lower = address.to_ascii_lowercase();
        let rest = lower
            .strip_prefix("https://")
            .or_else(|| lower.strip_prefix("http://"))?;
        let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        // A name before an `@` is a user's, but looks like the host.
        if host.is_empty() || host.contains('@') || !is_plain(address) {
            return None;
        }
        Some(Self {
            href: address.to_owned(),
            target: host.strip_prefix("www.").unwrap_or(host).to_owned(),
            label: None,
        })
    }

    /// An e-mail address.
    pub fn mail(address: &str) -> Option<Self> {
        let address = address.trim();
        let (name, host) = address.split_once('@')?;
        // What follows a `?` would fill in the message.
        let is_address = !name.is_empty()
            && host.contains('.')
            && is_plain(address)
            && !address.contains(['?', '&', '/', ':', ',', ';', '%', '<', '>', '"']);
        is_address.then(|| Self {
            href: format!("mailto:{address}"),
            target: address.to_owned(),
            label: None,
        })
    }

    /// A telephone number.
    pub fn phone(number: &str) -> Option<Self> {
        let digits: String = number
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == '+')
            .collect();
        let is_number = (3..=20).contains(&digits.len())
            && number
                .chars()
                .all(|letter| letter.is_ascii_digit() || "+ ()-./".contains(letter));
        is_number.then(|| Self {
            href: format!("tel:{digits}"),
            // In one piece, wherever the line ends.
            target: number.trim().replace(' ', "\u{a0}"),
            label: None,
        })
    }

    /// Sets the text to show instead of the address.
    #[must_use]
    pub fn labelled(mut self, label: Text) -> Self {
        self.label = Some(label).filter(|label| !label.is_empty());
        self
    }
}

/// Whether an address has only letters that mean the same in an attribute and on the wire.
fn is_plain(address: &str) -> bool {
    address.len() <= MAX_BYTES && address.chars().all(|letter| letter.is_ascii_graphic())
}

impl fmt::Display for WebLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<a href=\"")?;
        write_escaped(f, &self.href)?;
        f.write_str("\" rel=\"noopener noreferrer nofollow\">")?;
        match &self.label {
            Some(label) => {
                write!(f, "{label}</a> <bdi class=\"host\">(")?;
                write_escaped(f, &self.target)?;
                f.write_str(")</bdi>")
            }
            None => {
                f.write_str("<bdi>")?;
                write_escaped(f, &self.target)?;
                f.write_str("</bdi></a>")
            }
        }
    }
}

impl HtmlSafe for WebLink {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_cannot_run_anything_are_links() {
        for address in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " java\nscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//example.org",
            "example.org",
            "https://",
            "https://bank.example@evil.example/",
            "https://example.org/\u{202e}gpj",
            "https://exam ple.org",
            "",
        ] {
            assert_eq!(WebLink::web(address), None, "{address}");
        }
        let long = format!("https://example.org/{}", "x".repeat(3_000));
        assert_eq!(WebLink::web(&long), None);
        for address in ["a@b", "a@b.c?body=x", "@b.c", "a b@c.d", "x"] {
            assert_eq!(WebLink::mail(address), None, "{address}");
        }
        for number in ["12", "call me", "07700 900123;ext=1", "javascript:1234"] {
            assert_eq!(WebLink::phone(number), None, "{number}");
        }
    }

    #[test]
    fn a_link_shows_where_it_leads() {
        let link = WebLink::web("HTTPS://www.Example.org/a?b=\"c\"&d").unwrap();
        let attributes = "rel=\"noopener noreferrer nofollow\"";
        let href = "HTTPS://www.Example.org/a?b=&quot;c&quot;&amp;d";
        assert_eq!(
            link.to_string(),
            format!("<a href=\"{href}\" {attributes}><bdi>example.org</bdi></a>")
        );
        let labelled = link.labelled(Text::plain("bank.example"));
        assert!(
            labelled
                .to_string()
                .ends_with("<bdi>bank.example</bdi></a> <bdi class=\"host\">(example.org)</bdi>")
        );
        let phone = WebLink::phone("0808 808 8000").unwrap().to_string();
        assert!(phone.contains("href=\"tel:08088088000\""), "{phone}");
        assert!(phone.contains("0808\u{a0}808\u{a0}8000"), "{phone}");
        let mail = WebLink::mail("hello@example.org").unwrap().to_string();
        assert!(mail.contains("href=\"mailto:hello@example.org\""), "{mail}");
    }
}
