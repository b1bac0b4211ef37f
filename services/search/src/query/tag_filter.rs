//! A tag to search for.

use hedgerow_core::vocabulary::vocabulary;

use crate::entry::tag_term;

/// A tag, with every exact term that satisfies it.
///
/// It contains a seeker's words, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct TagFilter {
    /// The tag as requested.
    pub tag: String,
    /// The tag itself, its synonyms and narrower tags, as exact terms.
    pub(crate) terms: Vec<String>,
}

impl TagFilter {
    /// Looks up a tag in the vocabulary; `None` for a blank tag.
    pub fn new(tag: &str) -> Option<Self> {
        let term = tag_term(tag);
        if term.is_empty() {
            return None;
        }
        let matching = vocabulary().matching_tags(&term);
        let mut terms: Vec<String> = matching.iter().map(|tag| tag_term(tag)).collect();
        terms.sort_unstable();
        terms.dedup();
        Some(Self {
            tag: tag.to_owned(),
            terms,
        })
    }

    /// Whether the vocabulary has the tag, as an id or a word.
    pub(crate) fn is_in_vocabulary(&self) -> bool {
        let term = tag_term(&self.tag);
        vocabulary().by_id(&term).is_some() || vocabulary().has_word(&term)
    }
}
