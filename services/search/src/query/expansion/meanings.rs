//! Other words with the meaning of a term: of the vocabulary, of a saying, and of a need.

use crate::analysis::query_words::text_terms;
use crate::analysis::synonyms::Phrase;
use crate::query::expanded::{Alternative, Weighted};
use crate::query::expansion::expander::{Expander, Meanings};
use crate::query::term::QueryTerm;
use crate::query::weights::{
    BROADER_WEIGHT, EXACT_TAG_WEIGHT, NEED_FALLOFF, SAYING_FALLOFF, SAYING_OF_PHRASE_FACTOR,
    SAYING_WEIGHT, SYNONYM_WEIGHT, WIDER_TAG_WEIGHT, in_title,
};

impl Expander<'_> {
    /// Adds the tags and words of a term's phrase and saying that documents have.
    pub fn add_meanings(&mut self, term: &QueryTerm, found: &mut Meanings) -> tantivy::Result<()> {
        if let Some(phrase) = term.phrase {
            self.add_phrase(phrase, found)?;
        }
        if let Some(saying) = term.saying {
            self.add_saying(saying, term.phrase.is_some(), found)?;
        }
        Ok(())
    }

    fn add_phrase(&mut self, phrase: &Phrase, found: &mut Meanings) -> tantivy::Result<()> {
        for (weight, tags) in [
            (EXACT_TAG_WEIGHT, &phrase.tags),
            (SYNONYM_WEIGHT, &phrase.narrower),
            (WIDER_TAG_WEIGHT, &phrase.wider),
        ] {
            for tag in tags {
                let tag = Alternative::Tag(tag.clone());
                self.add(&mut found.alternatives, weight, tag)?;
            }
        }
        for synonym in &phrase.expansions {
            if self.add_words(&mut found.alternatives, SYNONYM_WEIGHT, synonym)? {
                found.words.push(synonym.clone());
            }
        }
        Ok(())
    }

    fn add_saying(
        &mut self,
        saying: &Phrase,
        is_phrase_too: bool,
        found: &mut Meanings,
    ) -> tantivy::Result<()> {
        let mut weight = SAYING_WEIGHT;
        if is_phrase_too {
            weight *= SAYING_OF_PHRASE_FACTOR;
        }
        let first = match is_phrase_too {
            true => found.alternatives.len(),
            false => 0,
        };
        for tag in &saying.tags {
            let tag = Alternative::Tag(tag.clone());
            self.add(&mut found.alternatives, weight, tag)?;
        }
        for words in &saying.expansions {
            if self.add_words(&mut found.alternatives, weight, words)? {
                found.titles.extend(in_title(words, weight));
                if !found.words.contains(words) {
                    found.words.push(words.clone());
                }
            }
            weight *= match saying.is_need {
                true => NEED_FALLOFF,
                false => SAYING_FALLOFF,
            };
        }
        self.level(&mut found.alternatives[first..])
    }

    /// The words of groups for more than a term, with those that documents have.
    pub fn broader(&self, term: &QueryTerm) -> tantivy::Result<(Weighted, Vec<String>)> {
        let (mut alternatives, mut words) = (Vec::new(), Vec::new());
        let Some(broader) = term.broader else {
            return Ok((alternatives, words));
        };
        let mut weight = BROADER_WEIGHT;
        for tag in &broader.tags {
            self.add(&mut alternatives, weight, Alternative::Tag(tag.clone()))?;
        }
        for text in &broader.expansions {
            // Needs that include each other repeat their words.
            if words.contains(text) {
                continue;
            }
            let stems = Alternative::Stems(text_terms(text));
            if self.add(&mut alternatives, weight, stems)? {
                words.push(text.clone());
                weight *= SAYING_FALLOFF;
            }
        }
        self.level(&mut alternatives)?;
        Ok((alternatives, words))
    }
}
