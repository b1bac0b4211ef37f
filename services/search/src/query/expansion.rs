//! Expansion of query terms against one state of the index: other words with the meaning,
//! corrections of misspelt words, and words that no document has.

use tantivy::{Searcher, Term};

use crate::analysis::bigrams::bigram;
use crate::analysis::query_words::{part_stems, text_terms};
use crate::analysis::tokenizer::stem;
use crate::analysis::word_lists::{is_filler, is_stop_word};
use crate::query::spelling::{Suggestions, join, split, suggest};
use crate::query::terms::{QueryTerm, QueryTerms};
use crate::query::weights::{
    BROADER_WEIGHT, EXACT_TAG_WEIGHT, NEED_FALLOFF, SAYING_FALLOFF, SAYING_OF_PHRASE_FACTOR,
    SAYING_WEIGHT, SYNONYM_WEIGHT, TITLE_WEIGHT, WIDER_TAG_WEIGHT, in_title, own_weights,
};
use crate::schema::Fields;

/// Maximum number of words of a query that are corrected or completed: each reads a part of the
/// index's dictionary.
const MAX_SUGGESTED_WORDS: usize = 8;

/// Alternatives of a word, each with its weight.
type Weighted = Vec<(f32, Alternative)>;

/// How an alternative of a word was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpansionKind {
    /// It means the same or something narrower.
    Meaning,
    /// It begins with the word.
    Completion,
    /// The word is taken as misspelt.
    Correction,
    /// It is the word in two parts, or two words in one.
    Spelling,
}

/// A word of the query with the words that are searched as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The word as typed.
    pub term: String,
    pub alternatives: Vec<String>,
    pub kind: ExpansionKind,
}

/// Query terms with their alternatives.
#[derive(Clone, Default)]
pub struct ExpandedTerms {
    pub terms: Vec<ExpandedTerm>,
    /// Stems to highlight in a hit.
    pub highlights: Vec<String>,
    pub expansions: Vec<Expansion>,
    /// Words as typed that no document has, nor an alternative of them.
    pub left_out: Vec<String>,
    /// What the person does not want: words as typed, and how documents have them.
    pub refused: Vec<String>,
    pub refused_alternatives: Vec<Alternative>,
}

/// Whose broader words count in a partial match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Of needs: their own words are few of many.
    Needs,
    /// Of words that name something too, if nothing matches otherwise.
    All,
}

impl Reach {
    fn includes(self, term: &ExpandedTerm) -> bool {
        self == Self::All || term.is_need
    }
}

/// A query term with the ways in which a document can match it.
#[derive(Clone)]
pub struct ExpandedTerm {
    /// Each with its weight.
    pub alternatives: Weighted,
    /// The text as typed.
    pub typed: String,
    /// The stems as typed.
    pub stems: Vec<String>,
    pub optional: bool,
    /// Additional weight in a title.
    pub title_weight: f32,
    /// Stems of other words with the meaning, each with its additional weight in a title.
    pub title_alternatives: Vec<(f32, String)>,
    /// Whether it says what a person lives with.
    pub is_subject: bool,
    /// Whether it is someone's relative, and has alternatives for those around them.
    pub is_around: bool,
    /// Whether it is what a person says, and not a word of the vocabulary too.
    pub is_feeling: bool,
    /// Whether it is a need.
    pub is_need: bool,
    /// Further ways for a partial match: words for more than what is asked.
    pub broader: Weighted,
    /// These words, to be named if they count.
    pub broader_words: Vec<String>,
}

#[derive(Clone)]
pub enum Alternative {
    /// All of these stems.
    Stems(Vec<String>),
    /// This exact tag.
    Tag(String),
    /// These two adjacent stems.
    Adjacent(String),
}

/// The state of the index that a query is expanded against.
struct Expander<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    expanded: ExpandedTerms,
}

impl ExpandedTerms {
    /// The same terms with broader words among their alternatives: of needs, or of all terms.
    pub fn widened(&self, reach: Reach) -> Self {
        let mut wider = self.clone();
        for term in wider.terms.iter_mut().filter(|term| reach.includes(term)) {
            term.alternatives.append(&mut term.broader);
        }
        wider
    }

