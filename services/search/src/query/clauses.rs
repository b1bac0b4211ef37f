//! The clauses of the engine's query for expanded terms.

use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, Query,
    TermQuery,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};

use crate::analysis::bigrams::bigram;
use crate::query::expanded::{Alternative, ExpandedTerm, ExpandedTerms, rarity};
use crate::schema::Fields;

/// Share that the second-best alternative of a term adds to its score.
const TIE_BREAKER: f32 = 0.25;
/// Weight of an optional term.
const OPTIONAL_WEIGHT: f32 = 0.3;
/// Weight of two query words that are adjacent in a document.
const ADJACENCY_WEIGHT: f32 = 1.0;
/// Added to the score of a document with all terms in a partial match: more than any score.
pub const ALL_TERMS_BONUS: f32 = 1_024.0;
/// With fewer hits than this, documents with some of the terms match too.
const FEW_HITS: u64 = 5;
/// A term suffices alone if it has at least this share of the query's information, and this
/// many times that of any other term.
const SUFFICIENT_SHARE: f32 = 0.5;
const SUFFICIENT_RATIO: f32 = 1.3;
/// Factor on the information of a term for what a person lives with: for a seeker, a drop-in for
/// other people does not match at all, while a matching group without a drop-in half matches.
const SUBJECT_FACTOR: f32 = 1.5;

/// A subject is among the most informative ones with at least this share of the information of
/// the most informative one.
const MAIN_SUBJECT_SHARE: f32 = 0.8;

/// Words before which something is denied.
const DENIALS: [&str; 3] = ["non", "not", "no"];

/// How much of a query a document has to have in a partial match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Most terms, and a main subject.
    Most,
    /// A main subject: `gay` of `gay men over 50`.
    MainSubject,
    /// Any term.
    Any,
}

impl Extent {
    /// All, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Most, Self::MainSubject, Self::Any];
}

/// Two queries for a single word.
pub struct SingleTerm {
    /// Matches each document with the word, unscored.
    pub matching: TermQuery,
    /// Scores like [`ExpandedTerms::clauses`], as a union of terms, because only for unions
    /// does the engine skip documents whose score is too low (block-max WAND).
    pub scored: BooleanQuery,
}

impl ExpandedTerms {
    /// Builds the clauses by which a document needs every term that is not optional.
    pub fn clauses(&self, fields: &Fields) -> Vec<(Occur, Box<dyn Query>)> {
        let mut required = self.required(fields);
        let Some(last) = required.pop() else {
            return vec![(Occur::Must, Box::new(EmptyQuery))];
        };
        // Nested one by one, each optional clause is read only for documents that match the
        // required ones.
        let last = self.extras(fields).into_iter().fold(last, with_bonus);
        required.push(last);
        let required = required.into_iter().map(|term| (Occur::Must, term));
        required.chain(self.refused(fields)).collect()
    }

    /// Leaves out documents that are about something refused. Those that say that they are not,
    /// such as `non-religious`, stay.
    fn refused(&self, fields: &Fields) -> Vec<(Occur, Box<dyn Query>)> {
        let about = self
            .refused_alternatives
            .iter()
            .map(|alternative| match alternative {
                Alternative::Stems(stems) => {
                    let title = stems.iter().map(|stem| {
                        let term = Term::from_field_text(fields.title, stem);
                        (Occur::Must, scored(term))
                    });
                    let denied = stems.first().into_iter().flat_map(|stem| {
                        DENIALS.iter().map(move |denial| {
                            let pair = bigram(denial, stem);
                            (Occur::MustNot, Alternative::Adjacent(pair).query(fields))
                        })
                    });
                    Box::new(BooleanQuery::new(title.chain(denied).collect())) as Box<dyn Query>
                }
                other => other.query(fields),
            });
        about.map(|about| (Occur::MustNot, about)).collect()
    }

