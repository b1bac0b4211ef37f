//! Streets, houses and flats, as English, Welsh, Scots, Gaelic and Irish write them. All of
//! it is a guess.

use std::sync::OnceLock;

use regex::{Captures, Match, Regex};

/// Words that mean a street wherever they occur.
const STREET: &str = "street|road|lane|avenue|terrace|crescent|mews|boulevard|wynd|vennel|st|rd|ave|ln|cres|blvd|bvd";
/// Words that mean a street after a number and with a capital letter, and often something
/// else without.
const AMBIGUOUS: &str = "Way|Place|Close|Drive|Walk|Park|Green|Hill|Court|Row|Square|Rise|View|Gardens?|Grove|Yard|Gate|Side|Parade|Wharf|Quay|Buildings?|House|Villas?|Brae|Loan|Loaning|Pend|Entry|Bank|Fold|Croft|Garth|Ginnel|Snicket|Nook|Mount|Cottages?|Hall|Cent(?:re|er)|Chapel|Church|Lodge|Mill|Works|Chambers|Towers?|Point|Heights|Dene|Fields?|Meadows?|Bridge|Cross|Market|Circus|Strand|Embankment|Parkway|Approach|Path|Passage|Alley|Steps|Stairs|Brow|Lea|Mead|Orchard|Farm|Barn|Causeway|Causey|Esplanade|Promenade|Arcade|Broadway|Shambles|Circle|Loop|Link|Common|Chare|Weind|Backs?|Riding|Drove|Haven|Sq|Pl|Dr|Ct|Gdns|Gr|Tce|Terr|Pde|Pk|Cl|Av|Cr|Bldgs|Hse|Crt|Wy|Cotts";
/// The same words, so that a text in small letters is found after "at" or "number".
const AMBIGUOUS_SMALL: &str = "way|place|close|drive|walk|green|hill|court|row|square|rise|gardens?|grove|yard|gate|parade|wharf|quay|house|villas?|brae|loan|pend|entry|bank|fold|croft|garth|mount|cottages?|hall|lodge|towers?|causeway|esplanade|promenade|broadway|shambles|sq|pl|dr|gdns";
/// Words that begin the name of a street in Welsh, Gaelic and Irish, without accents.
const LEADING: &str = "heol|stryd|ffordd|rhodfa|lon|teras|cilgant|sraid|rathad|bothar|lana|ascaill|cearnog|cearnag|slighe|lanaid|corran|ceide|cuairt|sgwar";
/// The same, where the word is often part of another name.
const LEADING_AMBIGUOUS: &str = "Clos|Maes|Bryn|Parc|Plas|Llys|Cwrt|Allt|Gallt|Rhiw|Trem|Gerddi|Rhes|Erw|Cae|Pen|Tan|Tal|Llwyn|Coed|Nant|Pant|Glan|Min|Tyddyn|Gardd|Plas|Cnoc|Pairc|Gairdin";
/// A house number, with a letter or as a range.
const NUMBER: &str = r"\d{1,4}\s?[a-z]?(?:\s?[-/&]\s?\d{1,4}[a-z]?)?";

struct Patterns {
    /// `12 High Street`, in any case.
    numbered: Regex,
    /// `7 Church Close`, capitalised.
    capitalised: Regex,
    /// `at 7 church close`.
    cued_small: Regex,
    /// `22 Kirkgate`, `41 Broadway`: one word.
    one_word: Regex,
    /// `at 22 Xyz`: any capitalised word after a number where a person is told to go.
    cued: Regex,
    /// `14 Heol y Bont`, `Stryd Fawr`.
    leading_numbered: Regex,
    leading_capitalised: Regex,
    /// `High Street 12`.
    number_after: Regex,
    /// `opposite no. 4`.
    beside: Regex,
    /// `Flat 3, 14`, `flat B, Elm House`.
    flat: Regex,
    /// `Chapel Street`, capitalised, without a number.
    unnumbered: Regex,
}

