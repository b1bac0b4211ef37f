//! Words of patterns as numbers, so that a query is compared by numbers.

use std::collections::{HashMap, HashSet};

use crate::analysis::common_words::is_common_word;
use crate::analysis::query_words::{QueryWord, query_words};
use crate::analysis::synonyms::is_known_form;

/// Shorter words are not taken as misspelt.
const MIN_MISSPELT_CHARS: usize = 6;
/// Of these, two letters may be wrong.
const MIN_CHARS_FOR_TWO_EDITS: usize = 9;

/// The number of a stem.
pub type StemId = u32;
/// A stem that no pattern has.
pub const NO_STEM: StemId = StemId::MAX;

/// The stems of all patterns.
#[derive(Default)]
pub struct PatternWords {
    ids: HashMap<String, StemId>,
    /// Stems of texts that were read before: patterns repeat their words.
    read: HashMap<String, Vec<StemId>>,
    forms: HashSet<String>,
    /// Words as written, by their first letter.
    written: HashMap<char, Vec<(String, StemId)>>,
}

impl PatternWords {
    /// The stems of a text of a pattern, which are numbered if they are new.
    pub fn read(&mut self, text: &str) -> Vec<StemId> {
        if let Some(known) = self.read.get(text) {
            return known.clone();
        }
        let mut stems = Vec::new();
        for word in query_words(text) {
            let next = StemId::try_from(self.ids.len()).unwrap_or(NO_STEM);
            let id = *self.ids.entry(word.stem).or_insert(next);
            stems.push(id);
            let may_be_misspelt = word.form.len() >= MIN_MISSPELT_CHARS;
            if may_be_misspelt
                && self.forms.insert(word.form.clone())
                && let Some(first) = word.form.chars().next()
            {
                self.written.entry(first).or_default().push((word.form, id));
            }
        }
        self.read.insert(text.to_owned(), stems.clone());
        stems
    }

    /// Ends the reading of patterns.
    pub fn finish(&mut self) {
        self.read = HashMap::new();
        self.forms = HashSet::new();
    }

    /// The number of stems.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The number of a word's stem, or of the word of a pattern that it is a misspelling of, and
    /// whether it is one.
    pub fn find(&self, word: &QueryWord) -> (StemId, bool) {
        if let Some(id) = self.ids.get(&word.stem) {
            return (*id, false);
        }
        match self.corrected(&word.form) {
            Some(id) => (id, true),
            None => (NO_STEM, false),
        }
    }

    fn corrected(&self, form: &str) -> Option<StemId> {
        let length = form.chars().count();
        if length < MIN_MISSPELT_CHARS || is_common_word(form) || is_known_form(form) {
            return None;
        }
        let max_edits = if length < MIN_CHARS_FOR_TWO_EDITS {
            1
        } else {
            2
        };
        let written = self.written.get(&form.chars().next()?)?;
        let near = written
            .iter()
            .filter(|(written, _)| written.len().abs_diff(form.len()) <= max_edits);
        let near = near.map(|(written, id)| (strsim::osa_distance(written, form), written, *id));
        let (edits, _, id) = near.min()?;
        (edits <= max_edits).then_some(id)
    }
}
