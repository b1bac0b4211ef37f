//! Turning text into terms, the same way for documents and for queries.

pub mod analyzers;
pub mod bigrams;
pub mod common_words;
pub mod compounds;
pub mod families;
pub mod needs;
pub mod query_words;
pub mod scripts;
pub mod synonyms;
pub mod tokenizer;
pub mod weighting;
pub mod word_lists;