    /// Returns the queries for the only term, if it is a single word without alternatives.
    pub fn single_term(&self, fields: &Fields) -> Option<SingleTerm> {
        let [term] = self.terms.as_slice() else {
            return None;
        };
        if !self.refused_alternatives.is_empty() {
            return None;
        }
        let [(weight, Alternative::Stems(stems))] = term.alternatives.as_slice() else {
            return None;
        };
        let [stem] = stems.as_slice() else {
            return None;
        };
        if term.stems != *stems || term.title_weight <= 0.0 {
            return None;
        }
        let word = Term::from_field_text(fields.words, stem);
        let title = Term::from_field_text(fields.title, stem);
        let matching = TermQuery::new(word.clone(), IndexRecordOption::Basic);
        // The words of a title are also in the field of all words, so the union matches the
        // same documents.
        let scored = BooleanQuery::union(vec![
            boosted(scored(word), *weight),
            boosted(scored(title), term.title_weight),
        ]);
        Some(SingleTerm { matching, scored })
    }

    /// Whether documents with some of the terms match too, given how many have all.
    pub fn allows_partial_match(&self, total: u64) -> bool {
        total < FEW_HITS && (self.required_terms().count() > 1 || self.has_broader())
    }

    /// Builds clauses that documents with the most informative terms match; a document with
    /// all terms scores [`ALL_TERMS_BONUS`] more.
    ///
    /// A term has more information the fewer documents have it. A term with at least half of
    /// the query's information, and clearly more than any other, is required and sufficient.
    /// Without such a term, most terms are required, or one, by the extent. So common words cannot
    /// outvote a rare one.
    ///
    /// Only what all terms have without their broader words counts as all.
    pub fn partial_match_clauses(
        &self,
        narrow: &Self,
        searcher: &Searcher,
        fields: &Fields,
        extent: Extent,
    ) -> tantivy::Result<Vec<(Occur, Box<dyn Query>)>> {
        let needs_most = extent == Extent::Most;
        let information = self
            .required_terms()
            .map(|term| term.information(searcher, fields))
            .collect::<tantivy::Result<Vec<f32>>>()?;
        let mut sorted = information.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let highest = sorted
            .first()
            .copied()
            .unwrap_or(1.0)
            .max(f32::MIN_POSITIVE);
        let second = sorted.get(1).copied().unwrap_or_default();
        let sufficient =
            (information.iter().sum::<f32>() * SUFFICIENT_SHARE).max(second * SUFFICIENT_RATIO);
        let required = self.required(fields);
        let all = narrow.required(fields).into_iter();
        let all = BooleanQuery::new(all.map(|term| (Occur::Must, term)).collect());
        let all = ConstScoreQuery::new(Box::new(all), ALL_TERMS_BONUS);
        let min_terms = match required.len() {
            _ if !needs_most => 1,
            few @ 0..=4 => few.saturating_sub(1).max(1),
            many => many * 2 / 3,
        };
        let mut sufficient_term = None;
        let mut others = Vec::new();
        // What a person lives with is not left out for the kind of group.
        let has_subject = self.required_terms().any(|term| term.is_subject);
        let enough_alone = self
            .required_terms()
            .map(|term| term.is_subject || !has_subject);
        let subjects = || {
            let terms = required.iter().zip(self.required_terms());
            let subjects = terms.zip(&information);
            subjects.filter(|((_, term), _)| term.is_subject)
        };
        let main_subject = subjects().map(|(_, information)| *information);
        let threshold = match extent {
            Extent::Any => 0.0,
            _ => main_subject.fold(0.0, f32::max) * MAIN_SUBJECT_SHARE,
        };
        let subjects: Vec<(Occur, Box<dyn Query>)> = subjects()
            .filter(|(_, information)| **information >= threshold)
            .map(|((query, _), _)| (Occur::Should, query.box_clone()))
            .collect();
        let weighed = required.into_iter().zip(information).zip(enough_alone);
        for ((term, information), is_enough_alone) in weighed {
            let term = boosted(term, information / highest);
            if information >= sufficient && needs_most {
                sufficient_term = Some(term);
            } else if needs_most || is_enough_alone {
                others.push(term);
            }
        }
        let partial: Box<dyn Query> = match sufficient_term {
            Some(term) => others.into_iter().fold(term, with_bonus),
            None => {
                let others = others.into_iter().map(|term| (Occur::Should, term));
                let others = others.collect();
                Box::new(BooleanQuery::with_minimum_required_clauses(
                    others, min_terms,
                ))
            }
        };
        let partial = self.extras(fields).into_iter().fold(partial, with_bonus);
        let mut clauses = vec![(Occur::Must, with_bonus(partial, Box::new(all)))];
        if !subjects.is_empty() {
            let any_subject = Box::new(BooleanQuery::new(subjects));
            let unscored = ConstScoreQuery::new(any_subject, 0.0);
            clauses.push((Occur::Must, Box::new(unscored)));
        }
        clauses.extend(self.refused(fields));
        Ok(clauses)
    }

