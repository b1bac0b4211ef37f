//! What people look for, by the words in which they ask: `mum has dementia and I'm on my knees` is
//! about carers of people with dementia. The needs and their patterns are in `data/needs.csv`,
//! which `data/README.md` explains.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::analysis::common_words::is_common_word;
use crate::analysis::query_words::{QueryWord, query_words};
use crate::analysis::synonyms::{Phrase, is_known_form};

const NEEDS: &str = include_str!("../../data/needs.csv");

/// Words of a pattern that may stand for each other, by their names in the file.
const CLASSES: [(&str, &str); 8] = [
    (
        "<partner>",
        "husband/wife/partner/boyfriend/girlfriend/fiance/missus/hubby/spouse",
    ),
    (
        "<child>",
        "son/daughter/child/kid/teenager/teen/boy/girl/toddler/stepson/stepdaughter/lad",
    ),
    ("<parent>", "mum/dad/parent/stepdad/stepmum/parents"),
    ("<sib>", "brother/sister/sibling"),
    (
        "<kin>",
        "<partner>/<child>/<parent>/<sib>/gran/grandad/aunt/auntie/uncle/cousin/grandson/\
         granddaughter/niece/nephew",
    ),
    ("<rel>", "<kin>/family/friend/mate/neighbour"),
    ("<died>", "died/dying/dead/death/passed/lost/lose/losing"),
    ("<care>", "caring/care/cares/cared/after"),
];
/// Words from the first to the last of a pattern in a query.
const MAX_SPAN: usize = 12;
/// Needs that one query is taken to have.
const MAX_NEEDS: usize = 4;
/// Shorter words are not taken as misspelt.
const MIN_MISSPELT_CHARS: usize = 6;
/// Of these, two letters may be wrong.
const MIN_CHARS_FOR_TWO_EDITS: usize = 9;

/// A need with the words of groups for it.
pub struct Need {
    pub id: &'static str,
    /// Its words and tags, the best first.
    pub phrase: Phrase,
    /// Words and tags of the needs that include it.
    pub broader: Phrase,
    /// Its own words and tags, and these.
    pub all: Phrase,
    /// The number of needs that include it, at most.
    depth: usize,
}

/// A need that a query has, with the positions of the words that say so, in order.
pub struct FoundNeed {
    pub need: &'static Need,
    pub positions: Vec<usize>,
}

/// One of the words of a pattern: any of these sequences of stems.
struct Slot {
    any: Vec<Vec<String>>,
    /// Words as written, of which the plural is meant and not the singular.
    forms: Vec<String>,
    /// Whether another need may use the same word too: a relative.
    is_shared: bool,
}

struct Pattern {
    need: usize,
    slots: Vec<Slot>,
    /// The slot by whose words it is found.
    key: usize,
}

struct Patterns {
    needs: Vec<Need>,
    patterns: Vec<Pattern>,
    /// Patterns by the first stem of their key.
    by_stem: HashMap<String, Vec<usize>>,
    /// Words of patterns as written by their first letter, each with its stem.
    written: HashMap<char, Vec<(String, String)>>,
}

/// Positions of a query's words that a pattern matches, and whether other needs may have them too.
type Slots = Vec<(usize, bool)>;

static PATTERNS: LazyLock<Patterns> = LazyLock::new(Patterns::new);

