//! The formats of single values: web addresses, e-mail addresses, languages, codes.
//! Only the format is checked, not whether the address exists.
//!
//! Why these checks are our own: `docs/decisions/0010-own-format-checks.md`.

/// Returns whether a text is an `https://` or `http://` address with a dotted host and
/// without credentials.
pub(super) fn is_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            ""
        }
    });
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    !text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c))
        && name.contains('.')
        && name.trim_end_matches('.').split('.').all(is_label)
}

/// Returns whether a text is a plain address, `name@host.example`: no quoting, no display
/// name.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || c == '@')
    };
    is_plain(local) && is_plain(domain) && is_url(&format!("https://{domain}")) && text.len() <= 254
}

/// Returns whether a text is a telephone number of 3 to 20 digits, with the signs that
/// people write into one.
pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_allowed = |c: char| c.is_ascii_digit() || "+-() ./#*".contains(c);
    (3..=20).contains(&digits) && text.chars().all(is_allowed)
}

/// Returns whether a text has the format of a BCP 47 tag: `en-GB`, `ur`, `zh-Hant`.
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let primary = (2..=8).contains(&first.len()) || first == "x" || first == "i";
    let letters = first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    text.len() <= 35 && primary && letters && parts.all(rest)
}

/// Returns whether a text has the format of an ISO 4217 code: `GBP`.
pub(super) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Returns whether a text has the format of an ISO 3166-1 alpha-2 code: `GB`.
pub(super) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Returns whether a text is the code of a register as on org-id.guide: `GB-CHC`.
pub(super) fn is_register(text: &str) -> bool {
    let mut parts = text.split('-');
    let country = parts.next().unwrap_or_default();
    let rest: Vec<_> = parts.collect();
    let is_code = |part: &&str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    is_country(country) && !rest.is_empty() && rest.iter().all(is_code)
}

/// Returns whether a text is a year, month or day: `2013`, `2013-11`, `2013-11-30`.
pub(super) fn is_partial_date(text: &str) -> bool {
    let first_day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    crate::recurrence::parse_date(&first_day).is_some()
}

/// Returns the first part of a text that is an e-mail address.
pub(super) fn find_email(text: &str) -> Option<&str> {
    let words = text.split(|c: char| c.is_whitespace() || "<>()[],;\"'".contains(c));
    words
        .map(|word| word.trim_matches(['.', ':', '!', '?']))
        .find(|word| is_email(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_recognised() {
        for text in [
            "https://example.org",
            "http://www.example.org/path?x=1#y",
            "https://example.org:8443/",
            "https://bücher.example/ü",
            "HTTPS://EXAMPLE.ORG",
        ] {
            assert!(is_url(text), "{text}");
        }
        for text in [
            "",
            "example.org",
            "javascript:alert(1)",
            "ftp://example.org",
            "https://",
            "https://x",
            "https://a b.org",
            "https://user:pass@example.org",
            "https://example.org\n",
            "https://exam..ple.org",
            "data:text/html,x",
            "https://example.org/\"><script>",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }

    #[test]
    fn mail_telephone_numbers_and_codes_are_recognised() {
        assert!(is_email("hello@example.org") && is_email("a.b+c@mail.example.org"));
        assert!(
            !is_email("hello") && !is_email("a@b") && !is_email("a b@c.org") && !is_email("@c.org")
        );
        assert!(is_phone("+44 (0)191 496 0000") && is_phone("116 123"));
        assert!(!is_phone("ring me") && !is_phone("12") && !is_phone("0191 496 0000 ask for Sam"));
        assert!(is_language("en") && is_language("en-GB") && is_language("zh-Hant-HK"));
        assert!(is_language("bfi") && !is_language("English!") && !is_language("en_GB"));
        assert!(is_currency("GBP") && !is_currency("£") && !is_currency("gbp"));
        assert!(is_register("GB-CHC") && is_register("XI-GRID") && !is_register("GB"));
        assert!(is_partial_date("2013") && is_partial_date("2013-11") && !is_partial_date("13"));
        assert_eq!(
            find_email("write to <hello@example.org>."),
            Some("hello@example.org")
        );
        assert_eq!(find_email("meet @ ten"), None);
    }
}
