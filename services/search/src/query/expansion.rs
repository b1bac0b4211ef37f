//! Expansion of query terms against one state of the index: other words with the meaning,
//! corrections of misspelt words, and words that no document has.

use tantivy::Searcher;

use crate::query::expanded::{Alternative, ExpandedTerms};
use crate::query::expansion::expander::Expander;
use crate::query::expansion::respelling::correct_to_phrases;
use crate::query::spelling::{Suggestions, suggest};
use crate::query::terms::QueryTerms;
use crate::schema::Fields;

mod expander;
mod meanings;
mod respelling;

/// Maximum number of words of a query that are corrected or completed: each reads a part of the
/// index's dictionary.
const MAX_SUGGESTED_WORDS: usize = 8;

/// What the index has of a query's terms.
struct IndexedTerms {
    /// The number of documents with each term.
    frequencies: Vec<u64>,
    /// Other words for each term.
    suggestions: Vec<Suggestions>,
}

/// Expands each term by the vocabulary, and by the words of the index.
pub fn expand(
    query: &QueryTerms,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<ExpandedTerms> {
    let mut expander = Expander::new(searcher, fields);
    let found = look_up(query, searcher, fields)?;
    if let Some(corrected) = correct_to_phrases(query, &found.suggestions) {
        expander.note_corrections(query, found.suggestions);
        for term in &corrected.terms {
            expander.add_term(term, Suggestions::default())?;
        }
        return Ok(finish(expander.expanded, &corrected));
    }
    let mut joined_before = false;
    for (at, (term, suggestions)) in query.terms.iter().zip(found.suggestions).enumerate() {
        if std::mem::take(&mut joined_before) {
            continue;
        }
        let next = query.terms.get(at + 1);
        let is_missing = |at: usize| found.frequencies.get(at) == Some(&0);
        if let Some(next) = next
            && (is_missing(at) || is_missing(at + 1))
            && expander.add_joined(term, next)?
        {
            joined_before = true;
        } else if !is_missing(at) || !expander.add_split(term, &suggestions)? {
            expander.add_term(term, suggestions)?;
        }
    }
    Ok(finish(expander.expanded, query))
}

fn look_up(
    query: &QueryTerms,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<IndexedTerms> {
    let mut frequencies = Vec::with_capacity(query.terms.len());
    let mut suggestions = Vec::with_capacity(query.terms.len());
    let mut unknown_words = 0;
    for term in &query.terms {
        let frequency = Alternative::Stems(term.stems.clone()).max_frequency(searcher, fields)?;
        unknown_words += usize::from(term.form.is_some());
        suggestions.push(match unknown_words {
            0..=MAX_SUGGESTED_WORDS => suggest(term, frequency, searcher, fields)?,
            _ => Suggestions::default(),
        });
        frequencies.push(frequency);
    }
    Ok(IndexedTerms {
        frequencies,
        suggestions,
    })
}

/// Ends with the words left out as they were typed: in a script without spaces the parts of
/// a word overlap.
fn finish(mut expanded: ExpandedTerms, query: &QueryTerms) -> ExpandedTerms {
    // No record has what their relative lives with: groups for those around anybody are left.
    // How the person feels is then a reason, and no other subject.
    let has_around = expanded.terms.iter().any(|term| term.is_around);
    if has_around && !expanded.left_out.is_empty() {
        for term in &mut expanded.terms {
            term.optional = !term.is_around && (term.optional || term.is_feeling);
            term.is_subject |= term.is_around;
        }
    }
    let left_out = std::mem::take(&mut expanded.left_out);
    let mut end = 0;
    for term in query
        .terms
        .iter()
        .filter(|term| left_out.contains(&term.typed))
    {
        let last = expanded.left_out.last_mut();
        match last {
            Some(last) if term.range.start < end => {
                last.extend(term.typed.chars().skip(1));
            }
            _ => expanded.left_out.push(term.typed.clone()),
        }
        end = term.range.end;
    }
    expanded
}