/// Finds the needs that a query has: those with the most words first. A word counts for one need,
/// unless it is a relative.
pub fn find_needs(words: &[QueryWord]) -> Vec<FoundNeed> {
    let stems: Vec<String> = words.iter().map(|word| PATTERNS.spelt(word)).collect();
    let is_misspelt = |at: usize| stems[at] != words[at].stem;
    let mut matches: Vec<(usize, usize, usize, Slots)> = Vec::new();
    let mut tried = HashSet::new();
    for (at, stem) in stems.iter().enumerate() {
        for index in PATTERNS.by_stem.get(stem).into_iter().flatten() {
            let pattern = &PATTERNS.patterns[*index];
            if let Some(found) = pattern.at(at, &stems, words)
                // A single misspelt word is corrected by the words that records have.
                && (found.len() > 1 || !is_misspelt(at))
                && tried.insert((*index, found.clone()))
            {
                let first = found.iter().map(|(at, _)| *at).min().unwrap_or(0);
                let last = found.iter().map(|(at, _)| *at).max().unwrap_or(0);
                matches.push((found.len(), last - first, pattern.need, found));
            }
        }
    }
    // Of equally many words, those that are nearest to each other belong together; of several
    // needs, the narrowest counts.
    matches.sort_by_key(|(length, span, need, _)| {
        let Need { phrase, depth, .. } = &PATTERNS.needs[*need];
        let is_general = phrase.is_general;
        (is_general, Reverse(*length), *span, Reverse(*depth), *need)
    });
    let mut taken = vec![false; words.len()];
    let mut found: Vec<FoundNeed> = Vec::new();
    for (_, _, need, slots) in matches {
        let own = slots.iter().filter(|(_, is_shared)| !is_shared);
        if found.len() == MAX_NEEDS || own.clone().any(|(at, _)| taken[*at]) {
            continue;
        }
        for (at, _) in &slots {
            taken[*at] = true;
        }
        let mut positions: Vec<usize> = slots.into_iter().map(|(at, _)| at).collect();
        positions.sort_unstable();
        let need = &PATTERNS.needs[need];
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

impl Pattern {
    /// The positions of its words around a word of its key.
    fn at(&self, at: usize, stems: &[String], words: &[QueryWord]) -> Option<Slots> {
        let mut used: Slots = Vec::new();
        let key = &self.slots[self.key];
        let length = key.length_at(at, stems, words)?;
        used.extend((at..at + length).map(|at| (at, key.is_shared)));
        for (index, slot) in self.slots.iter().enumerate() {
            if index == self.key {
                continue;
            }
            let near = (1..MAX_SPAN).flat_map(|step| [at.checked_sub(step), Some(at + step)]);
            let found = near.flatten().find_map(|position| {
                let length = slot.length_at(position, stems, words)?;
                let is_free = |position: usize| used.iter().all(|(taken, _)| *taken != position);
                (position..position + length)
                    .all(is_free)
                    .then_some((position, length))
            });
            let (position, length) = found?;
            used.extend((position..position + length).map(|at| (at, slot.is_shared)));
        }
        let first = used.iter().map(|(at, _)| *at).min()?;
        let last = used.iter().map(|(at, _)| *at).max()?;
        used.sort_unstable();
        (last - first <= MAX_SPAN).then_some(used)
    }
}

impl Slot {
    fn new(text: &str) -> Self {
        let mut slot = Self {
            any: Vec::new(),
            forms: Vec::new(),
            is_shared: false,
        };
        for word in text.split('/') {
            if let Some(form) = word.strip_prefix('=') {
                slot.forms.push(form.to_owned());
                slot.any.push(stems(form));
            } else if let Some((_, words)) = CLASSES.iter().find(|(name, _)| *name == word) {
                slot.is_shared = !matches!(word, "<died>" | "<care>");
                slot.any.extend(Self::new(words).any);
            } else {
                slot.any.push(stems(word));
            }
        }
        slot.any.retain(|stems| !stems.is_empty());
        slot.any.sort_unstable_by_key(|stems| Reverse(stems.len()));
        slot.any.dedup();
        slot
    }

    /// The number of words that it matches at a position.
    fn length_at(&self, at: usize, stems: &[String], words: &[QueryWord]) -> Option<usize> {
        let here = stems.get(at..)?;
        let any = self.any.iter().find(|any| here.starts_with(any))?;
        let is_meant = self.forms.is_empty() || self.forms.contains(&words[at].form);
        is_meant.then_some(any.len())
    }
}

fn stems(text: &str) -> Vec<String> {
    query_words(text)
        .into_iter()
        .map(|word| word.stem)
        .collect()
}

impl Patterns {
    fn new() -> Self {
        let mut all = Self {
            needs: Vec::new(),
            patterns: Vec::new(),
            by_stem: HashMap::new(),
            written: HashMap::new(),
        };
        let rows: Vec<[&str; 5]> = NEEDS.lines().skip(1).filter_map(row).collect();
        for [id, kind, find, broader, say] in &rows {
            // Those that include it, and what includes these, the nearest first.
            let mut including: Vec<&'static str> = list(broader).collect();
            let mut wider = Vec::new();
            let mut next = 0;
            while let Some(id) = including.get(next).copied() {
                next += 1;
                let Some([_, _, find, broader, _]) = rows.iter().find(|row| row[0] == id) else {
                    continue;
                };
                wider.extend(list(find));
                for id in list(broader) {
                    if !including.contains(&id) {
                        including.push(id);
                    }
                }
            }
            let need = all.needs.len();
            all.needs.push(Need {
                id,
                phrase: Phrase::of_need(list(find), *kind == "general"),
                all: Phrase::of_need(list(find).chain(wider.iter().copied()), false),
                broader: Phrase::of_need(wider.into_iter(), false),
                depth: depth(id, &rows, 0),
            });
            for pattern in list(say) {
                all.add(need, pattern);
            }
        }
        all
    }

    fn add(&mut self, need: usize, text: &str) {
        let slots: Vec<Slot> = text.split_whitespace().map(Slot::new).collect();
        // Few queries have the word with the fewest alternatives.
        let keys = slots.iter().enumerate().filter(|(_, slot)| !slot.is_shared);
        let Some((key, _)) = keys.min_by_key(|(_, slot)| slot.any.len()) else {
            return;
        };
        let pattern = self.patterns.len();
        for any in &slots[key].any {
            let of_stem = self.by_stem.entry(any[0].clone()).or_default();
            if !of_stem.contains(&pattern) {
                of_stem.push(pattern);
            }
        }
        for word in query_words(&text.replace(['/', '=', '<', '>'], " ")) {
            if let Some(first) = word.form.chars().next() {
                let of_letter = self.written.entry(first).or_default();
                let pair = (word.form, word.stem);
                if !of_letter.contains(&pair) {
                    of_letter.push(pair);
                }
            }
        }
        self.patterns.push(Pattern { need, slots, key });
    }

    /// The stem of a word, or of the word of a pattern that it is a misspelling of.
    fn spelt(&self, word: &QueryWord) -> String {
        let own = || word.stem.clone();
        let length = word.form.chars().count();
        let written = word
            .form
            .chars()
            .next()
            .and_then(|first| self.written.get(&first));
        let Some(written) = written.filter(|_| length >= MIN_MISSPELT_CHARS) else {
            return own();
        };
        let is_sound = written.iter().any(|(_, stem)| *stem == word.stem)
            || is_common_word(&word.form)
            || is_known_form(&word.form);
        if is_sound {
            return own();
        }
        let max_edits = if length < MIN_CHARS_FOR_TWO_EDITS {
            1
        } else {
            2
        };
        let near = written.iter().filter(|(form, _)| {
            form.len() >= MIN_MISSPELT_CHARS && form.len().abs_diff(word.form.len()) <= max_edits
        });
        let near = near.map(|(form, stem)| (strsim::osa_distance(form, &word.form), stem));
        let nearest = near.min().filter(|(edits, _)| *edits <= max_edits);
        nearest.map_or_else(own, |(_, stem)| stem.clone())
    }
}

fn row(line: &'static str) -> Option<[&'static str; 5]> {
    let cells: Vec<&str> = line.split(',').collect();
    cells.try_into().ok()
}

/// The number of needs above one, at most.
fn depth(id: &str, rows: &[[&'static str; 5]], below: usize) -> usize {
    let row = rows.iter().find(|row| row[0] == id && below < MAX_NEEDS);
    let broader = row.into_iter().flat_map(|row| list(row[3]));
    broader
        .map(|id| 1 + depth(id, rows, below + 1))
        .max()
        .unwrap_or(0)
}

fn list(cell: &'static str) -> impl Iterator<Item = &'static str> {
    cell.split('|').filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use hedgerow_core::vocabulary::vocabulary;

    use super::*;

    /// Questions as people type them, each with the needs that it has: all of the first, and
    /// none of those after `!`.
    const QUESTIONS: &str = include_str!("needs/questions.tsv");

    fn found(question: &str) -> Vec<&'static str> {
        let found = find_needs(&query_words(question));
        found.iter().map(|one| one.need.id).collect()
    }

    #[test]
    fn every_row_is_well_formed() {
        let mut ids = HashSet::new();
        for line in NEEDS.lines().skip(1) {
            let [id, kind, find, broader, say] = row(line).unwrap_or_else(|| panic!("{line}"));
            assert!(ids.insert(id), "{id} is there twice");
            assert!(["who", "thing", "general"].contains(&kind), "{id}: {kind}");
            assert!(list(find).any(|word| !word.contains(':')), "{id}");
            for tag in list(find).filter(|word| word.contains(':')) {
                assert!(vocabulary().by_id(tag).is_some(), "{id}: {tag}");
            }
            for broader in list(broader) {
                let known = PATTERNS.needs.iter().any(|need| need.id == broader);
                assert!(known && broader != id, "{id}: {broader}");
            }
            for pattern in list(say) {
                let slots: Vec<Slot> = pattern.split_whitespace().map(Slot::new).collect();
                let is_whole = slots.iter().all(|slot| !slot.any.is_empty());
                assert!(is_whole, "{id}: {pattern}");
                assert!(slots.iter().any(|slot| !slot.is_shared), "{id}: {pattern}");
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
