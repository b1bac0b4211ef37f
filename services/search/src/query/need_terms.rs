//! The terms of needs that a query has.

use crate::analysis::needs::{FoundNeed, find_needs};
use crate::analysis::query_words::{QueryWord, part_stems};
use crate::analysis::synonyms::Phrase;
use crate::analysis::word_lists::is_unspecific;
use crate::query::term::{Match, QueryTerm, longest_phrase, term};

/// What the needs of a query become.
#[derive(Default)]
pub struct NeedTerms {
    pub terms: Vec<QueryTerm>,
    /// Needs whose words are those of records, by their first position, with words for more.
    pub named: Vec<(usize, &'static Phrase)>,
    /// Whether somebody lives with one of them, so that others look after them.
    pub has_condition: bool,
}

impl NeedTerms {
    /// Finds the needs, and marks their words as taken unless they are words of records too.
    pub fn find(query: &str, words: &[QueryWord], is_taken: &mut [bool]) -> Self {
        let mut all = Self::default();
        for mut found in find_needs(words) {
            found.positions.retain(|position| !is_taken[*position]);
            if found.positions.is_empty() {
                continue;
            }
            all.has_condition |= found.need.is_condition;
            if let Some((at, broader)) = named_by(words, &found) {
                if !found.need.phrase.is_general {
                    all.named.push((at, broader));
                }
                continue;
            }
            for position in &found.positions {
                is_taken[*position] = true;
            }
            all.terms.extend(named_in_need(query, words, &found));
            all.terms.push(need_term(query, words, &found));
        }
        all
    }
}

/// Words for more, and the position from which they count, if records name the need by the words
/// of the query, or a saying has them. Such words count if few records match.
fn named_by(words: &[QueryWord], found: &FoundNeed) -> Option<(usize, &'static Phrase)> {
    let all = &found.positions;
    // A group, a place and a time say nothing about whom it is for.
    let is_said = |at: &usize| !is_unspecific(&words[*at].form);
    let said: Vec<usize> = all.iter().copied().filter(is_said).collect();
    let mut parts = [all, &said].into_iter();
    parts.find_map(|positions| Some((*positions.first()?, named_by_run(words, positions, found)?)))
}

fn named_by_run(
    words: &[QueryWord],
    positions: &[usize],
    found: &FoundNeed,
) -> Option<&'static Phrase> {
    let own = &words[*positions.first()?..=*positions.last()?];
    if own.len() != positions.len() {
        return None;
    }
    let known = Match::longest(own);
    let is_known = known.is_known() && known.length == own.len();
    if is_known && known.phrase.is_some_and(|phrase| phrase.is_subject) {
        return Some(&found.need.broader);
    }
    let is_word_of_groups = |words: &String| part_stems(words) == [own[0].stem.as_str()];
    let is_named = own.len() == 1
        && (found.positions.len() == 1
            || found.need.phrase.expansions.iter().any(is_word_of_groups));
    (is_known || is_named).then_some(&found.need.all)
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
