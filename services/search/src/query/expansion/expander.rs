//! Adding terms with those of their alternatives that documents have.

use tantivy::Searcher;

use crate::analysis::query_words::{part_stems, text_terms};
use crate::analysis::tokenizer::stem;
use crate::analysis::word_lists::{is_filler, is_stop_word};
use crate::query::expanded::{
    Alternative, ExpandedTerm, ExpandedTerms, ExpansionKind, Weighted, add_missing, rarity,
};
use crate::query::spelling::Suggestions;
use crate::query::term::QueryTerm;
use crate::query::weights::{SYNONYM_WEIGHT, TITLE_WEIGHT, in_title, own_weights};
use crate::schema::Fields;

/// The state of the index that a query is expanded against.
pub struct Expander<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a Fields,
    pub expanded: ExpandedTerms,
}

/// The ways in which documents can match a term.
#[derive(Default)]
pub struct Meanings {
    pub alternatives: Weighted,
    /// Stems of other words with their additional weights in a title.
    pub titles: Vec<(f32, String)>,
    /// The words among them, to be named.
    pub words: Vec<String>,
}

impl<'a> Expander<'a> {
    pub fn new(searcher: &'a Searcher, fields: &'a Fields) -> Self {
        Self {
            searcher,
            fields,
            expanded: ExpandedTerms::default(),
        }
    }

    /// Adds a term with those of its alternatives that documents have; without any it is left
    /// out.
    pub fn add_term(&mut self, term: &QueryTerm, suggestions: Suggestions) -> tantivy::Result<()> {
        if term.is_refused {
            return self.add_refused(term);
        }
        let (own_weight, title_weight) = own_weights(term);
        let mut alternatives = Vec::new();
        let own = Alternative::Stems(term.stems.clone());
        self.add(&mut alternatives, own_weight, own)?;
        self.expanded.highlights.extend(highlights(&term.typed));
        let mut meanings = Meanings {
            alternatives,
            ..Meanings::default()
        };
        self.add_meanings(term, &mut meanings)?;
        let (mut broader, mut broader_words) = self.broader(term)?;
        if meanings.alternatives.is_empty() {
            meanings.alternatives.append(&mut broader);
            add_missing(&mut meanings.words, std::mem::take(&mut broader_words));
        }
        let Meanings {
            mut alternatives,
            mut titles,
            words,
        } = meanings;
        if !words.is_empty() {
            self.expanded
                .note(&term.typed, words, ExpansionKind::Meaning);
        }
        if let Some(words) = term.around {
            self.add_words(&mut alternatives, SYNONYM_WEIGHT, words)?;
            titles.extend(in_title(words, SYNONYM_WEIGHT));
        }
        self.add_suggestions(term, suggestions, &mut alternatives)?;
        if alternatives.is_empty() {
            if !term.optional && !self.add_single_words(term)? {
                self.expanded.left_out.push(term.typed.clone());
            }
            return Ok(());
        }
        self.expanded.terms.push(ExpandedTerm {
            alternatives,
            typed: term.typed.clone(),
            stems: term.stems.clone(),
            optional: term.optional,
            title_weight,
            title_alternatives: titles,
            is_subject: !term.is_relative
                && (term.saying.is_some()
                    || term.phrase.is_some_and(|phrase| phrase.is_subject)
                    || term.broader.is_some_and(|broader| broader.is_subject)),
            is_around: term.around.is_some(),
            is_feeling: term.saying.is_some() && term.phrase.is_none(),
            is_need: term.is_need(),
            broader,
            broader_words,
        });
        Ok(())
    }

    /// Adds corrections and completions of a word.
    fn add_suggestions(
        &mut self,
        term: &QueryTerm,
        suggestions: Suggestions,
        alternatives: &mut Weighted,
    ) -> tantivy::Result<()> {
        if suggestions.forms.is_empty() {
            return Ok(());
        }
        for form in &suggestions.forms {
            self.add_words(alternatives, suggestions.weight, form)?;
        }
        let kind = match suggestions.are_corrections {
            true => ExpansionKind::Correction,
            false => ExpansionKind::Completion,
        };
        self.expanded.note(&term.typed, suggestions.forms, kind);
        Ok(())
    }

