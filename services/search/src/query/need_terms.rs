//! The terms of needs that a query has.

use crate::analysis::needs::{FoundNeed, find_needs};
use crate::analysis::query_words::{QueryWord, part_stems};
use crate::analysis::synonyms::Phrase;
use crate::analysis::word_lists::{is_aside, is_unspecific};
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
        let mut ages = Vec::new();
        for mut found in find_needs(words) {
            found.positions.retain(|position| !is_taken[*position]);
            let says_something = |at: &usize| !is_aside(&words[*at].form);
            if !found.positions.iter().any(says_something) {
                continue;
            }
            let Some(&first) = found.positions.first() else {
                continue;
            };
            all.has_condition |= found.need.is_condition;
            let broader = match naming(words, &found) {
                Naming::ByWords(at, broader) => {
                    if !found.need.phrase.is_general {
                        all.named.push((at, broader));
                    }
                    continue;
                }
                Naming::ByPhrase(length) => {
                    let own = &words[first..first + length];
                    Some(QueryTerm {
                        broader: Some(&found.need.all),
                        ..term(
                            query,
                            own,
                            Match {
                                length,
                                ..Match::WORD
                            },
                        )
                    })
                }
                Naming::Other => None,
            };
            for position in &found.positions {
                is_taken[*position] = true;
            }
            match broader {
                Some(named) => all.terms.push(named),
                None => {
                    all.terms.extend(named_in_need(query, words, &found));
                    ages.extend(found.need.is_age.then_some(all.terms.len()));
                    all.terms.push(need_term(query, words, &found));
                }
            }
        }
        if ages.len() < all.terms.len() || !all.named.is_empty() {
            for at in ages {
                all.terms[at].optional = true;
            }
        }
        all
    }
}

/// How records name a need that a query has.
enum Naming {
    /// By words of the query, from this position, or a saying has them. The words for more count if
    /// few records match.
    ByWords(usize, &'static Phrase),
    /// By all of its words as they are.
    ByPhrase(usize),
    /// By other words.
    Other,
}

fn naming(words: &[QueryWord], found: &FoundNeed) -> Naming {
    let all = &found.positions;
    // A group, a place and a time say nothing about whom it is for.
    let is_said = |at: &usize| !is_unspecific(&words[*at].form);
    let said: Vec<usize> = all.iter().copied().filter(is_said).collect();
    for positions in [all, &said] {
        let (Some(&first), Some(&last)) = (positions.first(), positions.last()) else {
            continue;
        };
        let own = &words[first..=last];
        let is_run = own.len() == positions.len();
        let known = Match::longest(own);
        let is_known = known.is_known() && known.length == own.len();
        if is_known && known.phrase.is_some_and(|phrase| phrase.is_subject) {
            return Naming::ByWords(first, &found.need.broader);
        }
        let own_stems: Vec<&str> = own.iter().map(|word| word.stem.as_str()).collect();
        let is_word_of_groups = |words: &String| part_stems(words) == own_stems;
        let is_theirs = found.need.phrase.expansions.iter().any(is_word_of_groups);
        let is_named = is_run
            && match own.len() {
                1 => all.len() == 1 || is_theirs,
                // A query of nothing else asks for these words.
                length => length == words.len() && (found.need.is_thing || is_theirs),
            };
        if is_known || is_named {
            return Naming::ByWords(first, &found.need.all);
        }
        if is_run && is_theirs && positions.len() == all.len() {
            return Naming::ByPhrase(own.len());
        }
    }
    Naming::Other
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
    let is_said = |word: &&QueryWord| !is_unspecific(&word.form);
    let said: Vec<QueryWord> = own.iter().filter(is_said).cloned().collect();
    let said = if said.is_empty() { &own } else { &said };
    QueryTerm {
        typed: query[from..to].to_owned(),
        // Further words may be between its own.
        range: own.first().map_or(0..0, |first| first.from..first.to),
        broader: Some(&found.need.broader),
        ..term(query, said, known)
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
