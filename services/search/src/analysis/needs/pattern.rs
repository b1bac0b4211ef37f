//! Patterns of words, and where they match a query.

use std::cmp::Reverse;

use crate::analysis::needs::words::StemId;
use crate::analysis::query_words::QueryWord;

/// Words from the first to the last of a pattern in a query.
const MAX_SPAN: usize = 12;

/// Who else may use a word that a pattern matches.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Usage {
    /// No other need.
    #[default]
    Own,
    /// Other needs: a relative.
    Shared,
    /// Any term: the word is searched for itself.
    Kept,
}

/// Positions of a query's words that a pattern matches.
pub type Matched = Vec<(usize, Usage)>;

/// One of the words of a pattern: any of these sequences of stems.
#[derive(Default)]
pub struct Slot {
    /// In order, to be searched by halves.
    singles: Vec<StemId>,
    /// The longest first.
    longer: Vec<Vec<StemId>>,
    /// Words as written, of which the plural is meant and not the singular.
    forms: Vec<(StemId, String)>,
    pub usage: Usage,
}

pub struct Pattern {
    /// The place of its need in the list of all.
    pub need: usize,
    /// Places of its words in the list of all.
    pub slots: Vec<usize>,
    /// The slot by whose words it is found.
    pub key: usize,
}

/// A query with the stems that patterns have.
#[derive(Clone, Copy)]
pub struct NumberedQuery<'a> {
    pub stems: &'a [StemId],
    pub words: &'a [QueryWord],
}

impl Slot {
    /// Adds a sequence of stems.
    pub fn push(&mut self, stems: Vec<StemId>) {
        match stems.as_slice() {
            [] => {}
            [stem] => self.singles.push(*stem),
            _ => self.longer.push(stems),
        }
    }

    /// Adds a word of which only this form is meant.
    pub fn push_form(&mut self, form: &str, stems: Vec<StemId>) {
        let form = form.to_owned();
        self.forms.extend(stems.first().map(|stem| (*stem, form)));
        self.push(stems);
    }

    /// Adds all words of another slot.
    pub fn extend(&mut self, other: &Self) {
        self.singles.extend(&other.singles);
        self.longer.extend(other.longer.iter().cloned());
        self.forms.extend(other.forms.iter().cloned());
        if other.usage != Usage::Own {
            self.usage = other.usage;
        }
    }

    /// Ends its filling.
    pub fn finish(mut self) -> Self {
        self.singles.sort_unstable();
        self.singles.dedup();
        self.longer
            .sort_unstable_by_key(|stems| Reverse(stems.len()));
        self.longer.dedup();
        self
    }

    /// The number of its alternatives.
    pub fn len(&self) -> usize {
        self.singles.len() + self.longer.len()
    }

    /// The first stem of each alternative.
    pub fn first_stems(&self) -> impl Iterator<Item = StemId> {
        let longer = self.longer.iter().filter_map(|stems| stems.first());
        self.singles.iter().chain(longer).copied()
    }

    /// The number of words that it matches at a position.
    fn length_at(&self, at: usize, query: NumberedQuery<'_>) -> Option<usize> {
        let here = query.stems.get(at..)?;
        let first = here.first()?;
        let longer = self.longer.iter().find(|stems| here.starts_with(stems));
        let length = match longer {
            Some(stems) => stems.len(),
            None => {
                self.singles.binary_search(first).ok()?;
                1
            }
        };
        let form = &query.words[at].form;
        let mut forms = self.forms.iter().filter(|(stem, _)| stem == first);
        let is_meant = forms.clone().next().is_none() || forms.any(|(_, meant)| meant == form);
        is_meant.then_some(length)
    }
}

impl Pattern {
    /// The positions of its words around a word of its key.
    pub fn at(&self, at: usize, slots: &[Slot], query: NumberedQuery<'_>) -> Option<Matched> {
        let mut used = Matched::new();
        let key = &slots[self.slots[self.key]];
        let length = key.length_at(at, query)?;
        used.extend((at..at + length).map(|at| (at, key.usage)));
        for (index, slot) in self.slots.iter().enumerate() {
            if index == self.key {
                continue;
            }
            let slot = &slots[*slot];
            let near = (1..MAX_SPAN.min(query.words.len()))
                .flat_map(|step| [at.checked_sub(step), Some(at + step)]);
            let found = near.flatten().find_map(|position| {
                let length = slot.length_at(position, query)?;
                let is_free = |position: usize| used.iter().all(|(taken, _)| *taken != position);
                (position..position + length)
                    .all(is_free)
                    .then_some((position, length))
            });
            let (position, length) = found?;
            used.extend((position..position + length).map(|at| (at, slot.usage)));
        }
        let first = used.iter().map(|(at, _)| *at).min()?;
        let last = used.iter().map(|(at, _)| *at).max()?;
        used.sort_unstable_by_key(|(at, _)| *at);
        (last - first <= MAX_SPAN).then_some(used)
    }
}
