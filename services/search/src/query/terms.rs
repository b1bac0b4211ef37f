//! The words of a query, parsed without an index.

use std::ops::Range;

use crate::analysis::needs::{FoundNeed, find_needs};
use crate::analysis::query_words::{QueryWord, compound_length, query_words, terms};
use crate::analysis::synonyms::{
    MAX_PHRASE_WORDS, Phrase, find_phrase, find_saying, is_known_form,
};
use crate::analysis::word_lists::{
    group_around, is_filler, is_relative, is_someones_relative, is_stop_word, is_time,
};
use crate::query::refusals::refused;

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
    /// Words of groups for more than this, if nearly nothing else matches.
    pub broader: Option<&'static Phrase>,
    /// Whether it is what a person does not want: `not AA`.
    pub is_refused: bool,
}

impl QueryTerms {
    /// Parses a query; `None` if it is blank.
    pub fn parse(query: &str) -> Option<Self> {
        if query.trim().is_empty() {
            return None;
        }
        let words = query_words(query);
        let mut terms: Vec<QueryTerm> = Vec::new();
        let mut is_taken = vec![false; words.len()];
        for range in refused(&words) {
            is_taken[range.clone()].fill(true);
            let words = &words[range];
            terms.push(QueryTerm {
                is_refused: true,
                ..term(query, words, Match::longest(words))
            });
        }
        // Needs whose words are a phrase of the vocabulary, by their first position.
        let mut named: Vec<(usize, &'static Phrase)> = Vec::new();
        for mut found in find_needs(&words) {
            found.positions.retain(|position| !is_taken[*position]);
            let (Some(&first), Some(&last)) = (found.positions.first(), found.positions.last())
            else {
                continue;
            };
            // Records name it by these words, or a saying has them. Other words for it count if
            // few records match.
            let own = &words[first..=last];
            let known = Match::longest(own);
            let is_known = known.is_known() && known.length == own.len();
            if is_known || found.positions.len() == own.len() {
                let is_phrase = known.phrase.is_some_and(|phrase| phrase.is_subject);
                let broader = match is_phrase && is_known {
                    true => &found.need.broader,
                    false => &found.need.all,
                };
                if !found.need.phrase.is_general {
                    named.push((first, broader));
                }
                continue;
            }
            for position in &found.positions {
                is_taken[*position] = true;
            }
            terms.extend(named_in_need(query, &words, &found));
            terms.push(need_term(query, &words, &found));
        }
        let mut at = 0;
        while at < words.len() {
            if is_taken[at] {
                at += 1;
                continue;
            }
            let free = is_taken[at..].iter().take_while(|taken| !**taken).count();
            let count = terms.len();
            let length = add_longest(query, &words, at, at + free, &mut terms);
            let within = |(first, _): &&(usize, _)| (at..at + length).contains(first);
            if let (Some(added), Some((_, broader))) =
                (terms.get_mut(count), named.iter().find(within))
            {
                added.broader = Some(broader);
            }
            at += length;
        }
        terms.sort_by_key(|term| term.range.start);
        if terms.is_empty() {
            // In a query of nothing but stop words they are its subject.
            terms = (0..words.len())
                .map(|at| term(query, &words[at..=at], Match::WORD))
                .collect();
        } else if let Some(last) = terms.last_mut() {
            last.may_be_prefix = query[last.range.end..].is_empty();
        }
        let is_subject = |term: &QueryTerm| !term.is_general() && !term.optional && term.is_known();
        // Beside a need, how the person feels is a reason and no other subject.
        let is_need = |term: &QueryTerm| term.saying.is_some_and(|saying| saying.is_need);
        if terms.iter().any(|term| is_need(term) && is_subject(term)) {
            let is_feeling = |term: &&mut QueryTerm| {
                term.saying.is_some() && !is_need(term) && term.stems.len() == 1
            };
            for term in terms.iter_mut().filter(is_feeling) {
                term.optional = true;
            }
        }
        if terms.iter().any(is_subject) {
            terms.retain(|term| !term.is_general());
        }
        if terms.iter().all(|term| term.optional || term.is_refused) {
            for term in &mut terms {
                term.optional = false;
            }
        }
        let mut distinct: Vec<QueryTerm> = Vec::new();
        for term in terms {
            match distinct.iter_mut().find(|other| other.stems == term.stems) {
                Some(other) if other.optional && !term.optional => *other = term,
                Some(_) => {}
                None => distinct.push(term),
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

impl QueryTerm {
    /// Whether everybody may want it.
    fn is_general(&self) -> bool {
        self.saying.is_some_and(|saying| saying.is_general)
    }

    /// Whether the vocabulary or a need has it.
    fn is_known(&self) -> bool {
        self.phrase.is_some_and(|phrase| phrase.is_subject)
            || self.saying.is_some_and(|saying| saying.is_subject)
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

/// Adds the longest term that begins at a word and ends before another. Returns the number of
/// words that it has, also if it has no meaning and is not added.
fn add_longest(
    query: &str,
    words: &[QueryWord],
    at: usize,
    end: usize,
    terms: &mut Vec<QueryTerm>,
) -> usize {
    let mut found = Match::longest(&words[at..end]);
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
    length
}

/// The term of a need.
fn need_term(query: &str, words: &[QueryWord], found: &FoundNeed) -> QueryTerm {
    let own: Vec<QueryWord> = found
        .positions
        .iter()
        .map(|at| words[*at].clone())
        .collect();
    let (from, to) = match (own.first(), own.last()) {
        (Some(first), Some(last)) => (first.from, last.to),
        _ => (0, 0),
    };
    let known = Match {
        length: own.len(),
        phrase: None,
        saying: Some(&found.need.phrase),
    };
    QueryTerm {
        typed: query[from..to].to_owned(),
        // Further words may be between its own.
        range: own.first().map_or(0..0, |first| first.from..first.to),
        broader: Some(&found.need.broader),
        ..term(query, &own, known)
    }
}

/// The phrases of the vocabulary among the words of a need: `dementia` of `mum has dementia`. A
/// record with them fits better, and none needs them.
fn named_in_need(query: &str, words: &[QueryWord], found: &FoundNeed) -> Vec<QueryTerm> {
    let mut named = Vec::new();
    let mut at = 0;
    let positions = &found.positions;
    while at < positions.len() {
        let run = (at..positions.len())
            .take_while(|other| positions[*other] == positions[at] + (other - at))
            .count();
        let run = &words[positions[at]..positions[at] + run];
        let (length, phrase) = longest_phrase(run);
        if let Some(phrase) = phrase.filter(|phrase| phrase.is_subject) {
            let known = Match {
                length,
                phrase: Some(phrase),
                saying: None,
            };
            named.push(QueryTerm {
                optional: true,
                ..term(query, &run[..length], known)
            });
        }
        at += length;
    }
    named
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
        broader: None,
        is_refused: false,
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
        assert_eq!(terms, [("mum has dementia", false), ("dementia", true)]);
        assert!(!QueryTerms::parse("mum").unwrap().terms[0].optional);
        let parsed = QueryTerms::parse("groups for mums").unwrap();
        assert!(
            !parsed
                .terms
                .iter()
                .any(|term| term.typed.contains("mums") && term.optional)
        );
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
