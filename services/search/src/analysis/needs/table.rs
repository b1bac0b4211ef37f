//! The tables of needs and of words for patterns, read at the first query.

use std::collections::HashMap;

use crate::analysis::needs::pattern::{Pattern, Slot, Usage};
use crate::analysis::needs::words::PatternWords;
use crate::analysis::synonyms::Phrase;

/// Levels of needs above one that are followed.
const MAX_DEPTH: usize = 4;

/// A need with the words of groups for it.
pub struct Need {
    pub id: &'static str,
    /// Its words and tags, the best first.
    pub phrase: Phrase,
    /// Words and tags of the needs that include it.
    pub broader: Phrase,
    /// Its own words and tags, and these.
    pub all: Phrase,
    /// Whether people live with it, so that others look after them.
    pub is_condition: bool,
    /// Whether it is what people look for, rather than who they are.
    pub is_thing: bool,
    /// Whether it says how old somebody is, and counts less than what else they say.
    pub is_age: bool,
    /// The number of needs that include it, at most.
    pub depth: usize,
    /// The needs that include it.
    pub including: Vec<&'static str>,
}

/// A row of the table of needs.
pub struct Row {
    pub id: &'static str,
    pub kind: &'static str,
    pub find: &'static str,
    pub broader: &'static str,
    pub say: &'static str,
}

#[derive(Default)]
pub struct Patterns {
    pub needs: Vec<Need>,
    pub patterns: Vec<Pattern>,
    pub slots: Vec<Slot>,
    pub words: PatternWords,
    /// Patterns by the first stem of their key.
    pub by_stem: Vec<Vec<usize>>,
}

/// Slots by their text, and classes of words by their names.
#[derive(Default)]
struct Reader {
    slots: HashMap<&'static str, usize>,
    classes: HashMap<&'static str, Slot>,
}

impl Row {
    /// Parses each line after the header that has all cells.
    pub fn parse(table: &'static str) -> Vec<Self> {
        let cells = table.lines().skip(1).filter_map(cells);
        let row = |[id, kind, find, broader, say]: [&'static str; 5]| Self {
            id,
            kind,
            find,
            broader,
            say,
        };
        cells.map(row).collect()
    }
}

/// The parts of a cell.
pub fn list(cell: &'static str) -> impl Iterator<Item = &'static str> {
    cell.split('|').filter(|part| !part.is_empty())
}

impl Patterns {
    /// Reads the rows of needs, and the table of classes of words.
    pub fn new(needs: &'static str, classes: &'static str) -> Self {
        let mut all = Self::default();
        let mut reader = Reader::default();
        for [name, kind, words] in classes.lines().skip(1).filter_map(cells) {
            let mut class = reader.slot(words, &mut all.words);
            class.usage = match kind {
                "relative" => Usage::Shared,
                "kept" => Usage::Kept,
                _ => Usage::Own,
            };
            reader.classes.insert(name, class);
        }
        let rows = Row::parse(needs);
        let by_id: HashMap<&str, &Row> = rows.iter().map(|row| (row.id, row)).collect();
        for row in &rows {
            // Those that include it, and what includes these, the nearest first.
            let mut including: Vec<&'static str> = list(row.broader).collect();
            let mut wider = Vec::new();
            let mut next = 0;
            while let Some(id) = including.get(next).copied() {
                next += 1;
                let Some(row) = by_id.get(id) else {
                    continue;
                };
                wider.extend(list(row.find));
                for id in list(row.broader) {
                    if !including.contains(&id) {
                        including.push(id);
                    }
                }
            }
            let is_thing = row.kind == "thing";
            // A need that no other includes is too wide to be required.
            let is_subject = !is_thing && !row.broader.is_empty();
            let more = |find: &[&'static str]| {
                let mut phrase = Phrase::of_need(find.iter().copied(), false);
                phrase.is_subject = is_subject;
                phrase
            };
            let both: Vec<&'static str> = list(row.find).chain(wider.iter().copied()).collect();
            let need = all.needs.len();
            all.needs.push(Need {
                id: row.id,
                phrase: Phrase::of_need(list(row.find), row.kind == "general"),
                all: more(&both),
                broader: more(&wider),
                is_condition: row.kind == "condition",
                is_thing,
                is_age: row.kind == "age",
                depth: depth(row, &by_id, 0),
                including,
            });
            for pattern in list(row.say) {
                all.add(need, pattern, &mut reader);
            }
        }
        all.words.finish();
        all
    }

    fn add(&mut self, need: usize, text: &'static str, reader: &mut Reader) {
        let mut slots = Vec::new();
        for text in text.split_whitespace() {
            let known = reader.slots.get(text).copied();
            slots.push(known.unwrap_or_else(|| {
                self.slots.push(reader.slot(text, &mut self.words));
                reader.slots.insert(text, self.slots.len() - 1);
                self.slots.len() - 1
            }));
        }
        // Few queries have the word with the fewest alternatives.
        let keys = slots.iter().map(|slot| &self.slots[*slot]).enumerate();
        let keys = keys.filter(|(_, slot)| slot.usage == Usage::Own);
        let Some((key, _)) = keys.min_by_key(|(_, slot)| slot.len()) else {
            return;
        };
        self.by_stem.resize_with(self.words.len(), Vec::new);
        let pattern = self.patterns.len();
        for stem in self.slots[slots[key]].first_stems() {
            let of_stem = &mut self.by_stem[stem as usize];
            if of_stem.last() != Some(&pattern) {
                of_stem.push(pattern);
            }
        }
        self.patterns.push(Pattern { need, slots, key });
    }
}

impl Reader {
    fn slot(&self, text: &str, words: &mut PatternWords) -> Slot {
        let mut slot = Slot::default();
        for word in text.split('/') {
            if let Some(form) = word.strip_prefix('=') {
                slot.push_form(form, words.read(form));
            } else if let Some(class) = self.classes.get(word) {
                slot.extend(class);
            } else {
                slot.push(words.read(word));
            }
        }
        slot.finish()
    }
}

/// The number of needs above one, at most.
fn depth(row: &Row, by_id: &HashMap<&str, &Row>, below: usize) -> usize {
    if below == MAX_DEPTH {
        return 0;
    }
    let broader = list(row.broader).filter_map(|id| by_id.get(id));
    let depths = broader.map(|row| 1 + depth(row, by_id, below + 1));
    depths.max().unwrap_or(0)
}

/// The cells of a line, if it has as many.
fn cells<const COUNT: usize>(line: &'static str) -> Option<[&'static str; COUNT]> {
    let cells: Vec<&str> = line.split(',').collect();
    cells.try_into().ok()
}
