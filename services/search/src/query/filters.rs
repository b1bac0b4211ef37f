//! What is asked of the index, and the query that it becomes.

use std::ops::Bound;

use hedgerow_core::id::GroupId;
use hedgerow_proto::v1;
use tantivy::Searcher;
use tantivy::Term;
use tantivy::query::AllQuery;
use tantivy::query::BooleanQuery;
use tantivy::query::ConstScoreQuery;
use tantivy::query::EmptyQuery;
use tantivy::query::Occur;
use tantivy::query::Query;
use tantivy::query::RangeQuery;
use tantivy::query::TermQuery;
use tantivy::query::TermSetQuery;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;

use super::asked::AskedWords;
use super::audience::AudienceQuestion;
use super::document::group_term;
use super::schema::Fields;
use super::times::TimeQuestion;
use super::wording::Wording;

/// More terms than these are read into one set before anything is looked for.
const MOST_LISTS: usize = 12;

/// What a document must be to be found. Everything set must hold.
///
/// It holds a seeker's words, so it has no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Criteria {
    /// Words, every part of which must be there. `None`: no words were asked.
    pub(crate) words: Option<AskedWords>,
    /// Any of these collections; all where empty.
    pub(crate) collections: Vec<String>,
    /// Plain facts: any bit of each of these must be set.
    pub(crate) facts: Vec<u64>,
    /// For each of these, any of its exact tags.
    pub(crate) tags: Vec<Vec<String>>,
    /// Any of these ways to join.
    pub(crate) ways_to_join: Vec<String>,
    /// Any of these languages.
    pub(crate) languages: Vec<String>,
    /// In this region, as a term.
    pub(crate) region: Option<String>,
    /// Any of these kinds of offer and need.
    pub(crate) resource_kinds: Vec<u64>,
    /// Any of these voices of listings.
    pub(crate) voices: Vec<u64>,
    /// Room for so many.
    pub(crate) min_capacity: Option<u32>,
    /// Confirmed in this second or later.
    pub(crate) confirmed_since: Option<i64>,
    /// Of this group only.
    pub(crate) group: Option<GroupId>,
    /// Within a circle.
    pub(crate) around: Option<Around>,
    /// When it happens or can be used.
    pub(crate) times: Option<TimeQuestion>,
    /// Who it is for.
    pub(crate) audience: Option<AudienceQuestion>,
    /// Nothing can be what was asked.
    pub(crate) nothing: bool,
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
    /// The words, as they are looked for in this state of the index.
    pub(crate) fn wording(
        &self,
        searcher: &Searcher,
        fields: &Fields,
    ) -> tantivy::Result<Option<Wording>> {
        self.words
            .as_ref()
            .map(|asked| Wording::of(asked, searcher, fields))
            .transpose()
    }

    /// The query that finds every document that may meet the criteria; whoever collects
    /// asks each for circle, times and audience as well. Only words score.
    pub(crate) fn query(&self, fields: &Fields, wording: Option<&Wording>) -> BooleanQuery {
        self.query_of(fields, wording.map(|wording| wording.clauses(fields)))
    }

    /// The same, for documents with most of the words.
    pub(crate) fn query_for_most(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        wording: &Wording,
    ) -> tantivy::Result<BooleanQuery> {
        let words = wording.clauses_for_most(searcher, fields)?;
        Ok(self.query_of(fields, Some(words)))
    }

    fn query_of(
        &self,
        fields: &Fields,
        words: Option<Vec<(Occur, Box<dyn Query>)>>,
    ) -> BooleanQuery {
        let mut clauses = words.unwrap_or_default();
        clauses.extend(self.filters(fields).into_iter().map(|filter| {
            let unscored: Box<dyn Query> = Box::new(ConstScoreQuery::new(filter, 0.0));
            (Occur::Must, unscored)
        }));
        if clauses.is_empty() {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        BooleanQuery::new(clauses)
    }

    fn filters(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        let mut filters: Vec<Box<dyn Query>> = Vec::new();
        if self.nothing {
            filters.push(Box::new(EmptyQuery));
        }
        for (field, values) in [
            (fields.collection, &self.collections),
            (fields.way_to_join, &self.ways_to_join),
            (fields.language, &self.languages),
        ] {
            filters.extend(texts(field, values));
        }
        for fitting in &self.tags {
            filters.extend(texts(fields.tag, fitting));
        }
        filters.extend(texts(fields.region, self.region.as_slice()));
        filters.extend(numbers(fields.resource_kind, &self.resource_kinds));
        filters.extend(numbers(fields.voice, &self.voices));
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
        self.narrowing(fields, &mut filters);
        filters
    }

    /// What is decided document by document has terms that leave most out before.
    fn narrowing(&self, fields: &Fields, filters: &mut Vec<Box<dyn Query>>) {
        if let Some(times) = &self.times {
            for (field, terms) in [
                (fields.time_block, times.block_terms()),
                (fields.time_slot, times.slot_terms()),
            ] {
                filters.extend(terms.map(|terms| all_or_none(numbers(field, &terms))));
            }
        }
        let audiences = self.audience.as_ref().and_then(AudienceQuestion::terms);
        filters.extend(audiences.map(|terms| all_or_none(numbers(fields.audience, &terms))));
    }
}

/// A pre-filter without terms lets nothing pass.
fn all_or_none(query: Option<Box<dyn Query>>) -> Box<dyn Query> {
    query.unwrap_or_else(|| Box::new(EmptyQuery))
}

fn texts(field: Field, values: &[String]) -> Option<Box<dyn Query>> {
    any_of(
        values
            .iter()
            .map(|value| Term::from_field_text(field, value)),
    )
}

fn numbers(field: Field, values: &[u64]) -> Option<Box<dyn Query>> {
    any_of(
        values
            .iter()
            .map(|&value| Term::from_field_u64(field, value)),
    )
}

/// Any of these terms; nothing to ask where there are none.
fn any_of(terms: impl IntoIterator<Item = Term>) -> Option<Box<dyn Query>> {
    let mut terms: Vec<Term> = terms.into_iter().collect();
    match terms.len() {
        0 => None,
        1 => terms
            .pop()
            .map(|term| Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>),
        // Most of a few terms are not there at all; what is left is then one list to skip in.
        2..=MOST_LISTS => Some(Box::new(BooleanQuery::union(
            terms
                .into_iter()
                .map(|term| {
                    Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>
                })
                .collect(),
        ))),
        _ => Some(Box::new(TermSetQuery::new(terms))),
    }
}

fn at_least(term: Term) -> Box<dyn Query> {
    Box::new(RangeQuery::new(Bound::Included(term), Bound::Unbounded))
}