fn patterns() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let regex = |pattern: &str| Regex::new(pattern).expect("the pattern is a constant");
        let cue = r"(?i:\b(?:at|address:?|address is|door is|door at|find us|find us at|find it at|come to|we are|we're|meet in|based in|live at|behind|opposite|next to|next door to|above|below|beside|outside|number|no\.?))";
        let suffix = "gate|wynd|side|way|row|market|hill|mount|field|wood|ley|croft|garth|brae";
        Patterns {
            numbered: regex(&format!(
                r"(?i)\b({NUMBER})(?:\s*,\s*|\s+)((?:[a-z][a-z'.\-]*\s+){{1,3}})(?:{STREET})\b"
            )),
            capitalised: regex(&format!(
                r"\b(\d{{1,4}}\s?[A-Za-z]?),?\s+((?:[A-Z][A-Za-z'.\-]*\s+){{1,3}})(?:{AMBIGUOUS})\b"
            )),
            cued_small: regex(&format!(
                r"{cue}\s+(?i:(\d{{1,4}}[a-z]?),?\s+((?:[a-z][a-z'.\-]*\s+){{1,2}})(?:{AMBIGUOUS_SMALL}))\b"
            )),
            one_word: regex(&format!(
                r"\b(\d{{1,4}}[A-Za-z]?),?\s+((?:[Tt]he\s+)?(?:[A-Z][a-z']{{2,}}(?:{suffix})|Broadway|Shambles|Esplanade|Promenade|Parade|Strand|Headrow|Calls|Pavement|Poultry|Causeway|Quayside|Mall|Crescent|Square|Green|Avenue|Close|Terrace|Cornmarket|Lawnmarket|Grassmarket|Haymarket|Stonebow|Embankment|Groat|Wynd|Vennel|Mews|Brae|Lane))\b"
            )),
            cued: regex(&format!(
                r"{cue}\s+(\d{{1,3}}[A-Za-z]?),?\s+((?:[Tt]he\s+)?[A-Z][A-Za-z']{{2,}})\b"
            )),
            leading_numbered: regex(&format!(
                r"(?i)\b(\d{{1,4}}[a-z]?),?\s+((?:y\s+|yr\s+|an\s+t-?\s*|an\s+)?(?:{LEADING})\s+[a-z])"
            )),
            leading_capitalised: regex(&format!(
                r"\b(?:(?:(?i:{LEADING})\s+(?:y\s+|yr\s+|an\s+|a'\s+|na\s+|nam\s+|Ui\s+)*[A-Z][a-z])|(?:\d{{1,4}}[A-Za-z]?,?\s+(?:{LEADING_AMBIGUOUS})[\s-]+(?:y[\s-]+|yr[\s-]+)?[A-Za-z]{{2,}}))"
            )),
            number_after: regex(&format!(
                r"(?i)\b([a-z']{{3,}})\s+(?:{STREET})\.?\s*,?\s*(?:no\.?|number|nr\.?|#)?\s*(\d{{1,4}}[a-z]?)\b"
            )),
            beside: regex(
                r"(?i)\b(?:opposite|next to|next door to|beside|behind|near|above|below|outside|by|at|to|between)\s+(?:the\s+)?(?:no\.?|number|nos\.?|numbers|house|flat|door|house number)\s*(\d{1,4}[a-z]?)\b",
            ),
            flat: regex(
                r"(?i)\b(?:(?:flat|apartment|apt\.?)\s+\d{1,4}[a-f]?\b|(?:unit|room|suite)\s+\d{1,4}[a-z]?,\s*\d{1,4}\b|(?:flat|apartment|apt\.?|unit)\s+(?:\d{1,4}[a-z]?|[a-z]),?\s+(?-i:[A-Z][a-z]+|\d))",
            ),
            unnumbered: regex(
                r"\b[A-Z][A-Za-z'\-]+\s+(?:Street|Road|Lane|Avenue|Terrace|Crescent|Mews|Rd|Ave|Wynd|Vennel|Boulevard|Blvd)\b",
            ),
        }
    })
}

/// Returns the first part of a text that looks like an address with a number.
pub(super) fn find_numbered(text: &str) -> Option<&str> {
    let patterns = patterns();
    let numbered = [
        &patterns.numbered,
        &patterns.capitalised,
        &patterns.cued_small,
        &patterns.one_word,
        &patterns.cued,
        &patterns.leading_numbered,
    ];
    find_first(&numbered, text)
        .or_else(|| {
            let mut found = patterns.number_after.captures_iter(text);
            let found = found.find(|part| is_number_after(text, part));
            found.and_then(|part| part.get(0))
        })
        .or_else(|| patterns.beside.find(text))
        .or_else(|| patterns.flat.find(text))
        .map(|part| part.as_str())
}