    /// Adds what the person does not want, by all of its words.
    fn add_refused(&mut self, term: &QueryTerm) -> tantivy::Result<()> {
        self.expanded.refused.push(term.typed.clone());
        let mut alternatives = Vec::new();
        let own = Alternative::Stems(term.stems.clone());
        self.add(&mut alternatives, 1.0, own)?;
        if let Some(phrase) = term.phrase {
            for tag in &phrase.tags {
                self.add(&mut alternatives, 1.0, Alternative::Tag(tag.clone()))?;
            }
            for words in &phrase.expansions {
                let stems = text_terms(words);
                self.add(&mut alternatives, 1.0, Alternative::Stems(stems))?;
            }
        }
        let alternatives = alternatives.into_iter().map(|(_, alternative)| alternative);
        self.expanded.refused_alternatives.extend(alternatives);
        Ok(())
    }

    /// Adds those words of a phrase that documents have, although none has the phrase or an
    /// alternative of it.
    fn add_single_words(&mut self, term: &QueryTerm) -> tantivy::Result<bool> {
        let mut words = Vec::new();
        let may_be_parted = term.stems.len() > 1 && term.saying.is_none();
        for stem in term.stems.iter().filter(|_| may_be_parted) {
            let alternative = Alternative::Stems(vec![stem.clone()]);
            let is_rare = !is_filler(stem) && !is_stop_word(stem);
            if is_rare && alternative.max_frequency(self.searcher, self.fields)? > 0 {
                words.push((stem.clone(), alternative));
            }
        }
        for (stem, alternative) in &words {
            self.expanded.highlights.push(stem.clone());
            self.expanded.terms.push(ExpandedTerm {
                alternatives: vec![(1.0, alternative.clone())],
                typed: term.typed.clone(),
                stems: vec![stem.clone()],
                title_weight: TITLE_WEIGHT,
                ..ExpandedTerm::default()
            });
        }
        Ok(!words.is_empty())
    }

    /// Adds the words of a text as an alternative, if a document may have them all.
    pub fn add_words(
        &mut self,
        alternatives: &mut Weighted,
        weight: f32,
        words: &str,
    ) -> tantivy::Result<bool> {
        let stems = text_terms(words);
        if stems.is_empty() {
            return Ok(false);
        }
        let has_any = self.add(alternatives, weight, Alternative::Stems(stems))?;
        if has_any {
            self.expanded.highlights.extend(highlights(words));
        }
        Ok(has_any)
    }

    /// Adds an alternative if a document may have it.
    pub fn add(
        &self,
        alternatives: &mut Weighted,
        weight: f32,
        alternative: Alternative,
    ) -> tantivy::Result<bool> {
        let has_any = alternative.max_frequency(self.searcher, self.fields)? > 0;
        if has_any {
            alternatives.push((weight, alternative));
        }
        Ok(has_any)
    }

    /// Lowers the weights of rare alternatives, so that all score as if they were as frequent as
    /// the most frequent one: which words fit a saying best is known, whatever their rarity.
    pub fn level(&self, alternatives: &mut [(f32, Alternative)]) -> tantivy::Result<()> {
        let mut rarities = Vec::with_capacity(alternatives.len());
        for (_, alternative) in alternatives.iter() {
            let frequency = alternative.max_frequency(self.searcher, self.fields)?;
            rarities.push(rarity(frequency, self.searcher.num_docs()));
        }
        let lowest = rarities.iter().copied().fold(f32::INFINITY, f32::min);
        for ((weight, _), rarity) in alternatives.iter_mut().zip(rarities) {
            *weight *= lowest / rarity.max(f32::MIN_POSITIVE);
        }
        Ok(())
    }
}

/// The stems of words in a text that match: compounds in parts and whole.
fn highlights(words: &str) -> Vec<String> {
    let mut stems = part_stems(words);
    stems.retain(|stem| !is_stop_word(stem));
    stems.push(stem(words));
    stems.dedup();
    stems
}
