//! The terms of a query with all ways in which a document can match them.

use tantivy::{Searcher, Term};

use crate::schema::Fields;

/// Alternatives of a word, each with its weight.
pub type Weighted = Vec<(f32, Alternative)>;

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
#[derive(Clone, Default)]
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
            let of_term =
                |one: &&mut Expansion| one.term == term.typed && one.kind == ExpansionKind::Meaning;
            match self.expansions.iter_mut().find(of_term) {
                Some(known) => add_missing(&mut known.alternatives, words),
                None if words.is_empty() => {}
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

    pub fn note(&mut self, term: &str, alternatives: Vec<String>, kind: ExpansionKind) {
        self.expansions.push(Expansion {
            term: term.to_owned(),
            alternatives,
            kind,
        });
    }
}

/// Adds words that are not in a list yet.
pub fn add_missing(list: &mut Vec<String>, words: Vec<String>) {
    for word in words {
        if !list.contains(&word) {
            list.push(word);
        }
    }
}

/// The inverse document frequency, as in BM25.
pub fn rarity(frequency: u64, documents: u64) -> f32 {
    let documents = documents.max(frequency);
    (1.0 + (documents - frequency) as f32 / (frequency as f32 + 0.5)).ln()
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