    /// Names the broader words of terms as searched.
    pub fn note_broader(&mut self, reach: Reach) {
        for term in self.terms.iter_mut().filter(|term| reach.includes(term)) {
            let words = std::mem::take(&mut term.broader_words);
            if words.is_empty() {
                continue;
            }
            let of_term =
                |one: &&mut Expansion| one.term == term.typed && one.kind == ExpansionKind::Meaning;
            match self.expansions.iter_mut().find(of_term) {
                Some(known) => {
                    let alternatives = &mut known.alternatives;
                    alternatives.extend(
                        words
                            .into_iter()
                            .filter(|word| !alternatives.contains(word))
                            .collect::<Vec<_>>(),
                    );
                }
                None => self.expansions.push(Expansion {
                    term: term.typed.clone(),
                    alternatives: words,
                    kind: ExpansionKind::Meaning,
                }),
            }
        }
    }

    /// Whether a term has broader words.
    pub fn has_broader(&self) -> bool {
        self.terms.iter().any(|term| !term.broader.is_empty())
    }

    /// Expands each term by the vocabulary, and by the words of the index.
    pub fn new(query: &QueryTerms, searcher: &Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let mut expander = Expander {
            searcher,
            fields,
            expanded: Self::default(),
        };
        let mut frequencies = Vec::with_capacity(query.terms.len());
        let mut suggestions = Vec::with_capacity(query.terms.len());
        let mut unknown_words = 0;
        for term in &query.terms {
            let frequency =
                Alternative::Stems(term.stems.clone()).max_frequency(searcher, fields)?;
            unknown_words += usize::from(term.form.is_some());
            suggestions.push(match unknown_words {
                0..=MAX_SUGGESTED_WORDS => suggest(term, frequency, searcher, fields)?,
                _ => Suggestions::default(),
            });
            frequencies.push(frequency);
        }
        if let Some(corrected) = correct_to_phrases(query, &suggestions) {
            for (term, suggestions) in query.terms.iter().zip(suggestions) {
                if let Some(first) = suggestions.forms.into_iter().next() {
                    expander.note(&term.typed, vec![first], ExpansionKind::Correction);
                }
            }
            for term in &corrected.terms {
                expander.add_term(term, Suggestions::default())?;
            }
            return Ok(expander.finish(&corrected));
        }
        let mut joined_before = false;
        for (at, (term, suggestions)) in query.terms.iter().zip(suggestions).enumerate() {
            if std::mem::take(&mut joined_before) {
                continue;
            }
            let next = query.terms.get(at + 1);
            let is_missing = |at: usize| frequencies.get(at) == Some(&0);
            if let Some(next) = next
                && (is_missing(at) || is_missing(at + 1))
                && expander.add_joined(term, next)?
            {
                joined_before = true;
            } else if !is_missing(at) || !expander.add_split(term, &suggestions)? {
                expander.add_term(term, suggestions)?;
            }
        }
        Ok(expander.finish(query))
    }
}

