//! Turning text into terms, the same way for documents and for queries.

pub mod analyzers;
pub mod bigrams;
pub mod synonyms;
pub mod tokenizer;
pub mod weighting;
pub mod word_lists;
