//! Weights of the ways in which a document can match a term.

use crate::analysis::query_words::text_terms;
use crate::analysis::word_lists::is_aside;
use crate::query::term::QueryTerm;

/// Weight of the exact tag that a term names: at least that of its name in a text.
pub const EXACT_TAG_WEIGHT: f32 = 1.4;
/// Weight of a synonym, or of a narrower word or tag.
pub const SYNONYM_WEIGHT: f32 = 0.6;
/// Weight of the tag of which a term is an example.
pub const WIDER_TAG_WEIGHT: f32 = 0.2;
/// Weight of the first of the words that groups use for a saying, and of each further one as a
/// share of the one before.
pub const SAYING_WEIGHT: f32 = 0.9;
pub const SAYING_FALLOFF: f32 = 0.9;
/// The same share for a need, whose later words are for more than it.
pub const NEED_FALLOFF: f32 = 0.8;
/// Weight of the first of the words of groups for more than what is asked.
pub const BROADER_WEIGHT: f32 = 0.3;
/// Weight of the words of a saying as typed, if they are several, and if they are one: `low` is
/// in many texts that are about prices.
const TYPED_SAYING_WEIGHT: f32 = 0.6;
const TYPED_FEELING_WEIGHT: f32 = 0.25;
/// Factor on the weights of a saying that is a phrase of the vocabulary too.
pub const SAYING_OF_PHRASE_FACTOR: f32 = 0.4;
/// Weight of a word that says when, among others that say what.
const TIME_WEIGHT: f32 = 0.25;
/// Additional weight of a word in a title.
pub const TITLE_WEIGHT: f32 = 1.0;
/// The same for another word with the meaning, as a share of its weight: a title is often a name.
const TITLE_ALTERNATIVE_SHARE: f32 = 0.45;

/// The weight of a term's own words, and their additional weight in a title.
pub fn own_weights(term: &QueryTerm) -> (f32, f32) {
    match (term.phrase, term.saying) {
        // Ambiguous stems also match other meanings, so they weigh less than the tag.
        (Some(phrase), _) if phrase.has_ambiguous_stems => (SYNONYM_WEIGHT, 0.0),
        (None, Some(saying)) => {
            let is_word_of_groups = |word: &String| text_terms(word) == term.stems;
            match term.stems.len() {
                _ if saying.expansions.iter().any(is_word_of_groups) => (1.0, TITLE_WEIGHT),
                1 if saying.is_need && !is_aside(&term.stems[0]) => (1.0, TITLE_WEIGHT),
                1 => (TYPED_FEELING_WEIGHT, 0.0),
                _ => (TYPED_SAYING_WEIGHT, TYPED_SAYING_WEIGHT),
            }
        }
        _ if term.is_time && term.optional => (TIME_WEIGHT, 0.0),
        _ => (1.0, TITLE_WEIGHT),
    }
}

/// The stem of one word with its additional weight in a title. Of several words, one in a title is
/// no sign that a group is about all of them.
pub fn in_title(words: &str, weight: f32) -> Option<(f32, String)> {
    match text_terms(words).as_slice() {
        [stem] => Some((weight * TITLE_ALTERNATIVE_SHARE, stem.clone())),
        _ => None,
    }
}
