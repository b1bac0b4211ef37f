//! The words of a query, parsed without an index.

use crate::analysis::query_words::{QueryWord, query_words};
use crate::analysis::word_lists::{
    group_around, is_aside, is_filler, is_relative, is_someones_relative, is_stop_word,
};
use crate::query::need_terms::NeedTerms;
use crate::query::refusals::refused;
use crate::query::term::{Match, QueryTerm, term};

/// Words among which a possessive makes a relative someone's.
const MAX_BEFORE_RELATIVE: usize = 2;

/// The terms of a query. A document matches if it has each of them, or an expansion of it.
///
/// It contains a seeker's words, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct QueryTerms {
    pub(crate) terms: Vec<QueryTerm>,
}

/// A query whose words become terms.
struct Parser<'a> {
    query: &'a str,
    words: &'a [QueryWord],
    /// Whether a word is in a term already.
    is_taken: Vec<bool>,
    terms: Vec<QueryTerm>,
    needs: NeedTerms,
}

impl QueryTerms {
    /// Parses a query; `None` if it is blank.
    pub fn parse(query: &str) -> Option<Self> {
        if query.trim().is_empty() {
            return None;
        }
        let words = query_words(query);
        let mut parser = Parser::new(query, &words);
        parser.add_others();
        let mut terms = parser.terms;
        terms.sort_by_key(|term| term.range.start);
        if terms.is_empty() {
            // In a query of nothing but stop words they are its subject.
            terms = (0..words.len())
                .map(|at| term(query, &words[at..=at], Match::WORD))
                .collect();
        } else if let Some(last) = terms.last_mut() {
            last.may_be_prefix = query[last.range.end..].is_empty();
        }
        weigh(&mut terms);
        Some(Self {
            terms: distinct(terms),
        })
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

impl<'a> Parser<'a> {
    /// Begins with what is refused, and with needs.
    fn new(query: &'a str, words: &'a [QueryWord]) -> Self {
        let mut is_taken = vec![false; words.len()];
        let mut terms = Vec::new();
        for range in refused(words) {
            is_taken[range.clone()].fill(true);
            let words = &words[range];
            terms.push(QueryTerm {
                is_refused: true,
                ..term(query, words, Match::longest(words))
            });
        }
        let mut needs = NeedTerms::find(query, words, &mut is_taken);
        terms.append(&mut needs.terms);
        Self {
            query,
            words,
            is_taken,
            terms,
            needs,
        }
    }

    /// Adds the terms of the other words.
    fn add_others(&mut self) {
        let mut at = 0;
        while at < self.words.len() {
            if self.is_taken[at] {
                at += 1;
                continue;
            }
            let free = self.is_taken[at..].iter().take_while(|taken| !**taken);
            let end = at + free.count();
            let count = self.terms.len();
            let length = self.add_longest(at, end);
            let within = |(first, _): &&(usize, _)| (at..at + length).contains(first);
            let named = self.needs.named.iter().find(within);
            if let (Some(added), Some((_, broader))) = (self.terms.get_mut(count), named) {
                added.broader = Some(broader);
            }
            at += length;
        }
    }

    /// Adds the longest term that begins at a word and ends before another. Returns the number of
    /// words that it has, also if it has no meaning and is not added.
    fn add_longest(&mut self, at: usize, end: usize) -> usize {
        let words = self.words;
        let mut found = Match::longest(&words[at..end]);
        if found.length == 1 && is_filler(&words[at].form) {
            // A filler alone has little meaning, even if a tag has that name.
            found = Match::WORD;
        }
        let length = found.length;
        let term_words = &words[at..at + length];
        let is_stop = |word: &QueryWord| is_stop_word(&word.form);
        if length > 1 || found.is_known() || !term_words.iter().all(is_stop) {
            let mut term = term(self.query, term_words, found);
            if length == 1 && self.is_reason(at) {
                term.optional = true;
                term.around = Some(group_around(&words[at].form));
            }
            self.terms.push(term);
        }
        length
    }

    /// Whether a word is a relative for whom a person searches: `my mum`, `my elderly mum`, or
    /// beside what the relative lives with.
    fn is_reason(&self, at: usize) -> bool {
        let form = &self.words[at].form;
        let before = &self.words[at.saturating_sub(MAX_BEFORE_RELATIVE)..at];
        let mut before = before.iter().map(|word| &word.form);
        is_someones_relative(&mut before, form) || (self.needs.has_condition && is_relative(form))
    }
}

/// Decides which terms a document needs, by what else there is.
fn weigh(terms: &mut Vec<QueryTerm>) {
    let is_subject = |term: &QueryTerm| !term.is_general() && !term.optional && term.is_known();
    // Beside a need, how the person feels is a reason and no other subject.
    if terms.iter().any(|term| term.is_need() && is_subject(term)) {
        let is_feeling = |term: &&mut QueryTerm| {
            term.saying.is_some() && !term.is_need() && term.stems.len() == 1
        };
        for term in terms.iter_mut().filter(is_feeling) {
            term.optional = true;
        }
    }
    let is_named = |term: &QueryTerm| term.is_need() || term.broader.is_some();
    if terms.iter().any(|term| is_named(term) && !term.optional) {
        for term in terms.iter_mut() {
            term.optional |=
                !term.is_known() && !is_named(term) && is_aside(&term.typed.to_lowercase());
        }
    }
    if terms.iter().any(is_subject) {
        terms.retain(|term| !term.is_general());
    }
    if terms.iter().all(|term| term.optional || term.is_refused) {
        for term in terms {
            term.optional = false;
        }
    }
}

/// One term of each that has the same words: rather one that a document needs.
fn distinct(terms: Vec<QueryTerm>) -> Vec<QueryTerm> {
    let mut distinct: Vec<QueryTerm> = Vec::new();
    for term in terms {
        match distinct.iter_mut().find(|other| other.stems == term.stems) {
            Some(other) if other.optional && !term.optional => *other = term,
            Some(_) => {}
            None => distinct.push(term),
        }
    }
    distinct
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