    fn required_terms(&self) -> impl Iterator<Item = &ExpandedTerm> {
        self.terms.iter().filter(|term| !term.optional)
    }

    /// The queries of required terms, with a bonus for a title.
    fn required(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        self.required_terms()
            .map(|term| {
                let weight = term.title_weight / term.stems.len() as f32;
                let stems = term.stems.iter().filter(|_| weight > 0.0);
                let titles = stems.map(|stem| {
                    let term = Term::from_field_text(fields.title, stem);
                    boosted(scored(term), weight)
                });
                let required = titles.fold(any_of(&term.alternatives, fields), with_bonus);
                let others = term.title_alternatives.iter().map(|(weight, stem)| {
                    boosted(scored(Term::from_field_text(fields.title, stem)), *weight)
                });
                let others: Vec<_> = others.collect();
                match others.is_empty() {
                    true => required,
                    false => with_bonus(required, Box::new(DisjunctionMaxQuery::new(others))),
                }
            })
            .collect()
    }

    /// Clauses that only add to a score: optional terms, and adjacent words.
    fn extras(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        let optional = self.terms.iter().filter(|term| term.optional);
        let mut extras: Vec<_> = optional
            .map(|term| boosted(any_of(&term.alternatives, fields), OPTIONAL_WEIGHT))
            .collect();
        let stems: Vec<&String> = self.terms.iter().flat_map(|term| &term.stems).collect();
        extras.extend(stems.windows(2).map(|two| {
            let term = Term::from_field_text(fields.bigrams, &bigram(two[0], two[1]));
            boosted(scored(term), ADJACENCY_WEIGHT)
        }));
        extras
    }
}

impl ExpandedTerm {
    /// Computes the information of the term: its inverse document frequency, as in BM25.
    fn information(&self, searcher: &Searcher, fields: &Fields) -> tantivy::Result<f32> {
        let mut frequency = 0;
        for (_, alternative) in &self.alternatives {
            frequency = alternative.max_frequency(searcher, fields)?.max(frequency);
        }
        let rarity = rarity(frequency, searcher.num_docs());
        Ok(if self.is_subject {
            rarity * SUBJECT_FACTOR
        } else {
            rarity
        })
    }
}

impl Alternative {
    fn query(&self, fields: &Fields) -> Box<dyn Query> {
        match self {
            Self::Stems(stems) => match stems.as_slice() {
                [stem] => scored(Term::from_field_text(fields.words, stem)),
                stems => {
                    // A whole phrase weighs as much as one word, whatever its length.
                    let weight = 1.0 / stems.len() as f32;
                    let all = stems.iter().map(|stem| {
                        let term = Term::from_field_text(fields.words, stem);
                        (Occur::Must, boosted(scored(term), weight))
                    });
                    Box::new(BooleanQuery::new(all.collect()))
                }
            },
            Self::Tag(tag) => {
                let term = Term::from_field_text(fields.tag, tag);
                Box::new(TermQuery::new(term, IndexRecordOption::Basic))
            }
            Self::Adjacent(pair) => scored(Term::from_field_text(fields.bigrams, pair)),
        }
    }
}

/// Matches what `required` matches, and adds the score of `bonus`.
fn with_bonus(required: Box<dyn Query>, bonus: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(vec![
        (Occur::Must, required),
        (Occur::Should, bonus),
    ]))
}

fn any_of(alternatives: &[(f32, Alternative)], fields: &Fields) -> Box<dyn Query> {
    let mut queries: Vec<Box<dyn Query>> = alternatives
        .iter()
        .map(|(weight, alternative)| boosted(alternative.query(fields), *weight))
        .collect();
    match queries.pop() {
        Some(only) if queries.is_empty() => only,
        Some(last) => {
            queries.push(last);
            Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, TIE_BREAKER))
        }
        None => Box::new(EmptyQuery),
    }
}

fn scored(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn boosted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    if (weight - 1.0).abs() < f32::EPSILON {
        query
    } else {
        Box::new(BoostQuery::new(query, weight))
    }
}
