//! Terms as the documents spell them: two words as one, one as two, and misspelt words.

use crate::analysis::bigrams::bigram;
use crate::analysis::query_words::part_stems;
use crate::analysis::tokenizer::stem;
use crate::query::expanded::{Alternative, ExpandedTerm, ExpansionKind};
use crate::query::expansion::expander::Expander;
use crate::query::spelling::{Suggestions, join, split};
use crate::query::term::QueryTerm;
use crate::query::terms::QueryTerms;
use crate::query::weights::TITLE_WEIGHT;

impl Expander<'_> {
    /// Names the words that are taken as misspelt.
    pub fn note_corrections(&mut self, query: &QueryTerms, suggestions: Vec<Suggestions>) {
        for (term, suggestions) in query.terms.iter().zip(suggestions) {
            if let Some(first) = suggestions.forms.into_iter().next() {
                self.expanded
                    .note(&term.typed, vec![first], ExpansionKind::Correction);
            }
        }
    }

    /// Adds two words as the one word that documents have in their place.
    pub fn add_joined(&mut self, term: &QueryTerm, next: &QueryTerm) -> tantivy::Result<bool> {
        let (Some(first), Some(second)) = (&term.form, &next.form) else {
            return Ok(false);
        };
        let Some(joined) = join(first, second, self.searcher, self.fields)? else {
            return Ok(false);
        };
        let typed = format!("{} {}", term.typed, next.typed);
        self.add_respelt(
            term,
            &typed,
            joined.clone(),
            Alternative::Stems(vec![stem(&joined)]),
        );
        Ok(true)
    }

    /// Adds a word as the two words that documents have in its place, unless it is unfinished.
    pub fn add_split(&mut self, term: &QueryTerm, found: &Suggestions) -> tantivy::Result<bool> {
        let is_unfinished = !found.forms.is_empty() && !found.are_corrections;
        let Some(form) = term.form.as_ref().filter(|_| !is_unfinished) else {
            return Ok(false);
        };
        let Some([first, second]) = split(form, self.searcher, self.fields)? else {
            return Ok(false);
        };
        let pair = bigram(&stem(&first), &stem(&second));
        let parts = format!("{first} {second}");
        self.add_respelt(term, &term.typed, parts, Alternative::Adjacent(pair));
        Ok(true)
    }

    fn add_respelt(&mut self, term: &QueryTerm, typed: &str, words: String, other: Alternative) {
        let stems = part_stems(&words);
        self.expanded.highlights.extend(stems.iter().cloned());
        self.expanded
            .note(typed, vec![words], ExpansionKind::Spelling);
        self.expanded.terms.push(ExpandedTerm {
            alternatives: vec![(1.0, other)],
            typed: typed.to_owned(),
            stems,
            optional: term.optional,
            title_weight: TITLE_WEIGHT,
            ..ExpandedTerm::default()
        });
    }
}

/// Replaces misspelt words by their best corrections and parses the query again. Returns the
/// result only if it has more vocabulary phrases than the query as typed.
pub fn correct_to_phrases(query: &QueryTerms, suggestions: &[Suggestions]) -> Option<QueryTerms> {
    // A need has found its words as misspelt, and the words around what is refused are gone.
    let is_read = |term: &QueryTerm| term.is_refused || term.is_need();
    if !suggestions.iter().any(|it| it.are_corrections) || query.terms.iter().any(is_read) {
        return None;
    }
    let words = query
        .terms
        .iter()
        .zip(suggestions)
        .map(|(term, suggestions)| {
            suggestions
                .forms
                .first()
                .filter(|_| suggestions.are_corrections)
                .map_or(term.typed.as_str(), String::as_str)
        });
    // The space at the end marks the last word as finished.
    let corrected = QueryTerms::parse(&(words.collect::<Vec<_>>().join(" ") + " "))?;
    let phrases = |query: &QueryTerms| {
        query
            .terms
            .iter()
            .filter(|term| term.phrase.is_some() || term.saying.is_some())
            .count()
    };
    (phrases(&corrected) > phrases(query)).then_some(corrected)
}