/// Returns the first part of a text, whose numbers were words, that looks like an address.
/// Only with capital letters: "one quiet street" is not an address, and neither is the One
/// Stop Centre.
pub(super) fn find_in_words(text: &str) -> Option<&str> {
    let patterns = patterns();
    let found = find_first(&[&patterns.numbered, &patterns.leading_numbered], text);
    let found = found.map(|part| part.as_str()).filter(|part| {
        let mut words = part.split_whitespace().skip(1);
        words.any(|word| word.starts_with(|c: char| c.is_ascii_uppercase()))
    });
    found.or_else(|| patterns.beside.find(text).map(|part| part.as_str()))
}

fn find_first<'t>(patterns: &[&Regex], text: &'t str) -> Option<Match<'t>> {
    patterns.iter().find_map(|pattern| {
        let found = pattern.captures_iter(text).find(is_address);
        found.and_then(|part| part.get(0))
    })
}

/// Returns the first street without a number. Organisations are called after streets, so a
/// name may contain one.
pub(super) fn find_unnumbered(text: &str) -> Option<&str> {
    let patterns = patterns();
    let found = patterns.unnumbered.find(text);
    found
        .or_else(|| patterns.leading_capitalised.find(text))
        .map(|part| part.as_str())
}

/// "3 sessions a week on the high street" is not an address, and neither is "at 7 Sharp".
fn is_address(part: &Captures<'_>) -> bool {
    let number = part.get(1).map_or("", |number| number.as_str());
    // "in 2026 Leeds Park": a year.
    let is_year = number.len() == 4 && matches!(number.get(..2), Some("19" | "20"));
    let mut words = part
        .get(2)
        .map_or("", |words| words.as_str())
        .split_whitespace();
    !is_year
        && words.all(|word| {
            let word = word.trim_matches(['.', ',']).to_lowercase();
            !NOT_STREET_WORDS.contains(&word.as_str())
        })
}

/// "on the high street 7 days a week" is not an address.
fn is_number_after(text: &str, part: &Captures<'_>) -> bool {
    let (Some(first), Some(number)) = (part.get(1), part.get(2)) else {
        return false;
    };
    let rest = text.get(number.end()..).unwrap_or_default();
    let next: String = rest
        .trim_start()
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let is_measure = rest.starts_with([':', '.', '%', '-', '/'])
        && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    let digits = number.as_str();
    let is_year = digits.len() == 4 && digits.starts_with(['1', '2']);
    let is_time = digits.ends_with(['p', 'P']);
    let small = number.as_str().to_lowercase();
    !is_measure
        && !is_year
        && !is_time
        && !small.ends_with("am")
        && !["the", "and", "this", "that", "our", "your"].contains(&first.as_str())
        && !NOT_STREET_WORDS.contains(&next.to_lowercase().as_str())
}

/// Words that do not occur between a house number and its street, nor after the number.
const NOT_STREET_WORDS: [&str; 119] = [
    "a",
    "about",
    "adults",
    "after",
    "am",
    "an",
    "and",
    "april",
    "are",
    "as",
    "at",
    "august",
    "bus",
    "but",
    "by",
    "children",
    "christmas",
    "daily",
    "day",
    "days",
    "december",
    "each",
    "events",
    "every",
    "families",
    "february",
    "feb",
    "for",
    "free",
    "friday",
    "fri",
    "from",
    "group",
    "groups",
    "has",
    "have",
    "hour",
    "hours",
    "if",
    "in",
    "into",
    "is",
    "it",
    "jan",
    "january",
    "july",
    "june",
    "km",
    "local",
    "march",
    "may",
    "meetings",
    "members",
    "metres",
    "miles",
    "min",
    "mins",
    "minute",
    "minutes",
    "mon",
    "monday",
    "mondays",
    "month",
    "months",
    "more",
    "nights",
    "november",
    "o'clock",
    "october",
    "of",
    "off",
    "on",
    "open",
    "or",
    "other",
    "others",
    "our",
    "people",
    "per",
    "places",
    "pm",
    "saturday",
    "sat",
    "september",
    "sept",
    "sessions",
    "sharp",
    "steps",
    "sunday",
    "sun",
    "support",
    "that",
    "their",
    "then",
    "thursday",
    "thurs",
    "time",
    "times",
    "to",
    "tuesday",
    "tues",
    "until",
    "volunteers",
    "was",
    "we",
    "wednesday",
    "wed",
    "week",
    "weeks",
    "were",
    "when",
    "where",
    "with",
    "women",
    "year",
    "years",
    "young",
    "you",
    "your",
];
