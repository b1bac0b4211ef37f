//! Codes and links that name a position: postcodes of other kinds, plus codes, three words,
//! links to maps.

use std::sync::OnceLock;

use regex::Regex;

use super::pattern::Pattern;

/// Hosts and paths that only sites of maps have.
const MAP_SITES: &str = r"(?i)maps\.google|google\.[a-z.]{2,6}/maps|goo\.gl/maps|maps\.app\.goo\.gl|\bg\.page/|openstreetmap\.(?:org|de|fr)|\bosm\.org|osmand\.net|osmaps\.com|umap\.|opentopomap|what3words|\bw3w\.co|bing\.com/maps|maps\.apple|\bplus\.codes|streetmap\.(?:co|com)|waze\.com|citymapper|geohack|\bgeo:-?\d|wego\.here|share\.here\.com|mapquest\.|\bmapy\.(?:cz|com)|yandex\.[a-z.]{2,6}/maps|2gis\.|gridreferencefinder|latlong\.net|omaps\.app|\bge0\.me|\bom://|comgooglemaps:|\bmaps:|mapillary\.|tomtom\.com|maps\.me\b|arcgis\.com/.{0,20}map|google\.[a-z.]{2,6}/\?q=|///\s*[a-z]{2,}\s*[. ]\s*[a-z]{2,}\s*[. ]\s*[a-z]{2,}";
/// Other signs of a map, and services that hide where a link leads.
const MAP_LIKE: &str = r"(?i)\bmaps?\.[a-z0-9-]+\.[a-z]|/maps?(?:[/?#]|$)|\bwhat\s?(?:3|three)\s?words?\b|\bw3w\b|\b(?:bit\.ly|tinyurl\.com|t\.co|is\.gd|v\.gd|ow\.ly|goo\.gl|g\.co|rb\.gy|cutt\.ly|buff\.ly|shorturl\.at|tiny\.cc|t\.ly|short\.gy|lnkd\.in|rebrand\.ly|qr\.(?:ae|io|codes)|s\.id|shorturl\.[a-z]+)/";

fn pattern(cell: &'static OnceLock<Regex>, text: &str) -> &'static Regex {
    cell.get_or_init(|| Regex::new(text).expect("the pattern is a constant"))
}

pub(super) fn find_map_site(text: &str) -> Option<&str> {
    static PATTERN: OnceLock<Pattern> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| Pattern::new(MAP_SITES));
    pattern.find_all(text).next()
}

pub(super) fn find_map_like(text: &str) -> Option<&str> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let found = pattern(&PATTERN, MAP_LIKE).find(text).map(|it| it.as_str());
    found.or_else(|| find_three_words(text))
}

/// Finds `filled.count.soap`, which is not a host: its last word is no known domain.
fn find_three_words(text: &str) -> Option<&str> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    const DOMAINS: [&str; 22] = [
        "org",
        "com",
        "net",
        "info",
        "coop",
        "scot",
        "wales",
        "cymru",
        "london",
        "gov",
        "edu",
        "site",
        "online",
        "community",
        "social",
        "foundation",
        "charity",
        "support",
        "example",
        "invalid",
        "test",
        "html",
    ];
    let three = r"(?:^|[^\w./@-])([a-z]{3,15}\.[a-z]{3,15}\.([a-z]{3,15}))(?:$|[^\w./@-]|\.\s|\.$)";
    pattern(&PATTERN, three)
        .captures_iter(text)
        .find(|part| !part[1].starts_with("www.") && !DOMAINS.contains(&&part[2]))
        .and_then(|part| part.get(1))
        .map(|part| part.as_str())
}

/// Finds an Open Location Code, whole or short: `9C6WX9CV+2G`, `X9CV + 2G`.
pub(super) fn find_plus_code(text: &str) -> Option<&str> {
    static PATTERN: OnceLock<Pattern> = OnceLock::new();
    let code = r"(?i)\b[2-9cfghjmpqrvwx]{4}\s?(?:[2-9cfghjmpqrvwx]{2,4})?\s?(?:\+|\bplus)\s?[2-9cfghjmpqrvwx]{2,3}\b";
    let pattern = PATTERN.get_or_init(|| Pattern::new(code));
    pattern
        .find_all(text)
        // Digits alone are a sum, such as 2345+67, and letters alone are words, unless they
        // are capitals.
        .find(|part| {
            let code = part.to_ascii_lowercase().replace("plus", "+");
            let has_digit = code.contains(|c: char| c.is_ascii_digit());
            let is_capital = part.contains('+') && !part.contains(|c: char| c.is_ascii_lowercase());
            code.contains(|c: char| c.is_ascii_alphabetic()) && (has_digit || is_capital)
        })
}

/// Finds an Eircode: `D02 X285`.
pub(super) fn find_eircode(text: &str) -> Option<&str> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let code = r"(?i)\b[ac-fhknprtv-y]\d[0-9w][\s-]{0,2}([0-9ac-fhknprtv-y]{4})\b";
    pattern(&PATTERN, code)
        .captures_iter(text)
        .find(|part| {
            let unique = &part[1];
            unique.contains(|c: char| c.is_ascii_digit())
                && unique.contains(|c: char| c.is_ascii_alphabetic())
        })
        .and_then(|part| part.get(0))
        .map(|part| part.as_str())
}
