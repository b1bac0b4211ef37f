//! The words of a query, parsed without an index.

use std::ops::Range;

use crate::analysis::query_words::{QueryWord, compound_length, query_words, terms};
use crate::analysis::synonyms::{
    MAX_PHRASE_WORDS, Phrase, find_phrase, find_saying, is_known_form,
};
use crate::analysis::word_lists::{
    group_around, is_filler, is_relative, is_someones_relative, is_stop_word, is_time,
};

/// Words among which a possessive makes a relative someone's.
const MAX_BEFORE_RELATIVE: usize = 2;

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
    /// Its stems, without stop words. A compound is one.
    pub stems: Vec<String>,
    /// A single word as typed, in lower case and without accents, unless the vocabulary has
    /// it: only such a word may be misspelt.
    pub form: Option<String>,
    /// The bytes of the query that it was read from.
    pub range: Range<usize>,
    /// Whether nothing follows it, so that it may be the beginning of a longer word.
    pub may_be_prefix: bool,
    pub phrase: Option<&'static Phrase>,
    /// What people say about themselves, with the words that groups use for it.
    pub saying: Option<&'static Phrase>,
    /// Whether a document matches without it.
    pub optional: bool,
    /// Whether it is a relative: no subject where there is another one.
    pub is_relative: bool,
    /// Whether it only says when.
    pub is_time: bool,
    /// For someone's relative: the word of groups for those around them.
    pub around: Option<&'static str>,
}

impl QueryTerms {
    /// Parses a query; `None` if it is blank.
    pub fn parse(query: &str) -> Option<Self> {
        if query.trim().is_empty() {
            return None;
        }
        let words = query_words(query);
        let mut terms: Vec<QueryTerm> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let mut found = Match::longest(&words[at..]);
            if found.length == 1 && is_filler(&words[at].form) {
                // A filler alone has little meaning, even if a tag has that name.
                found = Match::WORD;
            }
            let length = found.length;
            let term_words = &words[at..at + length];
            let is_stop = |word: &QueryWord| is_stop_word(&word.form);
            if length > 1 || found.is_known() || !term_words.iter().all(is_stop) {
                let mut term = term(query, term_words, found);
                // `my mum`, `my elderly mum`
                let before = &words[at.saturating_sub(MAX_BEFORE_RELATIVE)..at];
                let mut before = before.iter().map(|word| &word.form);
                if length == 1 && is_someones_relative(&mut before, &words[at].form) {
                    term.optional = true;
                    term.around = Some(group_around(&words[at].form));
                }
                terms.push(term);
            }
            at += length;
        }
        if terms.is_empty() {
            // In a query of nothing but stop words they are its subject.
            terms = (0..words.len())
                .map(|at| term(query, &words[at..=at], Match::WORD))
                .collect();
        } else if let Some(last) = terms.last_mut() {
            last.may_be_prefix = query[last.range.end..].is_empty();
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

/// The words that make a term, by what is known of them.
#[derive(Clone, Copy)]
struct Match {
    length: usize,
    phrase: Option<&'static Phrase>,
    saying: Option<&'static Phrase>,
}

impl Match {
    const WORD: Self = Self {
        length: 1,
        phrase: None,
        saying: None,
    };

    /// Finds the longest saying, vocabulary phrase or compound at the start.
    fn longest(words: &[QueryWord]) -> Self {
        let (length, phrase) = longest_phrase(words);
        let saying = find_saying(words);
        match (phrase, saying) {
            (_, Some((span, saying))) if phrase.is_none() || span > length => Self {
                length: span,
                phrase: None,
                saying: Some(saying),
            },
            (Some(_), saying) => Self {
                length,
                phrase,
                saying: saying
                    .filter(|(span, _)| *span == length)
                    .map(|(_, saying)| saying),
            },
            (None, _) => Self {
                length: compound_length(words).max(1),
                ..Self::WORD
            },
        }
    }

    fn is_known(self) -> bool {
        self.phrase.is_some() || self.saying.is_some()
    }
}

/// Returns the length of the longest vocabulary phrase at the start, or of one word.
fn longest_phrase(words: &[QueryWord]) -> (usize, Option<&'static Phrase>) {
    for length in (1..=words.len().min(MAX_PHRASE_WORDS)).rev() {
        if let Some(phrase) = find_phrase(&words[..length]) {
            return (length, Some(phrase));
        }
    }
    (1, None)
}

fn term(query: &str, words: &[QueryWord], found: Match) -> QueryTerm {
    let from = words.first().map_or(0, |word| word.from);
    let to = words.last().map_or(0, |word| word.to);
    // A saying as documents write it: `computer`, not `use a computer`.
    let has_meaning = |word: &&QueryWord| !is_filler(&word.form) && !is_stop_word(&word.form);
    let content: Vec<QueryWord> = match (found.phrase, found.saying) {
        (None, Some(_)) => words.iter().filter(has_meaning).cloned().collect(),
        _ => Vec::new(),
    };
    let content = if content.is_empty() { words } else { &content };
    QueryTerm {
        typed: query[from..to].to_owned(),
        stems: terms(content),
        form: match words {
            [word] if !found.is_known() && !is_known_form(&word.form) => Some(word.form.clone()),
            _ => None,
        },
        range: from..to,
        may_be_prefix: false,
        optional: !found.is_known() && words.iter().all(|word| is_filler(&word.form)),
        phrase: found.phrase,
        saying: found.saying,
        is_relative: matches!(words, [word] if is_relative(&word.form)),
        is_time: matches!(words, [word] if !found.is_known() && is_time(&word.form)),
        around: None,
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
    fn sentences_are_read_by_their_subject() {
        assert_eq!(
            typed("I am feeling very low and need someone to talk to"),
            ["feeling very low", "someone to talk"]
        );
        assert_eq!(typed("does anyone have a dropin?"), ["dropin"]);
        let parsed = QueryTerms::parse("my mum has dementia").unwrap();
        let terms: Vec<_> = parsed
            .terms
            .iter()
            .map(|term| (term.typed.as_str(), term.optional))
            .collect();
        assert_eq!(terms, [("mum", true), ("dementia", false)]);
        assert!(!QueryTerms::parse("mum").unwrap().terms[0].optional);
        assert!(!QueryTerms::parse("groups for mums").unwrap().terms[1].optional);
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
