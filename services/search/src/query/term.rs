//! A term of a query, and the words that make one.

use std::ops::Range;

use crate::analysis::query_words::{QueryWord, compound_length, terms};
use crate::analysis::synonyms::{
    MAX_PHRASE_WORDS, Phrase, find_phrase, find_saying, is_known_form,
};
use crate::analysis::word_lists::{is_filler, is_relative, is_stop_word, is_time};

/// A word, or a phrase of the vocabulary.
#[derive(Clone)]
pub struct QueryTerm {
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
    /// Words of groups for more than this, if nearly nothing else matches.
    pub broader: Option<&'static Phrase>,
    /// Whether it is what a person does not want: `not AA`.
    pub is_refused: bool,
}

impl QueryTerm {
    /// Whether everybody may want it.
    pub fn is_general(&self) -> bool {
        self.saying.is_some_and(|saying| saying.is_general)
    }

    /// Whether it is a need.
    pub fn is_need(&self) -> bool {
        self.saying.is_some_and(|saying| saying.is_need)
    }

    /// Whether the vocabulary or a need has it.
    pub fn is_known(&self) -> bool {
        self.phrase.is_some_and(|phrase| phrase.is_subject)
            || self.saying.is_some_and(|saying| saying.is_subject)
    }
}

/// The words that make a term, by what is known of them.
#[derive(Clone, Copy)]
pub struct Match {
    pub length: usize,
    pub phrase: Option<&'static Phrase>,
    pub saying: Option<&'static Phrase>,
}

impl Match {
    pub const WORD: Self = Self {
        length: 1,
        phrase: None,
        saying: None,
    };

    /// Finds the longest saying, vocabulary phrase or compound at the start.
    pub fn longest(words: &[QueryWord]) -> Self {
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

    pub fn is_known(self) -> bool {
        self.phrase.is_some() || self.saying.is_some()
    }
}

/// Returns the length of the longest vocabulary phrase at the start, or of one word.
pub fn longest_phrase(words: &[QueryWord]) -> (usize, Option<&'static Phrase>) {
    for length in (1..=words.len().min(MAX_PHRASE_WORDS)).rev() {
        if let Some(phrase) = find_phrase(&words[..length]) {
            return (length, Some(phrase));
        }
    }
    (1, None)
}

pub fn term(query: &str, words: &[QueryWord], found: Match) -> QueryTerm {
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
        broader: None,
        is_refused: false,
    }
}
