//! The analyzers by which fields of the schema index text.
//!
//! A change in what an analyzer emits needs a new name here, and a new
//! [`VERSION`](crate::schema::VERSION).

use tantivy::tokenizer::TokenizerManager;

use crate::analysis::bigrams::BigramTokenizer;
use crate::analysis::tokenizer::{Splitter, form_analyzer, stem_analyzer};

/// Emits stems.
pub const STEMS: &str = "hedgerow_stems_2";
/// Emits stems of a weighted text, each as often as the weight.
pub const WEIGHTED_STEMS: &str = "hedgerow_weighted_stems_2";
/// Emits words as written, in lower case and without accents.
pub const FORMS: &str = "hedgerow_forms_2";
/// Emits adjacent stems of a weighted text as pairs, each as often as the weight.
pub const BIGRAMS: &str = "hedgerow_bigrams_2";

/// Registers the analyzers with an engine.
pub fn register(analyzers: &TokenizerManager) {
    analyzers.register(STEMS, stem_analyzer(Splitter::STEMS));
    analyzers.register(WEIGHTED_STEMS, stem_analyzer(Splitter::WEIGHTED_STEMS));
    analyzers.register(FORMS, form_analyzer());
    analyzers.register(BIGRAMS, BigramTokenizer);
}
