//! What people look for, by the words in which they ask: `mum has dementia and I'm on my knees` is
//! about carers of people with dementia. The needs and their patterns are in `data/needs.csv`,
//! which `data/README.md` explains.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::LazyLock;

use crate::analysis::needs::pattern::{Matched, NumberedQuery, Usage};
use crate::analysis::needs::table::{Need, Patterns};
use crate::analysis::needs::words::StemId;
use crate::analysis::query_words::QueryWord;

mod pattern;
mod table;
mod words;

const NEEDS: &str = include_str!("../../data/needs.csv");
/// Words of patterns that may stand for each other, by their names in the patterns.
const CLASSES: &str = include_str!("../../data/need-words.csv");
/// Needs that one query is taken to have.
const MAX_NEEDS: usize = 4;

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(NEEDS, CLASSES));

/// A need that a query has, with the positions of the words that say so, in order.
pub struct FoundNeed {
    pub need: &'static Need,
    pub positions: Vec<usize>,
}

/// A need with the words of one of its patterns.
struct Found {
    /// The place of the need in the list of all.
    need: usize,
    /// In order.
    slots: Matched,
}

impl Found {
    /// Words from the first to the last.
    fn span(&self) -> usize {
        let first = self.slots.first().map_or(0, |(at, _)| *at);
        self.slots.last().map_or(0, |(at, _)| *at) - first
    }

    /// Whether another need has a word too that only one of them may have.
    fn shares_word(&self, other: &Self) -> bool {
        let own = self.slots.iter().filter(|(_, usage)| *usage == Usage::Own);
        own.clone().any(|slot| other.slots.contains(slot))
    }
}

/// Finds the needs that a query has: those with the most words first. A word counts for one need,
/// unless it is a relative.
pub fn find_needs(words: &[QueryWord]) -> Vec<FoundNeed> {
    let all = &*PATTERNS;
    let (stems, is_misspelt): (Vec<StemId>, Vec<bool>) =
        words.iter().map(|word| all.words.find(word)).unzip();
    let query = NumberedQuery {
        stems: &stems,
        words,
    };
    let mut matches: Vec<Found> = Vec::new();
    let mut tried = HashSet::new();
    for (at, stem) in stems.iter().enumerate() {
        for index in all.by_stem.get(*stem as usize).into_iter().flatten() {
            let pattern = &all.patterns[*index];
            if let Some(slots) = pattern.at(at, &all.slots, query)
                // A single misspelt word is corrected by the words that records have.
                && (slots.len() > 1 || !is_misspelt[at])
                && tried.insert((*index, slots.clone()))
            {
                matches.push(Found {
                    need: pattern.need,
                    slots,
                });
            }
        }
    }
    let is_narrower_there = |wide: &Found| {
        let id = all.needs[wide.need].id;
        matches.iter().any(|narrow| {
            narrow.slots.len() > 1
                && narrow.slots.len() + 1 >= wide.slots.len()
                && all.needs[narrow.need].including.contains(&id)
                && narrow.shares_word(wide)
        })
    };
    let kept: Vec<bool> = matches.iter().map(|one| !is_narrower_there(one)).collect();
    let mut kept = kept.into_iter();
    matches.retain(|_| kept.next().unwrap_or(true));
    // Of equally many words, those that are nearest to each other belong together; of several
    // needs, the narrowest counts.
    matches.sort_by_key(|one| {
        let Need { phrase, depth, .. } = &all.needs[one.need];
        let (length, span) = (one.slots.len(), one.span());
        (
            phrase.is_general,
            Reverse(length),
            span,
            Reverse(*depth),
            one.need,
        )
    });
    let mut taken = vec![false; words.len()];
    let mut found: Vec<FoundNeed> = Vec::new();
    for Found { need, slots } in matches {
        let mut own = slots.iter().filter(|(_, usage)| *usage == Usage::Own);
        if found.len() == MAX_NEEDS || own.any(|(at, _)| taken[*at]) {
            continue;
        }
        let slots = slots.into_iter();
        let mut positions: Vec<usize> = slots
            .filter(|(_, usage)| *usage != Usage::Kept)
            .map(|(at, _)| at)
            .collect();
        for at in &positions {
            taken[*at] = true;
        }
        positions.sort_unstable();
        let need = &all.needs[need];
        match found.iter_mut().find(|one| one.need.id == need.id) {
            Some(known) => {
                known.positions.extend(positions);
                known.positions.sort_unstable();
                known.positions.dedup();
            }
            None => found.push(FoundNeed { need, positions }),
        }
    }
    found.sort_by_key(|one| one.positions.first().copied());
    found
}

#[cfg(test)]
mod tests {
    use hedgerow_core::vocabulary::vocabulary;

    use super::*;
    use crate::analysis::needs::table::{Row, list};
    use crate::analysis::query_words::query_words;

    /// Questions as people type them, each with the needs that it has: all of the first, and
    /// none of those after `!`.
    const QUESTIONS: &str = include_str!("needs/questions.tsv");

    fn found(question: &str) -> Vec<&'static str> {
        let found = find_needs(&query_words(question));
        found.iter().map(|one| one.need.id).collect()
    }

    #[test]
    fn every_row_is_well_formed() {
        let rows = Row::parse(NEEDS);
        assert_eq!(rows.len(), NEEDS.lines().count() - 1, "a comma in a cell");
        let mut ids = HashSet::new();
        let patterns = rows.iter().map(|row| list(row.say).count());
        assert_eq!(
            PATTERNS.patterns.len(),
            patterns.sum::<usize>(),
            "of relatives alone"
        );
        for row in rows {
            let id = row.id;
            assert!(ids.insert(id), "{id} is there twice");
            let kinds = ["who", "age", "condition", "thing", "general"];
            assert!(kinds.contains(&row.kind), "{id}: {}", row.kind);
            assert!(list(row.find).any(|word| !word.contains(':')), "{id}");
            for tag in list(row.find).filter(|word| word.contains(':')) {
                assert!(vocabulary().by_id(tag).is_some(), "{id}: {tag}");
            }
            for broader in list(row.broader) {
                let known = PATTERNS.needs.iter().any(|need| need.id == broader);
                assert!(known && broader != id, "{id}: {broader}");
            }
            for pattern in list(row.say) {
                let words: Vec<&str> = pattern.split([' ', '/']).collect();
                assert!(words.iter().all(|word| !word.is_empty()), "{id}: {pattern}");
                for name in words.iter().filter(|word| word.contains(['<', '>'])) {
                    let of_name = |line: &str| line.split(',').next() == Some(name);
                    assert!(CLASSES.lines().any(of_name), "{id}: {name}");
                }
            }
        }
    }

    #[test]
    fn questions_of_people_have_the_needs_that_they_mean() {
        let mut wrong = Vec::new();
        for line in QUESTIONS.lines().filter(|line| !line.starts_with('#')) {
            let (question, needs) = line.split_once('\t').expect("a question and its needs");
            let (needs, not) = needs.split_once(" !").unwrap_or((needs, ""));
            let found = found(question);
            let has = |need: &str| found.contains(&need);
            if !needs.split(' ').all(has) || not.split(' ').any(has) {
                wrong.push(format!("{question}: {found:?}, not {needs}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn other_words_have_no_need() {
        for words in [
            "",
            "xylophone",
            "hebden bridge",
            "find a group near me",
            "looking for friends of mine",
            "mum",
            "somewhere nice",
        ] {
            assert_eq!(found(words), [""; 0], "{words}");
        }
    }
}
