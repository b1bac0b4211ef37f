//! English word lists: stop words, fillers and irregular plurals.

/// Words without meaning for a search. They are indexed, but dropped from a query that has
/// other words.
const STOP_WORDS: [&str; 40] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "for", "from", "have",
    "i", "if", "in", "into", "is", "it", "me", "my", "of", "on", "or", "our", "so", "some", "that",
    "the", "their", "there", "these", "they", "this", "to", "was", "we", "who", "with",
];

/// Words that phrase a query rather than say its subject: they raise the score of documents
/// that have them, and no document needs them.
const FILLERS: [&str; 33] = [
    "about",
    "any",
    "anyone",
    "find",
    "get",
    "group",
    "groups",
    "help",
    "how",
    "im",
    "local",
    "looking",
    "near",
    "need",
    "other",
    "others",
    "people",
    "person",
    "place",
    "places",
    "please",
    "someone",
    "something",
    "somewhere",
    "support",
    "talk",
    "talking",
    "want",
    "what",
    "when",
    "where",
    "would",
    "you",
];

/// Words whose plural no stemmer handles, and number words, each with its other forms.
const IRREGULAR: [(&str, &[&str]); 4] = [
    ("woman", &["women", "womens", "womans"]),
    ("man", &["men", "mens", "mans"]),
    ("child", &["children", "childrens", "childs"]),
    ("12", &["twelve"]),
];

/// Whether a lower-case word has no meaning for a search.
pub fn is_stop_word(form: &str) -> bool {
    STOP_WORDS.contains(&form)
}

/// Whether a lower-case word is optional in a query that has other words.
pub fn is_filler(form: &str) -> bool {
    FILLERS.contains(&form)
}

/// Returns the base of an irregular form, whatever its case.
pub fn irregular_base(form: &str) -> Option<&'static str> {
    IRREGULAR
        .iter()
        .find(|(_, others)| others.iter().any(|other| form.eq_ignore_ascii_case(other)))
        .map(|(base, _)| *base)
}

/// Returns the singular of a lower-case word without accents. Unlike a stem it keeps every
/// other ending: `prisoners` becomes `prisoner`, not `prison`.
pub fn singular(form: &str) -> String {
    if let Some((base, _)) = IRREGULAR
        .iter()
        .find(|(base, others)| *base == form || others.contains(&form))
    {
        return (*base).to_owned();
    }
    if let Some(stem) = form.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    let without_s = form
        .strip_suffix('s')
        .filter(|rest| rest.len() > 2 && !rest.ends_with(['s', 'u', 'i']));
    without_s.unwrap_or(form).to_owned()
}
