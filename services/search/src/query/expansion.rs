//! Expansion of query terms against one state of the index: synonyms, narrower terms, and
//! corrections of misspelt words.

use tantivy::Searcher;

use crate::analysis::tokenizer::content_stems;
use crate::query::spelling::{Suggestion, suggest};
use crate::query::terms::{QueryTerm, QueryTerms};
use crate::schema::Fields;

/// Weight of the exact tag that a term names: at least that of its name in a text.
pub const EXACT_TAG_WEIGHT: f32 = 1.4;
/// Weight of a synonym, or of a narrower word or tag.
const SYNONYM_WEIGHT: f32 = 0.6;
/// Additional weight of a word in a title.
const TITLE_WEIGHT: f32 = 1.0;

/// Maximum number of words of a query that are corrected or completed: each reads a part of the
/// index's dictionary.
const MAX_SUGGESTED_WORDS: usize = 8;

/// Query terms with their alternatives.
#[derive(Clone, Default)]
pub struct ExpandedTerms {
    pub terms: Vec<ExpandedTerm>,
    /// Stems to highlight in a hit.
    pub highlights: Vec<String>,
    /// Each expanded term as typed, with its alternatives.
    pub expansions: Vec<(String, Vec<String>)>,
}

/// A query term with the ways in which a document can match it.
#[derive(Clone)]
pub struct ExpandedTerm {
    /// Each with its weight.
    pub alternatives: Vec<(f32, Alternative)>,
    /// The stems as typed.
    pub stems: Vec<String>,
    pub optional: bool,
    /// Additional weight in a title.
    pub title_weight: f32,
}

#[derive(Clone)]
pub enum Alternative {
    /// All of these stems.
    Stems(Vec<String>),
    /// This exact tag.
    Tag(String),
}

impl ExpandedTerms {
    /// Expands each term by the vocabulary, and by the words of the index.
    pub fn new(query: &QueryTerms, searcher: &Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let mut suggestions = Vec::with_capacity(query.terms.len());
        let mut unknown_words = 0;
        for term in &query.terms {
            unknown_words += usize::from(term.form.is_some());
            suggestions.push(match unknown_words {
                0..=MAX_SUGGESTED_WORDS => suggest(term, searcher, fields)?,
                _ => Vec::new(),
            });
        }
        let mut expanded = Self::default();
        if let Some(corrected) = correct_to_phrases(query, &suggestions) {
            for (term, suggestions) in query.terms.iter().zip(suggestions) {
                let first = suggestions.into_iter().next();
                expanded
                    .expansions
                    .extend(first.map(|first| (term.typed.clone(), vec![first.form])));
            }
            for term in &corrected.terms {
                expanded.add_term(term, Vec::new());
            }
        } else {
            for (term, suggestions) in query.terms.iter().zip(suggestions) {
                expanded.add_term(term, suggestions);
            }
        }
        Ok(expanded)
    }

    fn add_term(&mut self, term: &QueryTerm, suggestions: Vec<Suggestion>) {
        // Ambiguous stems also match other meanings, so they weigh less than the tag.
        let is_ambiguous = term.phrase.is_some_and(|phrase| phrase.has_ambiguous_stems);
        let own_weight = if is_ambiguous { SYNONYM_WEIGHT } else { 1.0 };
        let mut alternatives = vec![(own_weight, Alternative::Stems(term.stems.clone()))];
        let mut expansions: Vec<String> = Vec::new();
        self.highlights.extend(term.stems.iter().cloned());
        if let Some(phrase) = term.phrase {
            for (weight, tags) in [
                (EXACT_TAG_WEIGHT, &phrase.tags),
                (SYNONYM_WEIGHT, &phrase.narrower),
            ] {
                alternatives.extend(
                    tags.iter()
                        .map(|tag| (weight, Alternative::Tag(tag.clone()))),
                );
            }
            for synonym in &phrase.expansions {
                self.add_words(&mut alternatives, SYNONYM_WEIGHT, synonym);
                expansions.push(synonym.clone());
            }
        }
        for suggestion in suggestions {
            self.add_words(&mut alternatives, suggestion.weight, &suggestion.form);
            expansions.push(suggestion.form);
        }
        if !expansions.is_empty() {
            self.expansions.push((term.typed.clone(), expansions));
        }
        self.terms.push(ExpandedTerm {
            alternatives,
            stems: term.stems.clone(),
            optional: term.optional,
            title_weight: if is_ambiguous { 0.0 } else { TITLE_WEIGHT },
        });
    }

    fn add_words(&mut self, alternatives: &mut Vec<(f32, Alternative)>, weight: f32, words: &str) {
        let stems = content_stems(words);
        if stems.is_empty() {
            return;
        }
        self.highlights.extend(stems.iter().cloned());
        alternatives.push((weight, Alternative::Stems(stems)));
    }
}

/// Replaces misspelt words by their best corrections and parses the query again. Returns the
/// result only if it has more vocabulary phrases than the query as typed.
fn correct_to_phrases(query: &QueryTerms, suggestions: &[Vec<Suggestion>]) -> Option<QueryTerms> {
    if !suggestions.iter().flatten().any(|it| it.is_correction) {
        return None;
    }
    let words = query
        .terms
        .iter()
        .zip(suggestions)
        .map(|(term, suggestions)| {
            suggestions
                .first()
                .filter(|first| first.is_correction)
                .map_or(term.typed.as_str(), |first| first.form.as_str())
        });
    // The space at the end marks the last word as finished.
    let corrected = QueryTerms::parse(&(words.collect::<Vec<_>>().join(" ") + " "))?;
    let phrases = |query: &QueryTerms| {
        query
            .terms
            .iter()
            .filter(|term| term.phrase.is_some())
            .count()
    };
    (phrases(&corrected) > phrases(query)).then_some(corrected)
}
