//! What is asked of the index, and the query that it becomes.

use std::ops::Bound;

use hedgerow_core::id::GroupId;
use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur,
    Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{SegmentReader, Term};

use super::cells::covering;
use super::document::{NO_LISTING, group_term};
use super::position;
use super::schema::{Fields, POINT};

/// How much the weaker fields count where a word stands in several.
const TIE_BREAKER: f32 = 0.2;

/// What a document must be to be found. Everything set must hold.
///
/// It holds a seeker's words, so it has no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Criteria {
    /// Stems, all of which must be there. None: no words were asked.
    pub(crate) stems: Option<Vec<String>>,
    /// Any of these collections; all where empty.
    pub(crate) collections: Vec<String>,
    /// For listings: any of these roles. `None`: of every role.
    pub(crate) roles: Option<Vec<u64>>,
    /// All of these exact tags.
    pub(crate) tags: Vec<String>,
    /// Any of these ways to join.
    pub(crate) ways_to_join: Vec<String>,
    /// Any of these languages.
    pub(crate) languages: Vec<String>,
    /// Any of these kinds of offer and need.
    pub(crate) resource_kinds: Vec<u64>,
    /// Any of these voices of listings.
    pub(crate) voices: Vec<u64>,
    /// Costs nothing, or does not.
    pub(crate) free: Option<bool>,
    /// Takes part online, or does not.
    pub(crate) online: Option<bool>,
    /// Room for so many.
    pub(crate) min_capacity: Option<u32>,
    /// Confirmed in this second or later.
    pub(crate) confirmed_since: Option<i64>,
    /// Of this group only.
    pub(crate) group: Option<GroupId>,
    /// Within a circle.
    pub(crate) around: Option<Around>,
}

/// A circle.
#[derive(Clone, Copy)]
pub(crate) struct Around {
    /// Its centre.
    pub(crate) centre: v1::Point,
    /// Its radius in metres.
    pub(crate) radius_m: f64,
}

impl Criteria {
    /// The query. Only words score.
    pub(crate) fn query(&self, fields: &Fields) -> BooleanQuery {
        let mut clauses = vec![(Occur::Must, self.words(fields))];
        clauses.extend(self.filters(fields).into_iter().map(|filter| {
            let unscored: Box<dyn Query> = Box::new(ConstScoreQuery::new(filter, 0.0));
            (Occur::Must, unscored)
        }));
        BooleanQuery::new(clauses)
    }

    fn words(&self, fields: &Fields) -> Box<dyn Query> {
        let Some(stems) = &self.stems else {
            return Box::new(AllQuery);
        };
        if stems.is_empty() {
            return Box::new(EmptyQuery);
        }
        let every = stems.iter().map(|stem| {
            let anywhere = fields.weighted().map(|(field, weight)| {
                let term = Term::from_field_text(field, stem);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                Box::new(BoostQuery::new(Box::new(query), weight)) as Box<dyn Query>
            });
            let best = DisjunctionMaxQuery::with_tie_breaker(anywhere.into(), TIE_BREAKER);
            (Occur::Must, Box::new(best) as Box<dyn Query>)
        });
        Box::new(BooleanQuery::new(every.collect()))
    }

    fn filters(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        let mut filters: Vec<Box<dyn Query>> = Vec::new();
        let texts = |field: Field, values: &[String]| {
            any_of(
                values
                    .iter()
                    .map(|value| Term::from_field_text(field, value)),
            )
        };
        let numbers = |field: Field, values: &[u64]| {
            any_of(
                values
                    .iter()
                    .map(|&value| Term::from_field_u64(field, value)),
            )
        };
        filters.extend(texts(fields.collection, &self.collections));
        filters.extend(texts(fields.way_to_join, &self.ways_to_join));
        filters.extend(texts(fields.language, &self.languages));
        filters.extend(numbers(fields.resource_kind, &self.resource_kinds));
        filters.extend(numbers(fields.voice, &self.voices));
        filters.extend(
            self.free
                .and_then(|free| numbers(fields.free, &[free.into()])),
        );
        filters.extend(
            self.online
                .and_then(|online| numbers(fields.online, &[online.into()])),
        );
        for tag in &self.tags {
            filters.extend(texts(fields.tag, std::slice::from_ref(tag)));
        }
        filters.extend(self.roles.as_ref().and_then(|roles| {
            let passing: Vec<u64> = roles.iter().copied().chain([NO_LISTING]).collect();
            numbers(fields.role, &passing)
        }));
        filters.extend(
            self.group
                .as_ref()
                .and_then(|group| any_of([group_term(fields, group)])),
        );
        filters.extend(
            self.min_capacity
                .map(|capacity| at_least(Term::from_field_u64(fields.capacity, capacity.into()))),
        );
        filters.extend(
            self.confirmed_since
                .map(|second| at_least(Term::from_field_i64(fields.confirmed_at, second))),
        );
        if let Some(around) = self.around {
            let cells = covering(&around.centre, around.radius_m);
            filters.extend(cells.and_then(|cells| numbers(fields.cell, &cells)));
            filters.push(within(around));
        }
        filters
    }
}

/// Any of these terms; nothing to ask where there are none.
fn any_of(terms: impl IntoIterator<Item = Term>) -> Option<Box<dyn Query>> {
    let mut terms: Vec<Term> = terms.into_iter().collect();
    match terms.len() {
        0 => None,
        1 => terms
            .pop()
            .map(|term| Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>),
        _ => Some(Box::new(TermSetQuery::new(terms))),
    }
}

fn at_least(term: Term) -> Box<dyn Query> {
    Box::new(RangeQuery::new(Bound::Included(term), Bound::Unbounded))
}

/// Exactly within the circle, by any of a document's points.
fn within(around: Around) -> Box<dyn Query> {
    let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
        let points = segment.fast_fields().u64(POINT)?;
        Ok(move |document| {
            points.values_for_doc(document).any(|packed| {
                distance_m(&around.centre, &position::unpacked(packed)) <= around.radius_m
            })
        })
    });
    Box::new(DocPredicateQuery::from(predicate))
}
