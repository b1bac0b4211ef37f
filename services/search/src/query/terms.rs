//! The words of a query, parsed without an index.

use crate::analysis::synonyms::{MAX_PHRASE_WORDS, Phrase, find_phrase, is_known_form};
use crate::analysis::tokenizer::{Word, forms, tokenize};
use crate::analysis::word_lists::{is_filler, is_stop_word};

/// The terms of a query. A document matches if it has each of them, or an expansion of it.
///
/// It contains a seeker's words, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct QueryTerms {
    pub(crate) terms: Vec<QueryTerm>,
}

/// A word, or a phrase of the vocabulary.
#[derive(Clone)]
pub(crate) struct QueryTerm {
    /// The text as typed.
    pub typed: String,
    /// Its stems, without stop words.
    pub stems: Vec<String>,
    /// A single word as typed, in lower case and without accents, unless the vocabulary has
    /// it: only such a word may be misspelt.
    pub form: Option<String>,
    /// Whether nothing follows it, so that it may be the beginning of a longer word.
    pub may_be_prefix: bool,
    pub phrase: Option<&'static Phrase>,
    /// Whether a document matches without it.
    pub optional: bool,
}

impl QueryTerms {
    /// Parses a query; `None` if it is blank.
    pub fn parse(query: &str) -> Option<Self> {
        if query.trim().is_empty() {
            return None;
        }
        let words = tokenize(query);
        let forms = forms(query);
        let mut terms: Vec<QueryTerm> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let (length, phrase) = match longest_phrase(&words[at..], &forms[at..]) {
                // A filler alone has little meaning, even if a tag has that name.
                (1, _) if is_filler(&forms[at]) => (1, None),
                longest => longest,
            };
            let term_words = &words[at..at + length];
            let term_forms = &forms[at..at + length];
            if phrase.is_some() || !term_forms.iter().all(|form| is_stop_word(form)) {
                let is_last = at + length == words.len();
                terms.push(term(query, term_words, term_forms, phrase, is_last));
            }
            at += length;
        }
        if terms.is_empty() {
            // In a query of nothing but stop words they are its subject.
            terms = (0..words.len())
                .map(|at| term(query, &words[at..=at], &forms[at..=at], None, false))
                .collect();
        }
        if terms.iter().all(|term| term.optional) {
            for term in &mut terms {
                term.optional = false;
            }
        }
        let mut distinct: Vec<QueryTerm> = Vec::new();
        for term in terms {
            if !distinct.iter().any(|other| other.stems == term.stems) {
                distinct.push(term);
            }
        }
        Some(Self { terms: distinct })
    }

    /// Counts the distinct words, without stop words.
    pub fn word_count(&self) -> usize {
        self.terms.iter().map(|term| term.stems.len()).sum()
    }

    /// The stems of the words as typed, without expansions.
    pub fn stems(&self) -> impl Iterator<Item = &String> {
        self.terms.iter().flat_map(|term| &term.stems)
    }
}

/// Returns the length of the longest vocabulary phrase at the start, or of one word.
fn longest_phrase(words: &[Word], forms: &[String]) -> (usize, Option<&'static Phrase>) {
    for length in (1..=words.len().min(MAX_PHRASE_WORDS)).rev() {
        let stems: Vec<String> = words[..length]
            .iter()
            .map(|word| word.stem.clone())
            .collect();
        if let Some(phrase) = find_phrase(&stems, &forms[..length]) {
            return (length, Some(phrase));
        }
    }
    (1, None)
}

fn term(
    query: &str,
    words: &[Word],
    forms: &[String],
    phrase: Option<&'static Phrase>,
    is_last: bool,
) -> QueryTerm {
    let from = words.first().map_or(0, |word| word.from);
    let to = words.last().map_or(0, |word| word.to);
    let content_words = words
        .iter()
        .zip(forms)
        .filter(|(_, form)| words.len() == 1 || !is_stop_word(form));
    let is_at_end = query[to..].is_empty();
    QueryTerm {
        typed: query[from..to].to_owned(),
        stems: content_words.map(|(word, _)| word.stem.clone()).collect(),
        form: match forms {
            [form] if phrase.is_none() && !is_known_form(form) => Some(form.clone()),
            _ => None,
        },
        may_be_prefix: is_last && is_at_end,
        optional: phrase.is_none() && forms.iter().all(|form| is_filler(form)),
        phrase,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(query: &str) -> Vec<String> {
        QueryTerms::parse(query)
            .map(|parsed| parsed.terms.into_iter().map(|term| term.typed).collect())
            .unwrap_or_default()
    }

    #[test]
    fn vocabulary_phrases_stay_together_and_stop_words_are_dropped() {
        assert_eq!(
            typed("a group for people of colour and the somali"),
            ["group", "people of colour", "somali"]
        );
        assert_eq!(typed("the the"), ["the"]);
        assert!(typed("?!").is_empty());
        assert!(QueryTerms::parse(" ").is_none());
        assert!(QueryTerms::parse("?!").is_some());
    }

    #[test]
    fn fillers_are_optional_unless_they_are_the_whole_query() {
        let optional = |query: &str| -> Vec<bool> {
            let parsed = QueryTerms::parse(query).unwrap();
            parsed.terms.iter().map(|term| term.optional).collect()
        };
        assert_eq!(optional("knitting group"), [false, true]);
        assert_eq!(optional("group"), [false]);
    }

    #[test]
    fn only_the_last_word_may_be_a_prefix_and_known_words_are_never_misspelt() {
        let parsed = QueryTerms::parse("knit gard").unwrap();
        assert_eq!(
            parsed
                .terms
                .iter()
                .map(|term| term.may_be_prefix)
                .collect::<Vec<_>>(),
            [false, true]
        );
        let finished = QueryTerms::parse("gard ").unwrap();
        assert!(!finished.terms[0].may_be_prefix);
        assert_eq!(QueryTerms::parse("lgbt").unwrap().terms[0].form, None);
    }
}