impl Expander<'_> {
    fn note(&mut self, term: &str, alternatives: Vec<String>, kind: ExpansionKind) {
        self.expanded.expansions.push(Expansion {
            term: term.to_owned(),
            alternatives,
            kind,
        });
    }

    /// Adds a term with those of its alternatives that documents have; without any it is left
    /// out.
    fn add_term(&mut self, term: &QueryTerm, suggestions: Suggestions) -> tantivy::Result<()> {
        if term.is_refused {
            return self.add_refused(term);
        }
        let (own_weight, title_weight) = own_weights(term);
        let mut alternatives = Vec::new();
        self.add(
            &mut alternatives,
            own_weight,
            Alternative::Stems(term.stems.clone()),
        )?;
        self.expanded.highlights.extend(highlights(&term.typed));
        let mut meanings = Vec::new();
        if let Some(phrase) = term.phrase {
            for (weight, tags) in [
                (EXACT_TAG_WEIGHT, &phrase.tags),
                (SYNONYM_WEIGHT, &phrase.narrower),
                (WIDER_TAG_WEIGHT, &phrase.wider),
            ] {
                for tag in tags {
                    self.add(&mut alternatives, weight, Alternative::Tag(tag.clone()))?;
                }
            }
            for synonym in &phrase.expansions {
                if self.add_words(&mut alternatives, SYNONYM_WEIGHT, synonym)? {
                    meanings.push(synonym.clone());
                }
            }
        }
        let mut title_alternatives = Vec::new();
        if let Some(saying) = term.saying {
            let mut weight = SAYING_WEIGHT;
            if term.phrase.is_some() {
                weight *= SAYING_OF_PHRASE_FACTOR;
            }
            let first = alternatives.len();
            for tag in &saying.tags {
                self.add(&mut alternatives, weight, Alternative::Tag(tag.clone()))?;
            }
            for words in &saying.expansions {
                if self.add_words(&mut alternatives, weight, words)? {
                    title_alternatives.extend(in_title(words, weight));
                    if !meanings.contains(words) {
                        meanings.push(words.clone());
                    }
                }
                weight *= match saying.is_need {
                    true => NEED_FALLOFF,
                    false => SAYING_FALLOFF,
                };
            }
            let first = if term.phrase.is_some() { first } else { 0 };
            self.level(&mut alternatives[first..])?;
        }
        let (mut broader, mut broader_words) = self.broader(term)?;
        if alternatives.is_empty() {
            alternatives.append(&mut broader);
            meanings.append(&mut broader_words);
        }
        if !meanings.is_empty() {
            self.note(&term.typed, meanings, ExpansionKind::Meaning);
        }
        if let Some(words) = term.around {
            self.add_words(&mut alternatives, SYNONYM_WEIGHT, words)?;
            title_alternatives.extend(in_title(words, SYNONYM_WEIGHT));
        }
        if !suggestions.forms.is_empty() {
            for form in &suggestions.forms {
                self.add_words(&mut alternatives, suggestions.weight, form)?;
            }
            let kind = match suggestions.are_corrections {
                true => ExpansionKind::Correction,
                false => ExpansionKind::Completion,
            };
            self.note(&term.typed, suggestions.forms, kind);
        }
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
            title_alternatives,
            is_subject: !term.is_relative
                && (term.saying.is_some() || term.phrase.is_some_and(|phrase| phrase.is_subject)),
            is_around: term.around.is_some(),
            is_feeling: term.saying.is_some() && term.phrase.is_none(),
            is_need: term.saying.is_some_and(|saying| saying.is_need),
            broader,
            broader_words,
        });
        Ok(())
    }

    /// The words of groups for more than a term, with those that documents have.
    fn broader(&self, term: &QueryTerm) -> tantivy::Result<(Weighted, Vec<String>)> {
        let (mut alternatives, mut words) = (Vec::new(), Vec::new());
        let Some(broader) = term.broader else {
            return Ok((alternatives, words));
        };
        let mut weight = BROADER_WEIGHT;
        for tag in &broader.tags {
            self.add(&mut alternatives, weight, Alternative::Tag(tag.clone()))?;
        }
        for text in &broader.expansions {
            if self.add(
                &mut alternatives,
                weight,
                Alternative::Stems(text_terms(text)),
            )? {
                words.push(text.clone());
                weight *= SAYING_FALLOFF;
            }
        }
        self.level(&mut alternatives)?;
        Ok((alternatives, words))
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
                optional: false,
                title_weight: TITLE_WEIGHT,
                title_alternatives: Vec::new(),
                is_subject: false,
                is_around: false,
                is_feeling: false,
                is_need: false,
                broader: Vec::new(),
                broader_words: Vec::new(),
            });
        }
        Ok(!words.is_empty())
    }

    /// Adds two words as the one word that documents have in their place.
    fn add_joined(&mut self, term: &QueryTerm, next: &QueryTerm) -> tantivy::Result<bool> {
        let (Some(first), Some(second)) = (&term.form, &next.form) else {
            return Ok(false);
        };
        let Some(joined) = join(first, second, self.searcher, self.fields)? else {
            return Ok(false);
        };
        let typed = format!("{} {}", term.typed, next.typed);
        self.add_respelt(
            term,
            &typed,
            joined.clone(),
            Alternative::Stems(vec![stem(&joined)]),
        );
        Ok(true)
    }

    /// Adds a word as the two words that documents have in its place, unless it is unfinished.
    fn add_split(&mut self, term: &QueryTerm, found: &Suggestions) -> tantivy::Result<bool> {
        let is_unfinished = !found.forms.is_empty() && !found.are_corrections;
        let Some(form) = term.form.as_ref().filter(|_| !is_unfinished) else {
            return Ok(false);
        };
        let Some([first, second]) = split(form, self.searcher, self.fields)? else {
            return Ok(false);
        };
        let pair = bigram(&stem(&first), &stem(&second));
        let parts = format!("{first} {second}");
        self.add_respelt(term, &term.typed, parts, Alternative::Adjacent(pair));
        Ok(true)
    }

    fn add_respelt(&mut self, term: &QueryTerm, typed: &str, words: String, other: Alternative) {
        let stems = part_stems(&words);
        self.expanded.highlights.extend(stems.iter().cloned());
        self.note(typed, vec![words], ExpansionKind::Spelling);
        self.expanded.terms.push(ExpandedTerm {
            alternatives: vec![(1.0, other)],
            typed: typed.to_owned(),
            stems,
            optional: term.optional,
            title_weight: TITLE_WEIGHT,
            title_alternatives: Vec::new(),
            is_subject: false,
            is_around: false,
            is_feeling: false,
            is_need: false,
            broader: Vec::new(),
            broader_words: Vec::new(),
        });
    }

    fn add_words(
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
    fn add(
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
    fn level(&self, alternatives: &mut [(f32, Alternative)]) -> tantivy::Result<()> {
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

    /// Ends with the words left out as they were typed: in a script without spaces the parts of
    /// a word overlap.
    fn finish(self, query: &QueryTerms) -> ExpandedTerms {
        let mut expanded = self.expanded;
        // No record has what their relative lives with: groups for those around anybody are left.
        // How the person feels is then a reason, and no other subject.
        let has_around = expanded.terms.iter().any(|term| term.is_around);
        if has_around && !expanded.left_out.is_empty() {
            for term in &mut expanded.terms {
                term.optional = !term.is_around && (term.optional || term.is_feeling);
                term.is_subject |= term.is_around;
            }
        }
        let left_out = std::mem::take(&mut expanded.left_out);
        let mut end = 0;
        for term in query
            .terms
            .iter()
            .filter(|term| left_out.contains(&term.typed))
        {
            let last = expanded.left_out.last_mut();
            match last {
                Some(last) if term.range.start < end => {
                    last.extend(term.typed.chars().skip(1));
                }
                _ => expanded.left_out.push(term.typed.clone()),
            }
            end = term.range.end;
        }
        expanded
    }
}

/// The inverse document frequency, as in BM25.
pub fn rarity(frequency: u64, documents: u64) -> f32 {
    let documents = documents.max(frequency);
    (1.0 + (documents - frequency) as f32 / (frequency as f32 + 0.5)).ln()
}

/// The stems of words in a text that match: compounds in parts and whole.
fn highlights(words: &str) -> Vec<String> {
    let mut stems = part_stems(words);
    stems.retain(|stem| !is_stop_word(stem));
    stems.push(stem(words));
    stems.dedup();
    stems
}

/// Replaces misspelt words by their best corrections and parses the query again. Returns the
/// result only if it has more vocabulary phrases than the query as typed.
fn correct_to_phrases(query: &QueryTerms, suggestions: &[Suggestions]) -> Option<QueryTerms> {
    // A need has found its words as misspelt, and the words around what is refused are gone.
    let is_read =
        |term: &QueryTerm| term.is_refused || term.saying.is_some_and(|saying| saying.is_need);
    if !suggestions.iter().any(|it| it.are_corrections) || query.terms.iter().any(is_read) {
        return None;
    }
    let words = query
        .terms
        .iter()
        .zip(suggestions)
        .map(|(term, suggestions)| {
            suggestions
                .forms
                .first()
                .filter(|_| suggestions.are_corrections)
                .map_or(term.typed.as_str(), String::as_str)
        });
    // The space at the end marks the last word as finished.
    let corrected = QueryTerms::parse(&(words.collect::<Vec<_>>().join(" ") + " "))?;
    let phrases = |query: &QueryTerms| {
        query
            .terms
            .iter()
            .filter(|term| term.phrase.is_some() || term.saying.is_some())
            .count()
    };
    (phrases(&corrected) > phrases(query)).then_some(corrected)
}

impl Alternative {
    /// An upper bound on the number of documents that match.
    pub fn max_frequency(&self, searcher: &Searcher, fields: &Fields) -> tantivy::Result<u64> {
        match self {
            Self::Stems(stems) => {
                let mut lowest = u64::MAX;
                for stem in stems {
                    let term = Term::from_field_text(fields.words, stem);
                    lowest = searcher.doc_freq(&term)?.min(lowest);
                    if lowest == 0 {
                        break;
                    }
                }
                Ok(lowest)
            }
            Self::Tag(tag) => searcher.doc_freq(&Term::from_field_text(fields.tag, tag)),
            Self::Adjacent(pair) => searcher.doc_freq(&Term::from_field_text(fields.bigrams, pair)),
        }
    }
}
