//! The analyzers by which fields of the schema index text.
//!
//! A change in what an analyzer emits needs a new name here, and a new
//! [`VERSION`](crate::schema::VERSION).

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer,
    TokenizerManager,
};

use crate::analysis::bigrams::BigramTokenizer;
use crate::analysis::compounds::CompoundFilter;
use crate::analysis::families::FamilyFilter;
use crate::analysis::tokenizer::{MAX_WORD_BYTES, Splitter, form_analyzer};
use crate::analysis::weighting::RepeatFilter;

/// Emits stems.
pub const STEMS: &str = "hedgerow_stems_3";
/// Emits stems of a weighted text, each as often as the weight.
pub const WEIGHTED_STEMS: &str = "hedgerow_weighted_stems_3";
/// Emits words as written, in lower case and without accents.
pub const FORMS: &str = "hedgerow_forms_3";
/// Emits adjacent stems of a weighted text as pairs, each as often as the weight.
pub const BIGRAMS: &str = "hedgerow_bigrams_3";

/// Registers the analyzers with an engine.
pub fn register(analyzers: &TokenizerManager) {
    analyzers.register(STEMS, stem_analyzer(Splitter::INDEXED));
    analyzers.register(WEIGHTED_STEMS, stem_analyzer(Splitter::WEIGHTED));
    analyzers.register(FORMS, form_analyzer(Splitter::INDEXED));
    analyzers.register(BIGRAMS, BigramTokenizer);
}

/// An analyzer that emits stems, and compounds as one term.
pub fn stem_analyzer(splitter: Splitter) -> TextAnalyzer {
    TextAnalyzer::builder(splitter)
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(FamilyFilter)
        .filter(Stemmer::new(Language::English))
        .filter(CompoundFilter)
        .filter(RepeatFilter)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tokenizer::weighted;

    fn indexed(splitter: Splitter, text: &str) -> Vec<String> {
        let mut analyzer = stem_analyzer(splitter);
        let mut stream = analyzer.token_stream(text);
        let mut words = Vec::new();
        while stream.advance() {
            words.push(stream.token().text.clone());
        }
        words
    }

    #[test]
    fn each_spelling_of_a_compound_has_its_term_once() {
        for text in ["food bank", "Food-Banks", "foodbank", "FOODBANKS"] {
            let words = indexed(Splitter::INDEXED, text);
            let has = |word: &str| words.iter().filter(|it| *it == word).count();
            assert_eq!(has("food-bank"), 1, "{text}: {words:?}");
            assert!(has("food") == 1 && has("bank") == 1, "{text}: {words:?}");
        }
        let words = indexed(Splitter::INDEXED, "bank of food");
        assert!(!words.contains(&"food-bank".to_owned()));
    }

    #[test]
    fn each_word_of_a_weighted_text_is_repeated() {
        let words = indexed(Splitter::WEIGHTED, &weighted(3, "Tea, women"));
        assert_eq!(words, ["tea", "tea", "tea", "woman=", "woman=", "woman="]);
        let words = indexed(Splitter::WEIGHTED, &weighted(2, "drop in"));
        assert_eq!(words, ["drop", "drop", "in", "in", "drop-in", "drop-in"]);
    }
}
