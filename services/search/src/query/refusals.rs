//! What a person does not want: `not AA`, `without religion`.

use std::ops::Range;

use crate::analysis::query_words::QueryWord;
use crate::analysis::synonyms::{MAX_PHRASE_WORDS, find_phrase};

/// Words after which something is refused, each with whether it also says that something is
/// missing, as in `no dementia support here`.
const REFUSING: [(&str, bool); 9] = [
    ("not", false),
    ("isnt", false),
    ("arent", false),
    ("without", true),
    ("no", true),
    ("non", true),
    ("except", false),
    ("hate", false),
    ("dont", true),
];
/// Words between that and what is refused.
const SKIPPED: [&str; 14] = [
    "a", "an", "the", "any", "another", "in", "at", "like", "run", "by", "from", "into", "with",
    "want",
];
const MAX_SKIPPED: usize = 3;
/// Letters of a group's initials, such as AA and CAB.
const MAX_INITIALS: usize = 3;
/// Words that are refused alone, besides the names of groups and approaches.
const REFUSED: &str = "\
    aa alcohol bar bars church churches counselling counsellor counsellors doctor doctors facebook god \
    gym kids medication meds men nhs online phone pub pubs religion religious steps strangers therapist \
    therapists therapy women zoom";
/// Groups of the vocabulary that are ways and places of doing things. What a person lives with is
/// seldom refused, and often missed.
const REFUSED_GROUPS: [&str; 4] = ["approach:", "setting:", "activity:", "organisation-form:"];

/// Returns the positions of the words of each thing that is refused.
pub fn refused(words: &[QueryWord]) -> Vec<Range<usize>> {
    let found = (0..words.len()).filter_map(|at| {
        let Refusal { skipped, length } = refusal(&words[at..])?;
        Some(at + skipped..at + skipped + length)
    });
    let mut all: Vec<Range<usize>> = Vec::new();
    for range in found {
        if all.last().is_none_or(|last| last.end <= range.start) {
            all.push(range);
        }
    }
    all
}

/// What is refused at the start of some words.
struct Refusal {
    /// The words before it.
    skipped: usize,
    /// Its words.
    length: usize,
}

fn refusal(words: &[QueryWord]) -> Option<Refusal> {
    let first = words.first()?.form.as_str();
    let (_, may_be_missing) = REFUSING.iter().find(|(word, _)| *word == first)?;
    let mut skipped = 1;
    while skipped <= MAX_SKIPPED && SKIPPED.contains(&words.get(skipped)?.form.as_str()) {
        skipped += 1;
    }
    let rest = &words[skipped..];
    for length in (1..=rest.len().min(MAX_PHRASE_WORDS)).rev() {
        let Some(phrase) = find_phrase(&rest[..length]) else {
            continue;
        };
        let is_way = phrase
            .tags
            .iter()
            .any(|tag| REFUSED_GROUPS.iter().any(|group| tag.starts_with(group)));
        // A name such as AA has no tag of its own.
        let is_name = phrase.tags.is_empty() && length == 1 && rest[0].form.len() <= MAX_INITIALS;
        if is_way || (!may_be_missing && is_name) {
            return Some(Refusal { skipped, length });
        }
    }
    let is_listed = |form: &str| REFUSED.split_whitespace().any(|word| word == form);
    let form = rest.first()?.form.as_str();
    is_listed(form).then_some(Refusal { skipped, length: 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::query_words::query_words;

    fn first(query: &str) -> Option<String> {
        let words = query_words(query);
        let range = refused(&words).into_iter().next()?;
        let forms: Vec<&str> = words[range].iter().map(|word| word.form.as_str()).collect();
        Some(forms.join(" "))
    }

    #[test]
    fn ways_and_names_are_refused() {
        for (query, expected) in [
            ("cut down drinking but not AA", "aa"),
            ("anxiety group not run by the NHS", "nhs"),
            ("meditation without religion", "religion"),
            ("grief group, no church", "church"),
            ("somewhere that isn't a pub", "pub"),
            ("not online", "on line"),
            ("carers group, not twelve steps", "twelve steps"),
            ("I don't want counselling", "counselling"),
        ] {
            assert_eq!(first(query).as_deref(), Some(expected), "{query}");
        }
    }

    #[test]
    fn what_is_missing_is_not_refused() {
        for query in [
            "there is no dementia support here",
            "without a carer",
            "not sure what to do",
            "not only anxiety",
            "no referral needed",
            "no money",
        ] {
            assert_eq!(first(query), None, "{query}");
        }
    }
}
