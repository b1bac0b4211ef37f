//! The filters of a search, and the engine's query built from them.

use std::ops::Bound;

use hedgerow_core::id::GroupId;
use hedgerow_proto::v1;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::audience::AudienceFilter;
use crate::geo::area::PointTest;
use crate::geo::circle::Circle;
use crate::query::clauses::Extent;
use crate::query::expanded::{ExpandedTerms, Reach};
use crate::query::expansion::expand;
use crate::query::tag_filter::TagFilter;
use crate::query::terms::QueryTerms;
use crate::schema::{Fields, enum_term, group_term};
use crate::segment::flags;
use crate::times::filter::TimeFilter;

/// Up to this many terms are a union of posting lists; more are collected into a set first.
const MAX_UNION_TERMS: usize = 12;

/// The filters of a search. A document has to pass all that are set; the default lets every
/// document pass.
///
/// It contains a seeker's words, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Filters {
    /// Words; only they affect the score.
    pub terms: Option<QueryTerms>,
    /// Any of these collections.
    pub collections: Vec<String>,
    /// Any of these roles. Applies to listings; other documents pass.
    pub roles: Vec<v1::Role>,
    /// All of these tags.
    pub tags: Vec<TagFilter>,
    /// A point in this circle. Documents more hidden than town do not pass.
    pub circle: Option<Circle>,
    /// A point that is in the circle and passes this test, for areas that are not circles.
    pub inside: Option<PointTest>,
    /// Keys of areas, in order. Documents without a point inside pass too if they serve or are in
    /// one of these, and rank after the others. Only with a circle.
    pub areas: Vec<u64>,
    /// This region, as a [`region_term`](crate::region_term).
    pub region: Option<String>,
    /// Window, weekdays, time of day and time of use.
    pub times: TimeFilter,
    /// Tags of the people it is for, emphasis and age.
    pub audience: AudienceFilter,
    pub open_to_new: Option<bool>,
    /// Any of these ways to join.
    pub how_to_join: Vec<TagFilter>,
    /// All of these accessibility tags.
    pub accessibility: Vec<TagFilter>,
    /// Any of these languages, the first of [`language_terms`](crate::language_terms) each.
    pub languages: Vec<String>,
    pub free_of_charge: Option<bool>,
    pub first_time_free: Option<bool>,
    pub online: Option<bool>,
    /// Any of these kinds of offer or need.
    pub resource_kinds: Vec<v1::ResourceKind>,
    pub min_capacity: Option<u32>,
    /// Any of these voices.
    pub voices: Vec<v1::Voice>,
    /// Confirmed in this second since 1970, or later.
    pub confirmed_since: Option<i64>,
    pub group: Option<GroupId>,
    /// Any of these. Applies to events; other documents pass.
    pub event_openness: Vec<v1::EventOpenness>,
    /// No document passes. For filters that the index cannot evaluate and no record satisfies.
    pub matches_nothing: bool,
}

impl Filters {
    /// Expands the words against one state of the index.
    pub(crate) fn expand_terms(
        &self,
        searcher: &Searcher,
        fields: &Fields,
    ) -> tantivy::Result<Option<ExpandedTerms>> {
        self.terms
            .as_ref()
            .map(|terms| expand(terms, searcher, fields))
            .transpose()
    }

    /// Builds a query that matches each document that may pass. Flags, circle, times and
    /// audience need a [`DocFilter`](crate::filter::per_document::DocFilter) as well.
    pub(crate) fn query(&self, fields: &Fields, terms: Option<&ExpandedTerms>) -> BooleanQuery {
        self.query_with(fields, terms.map(|terms| terms.clauses(fields)))
    }

    /// Builds the same query for documents with some of the words.
    pub(crate) fn partial_match_query(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        terms: &ExpandedTerms,
        (extent, reach): (Extent, Reach),
    ) -> tantivy::Result<BooleanQuery> {
        let wider = terms.widened(reach);
        let terms = wider.partial_match_clauses(terms, searcher, fields, extent)?;
        Ok(self.query_with(fields, Some(terms)))
    }

    /// The flags to check for each document: any bit of each value.
    pub(crate) fn flags(&self) -> Vec<u64> {
        [
            flags::any_role(&self.roles),
            flags::any_openness(&self.event_openness),
            flags::yes_or_no(flags::ONLINE_AT, self.online),
            flags::yes_or_no(flags::FREE_OF_CHARGE_AT, self.free_of_charge),
            flags::yes_or_no(flags::FIRST_TIME_FREE_AT, self.first_time_free),
            flags::yes_or_no(flags::OPEN_TO_NEW_AT, self.open_to_new),
        ]
        .into_iter()
        .filter(|&flags| flags != 0)
        .collect()
    }

    fn query_with(
        &self,
        fields: &Fields,
        terms: Option<Vec<(Occur, Box<dyn Query>)>>,
    ) -> BooleanQuery {
        let mut clauses = terms.unwrap_or_default();
        clauses.extend(self.clauses(fields).into_iter().map(|clause| {
            let unscored: Box<dyn Query> = Box::new(ConstScoreQuery::new(clause, 0.0));
            (Occur::Must, unscored)
        }));
        if clauses.is_empty() {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        BooleanQuery::new(clauses)
    }

    fn clauses(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        let mut clauses: Vec<Box<dyn Query>> = Vec::new();
        if self.matches_nothing {
            clauses.push(Box::new(EmptyQuery));
        }
        let how_to_join = self.how_to_join.iter().flat_map(|tag| &tag.terms);
        clauses.extend(any_text(fields.collection, &self.collections));
        clauses.extend(any_text(fields.how_to_join, how_to_join));
        clauses.extend(any_text(fields.language, &self.languages));
        for tag in self.tags.iter().chain(&self.accessibility) {
            clauses.extend(any_text(fields.tag, &tag.terms));
        }
        clauses.extend(any_text(fields.region, &self.region));
        let kinds = self.resource_kinds.iter();
        let kinds = kinds.map(|&kind| enum_term(kind as i32));
        clauses.extend(any_number(fields.resource_kind, kinds));
        let voices = self.voices.iter().map(|&voice| enum_term(voice as i32));
        clauses.extend(any_number(fields.voice, voices));
        clauses.extend(
            self.group
                .as_ref()
                .and_then(|group| any_of([group_term(fields, group)])),
        );
        clauses.extend(
            self.min_capacity
                .map(|capacity| at_least(Term::from_field_u64(fields.capacity, capacity.into()))),
        );
        clauses.extend(
            self.confirmed_since
                .map(|second| at_least(Term::from_field_i64(fields.confirm_time, second))),
        );
        clauses.extend(self.coarse_clauses(fields));
        clauses
    }

    /// Clauses for filters that are evaluated document by document: they exclude most
    /// documents before.
    fn coarse_clauses(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        let terms = [
            (fields.time_block, self.times.block_terms()),
            (fields.time_slot, self.times.slot_terms()),
            (fields.audience, self.audience.terms()),
        ];
        // A filter with no possible term matches nothing.
        let clause = |(field, terms): (Field, Vec<u64>)| {
            any_number(field, terms).unwrap_or_else(|| Box::new(EmptyQuery))
        };
        terms
            .into_iter()
            .filter_map(|(field, terms)| Some(clause((field, terms?))))
            .collect()
    }
}

fn any_text<'a>(
    field: Field,
    values: impl IntoIterator<Item = &'a String>,
) -> Option<Box<dyn Query>> {
    any_of(
        values
            .into_iter()
            .map(|value| Term::from_field_text(field, value)),
    )
}

fn any_number(field: Field, values: impl IntoIterator<Item = u64>) -> Option<Box<dyn Query>> {
    any_of(
        values
            .into_iter()
            .map(|value| Term::from_field_u64(field, value)),
    )
}

/// Matches any of these terms; `None` without terms.
fn any_of(terms: impl IntoIterator<Item = Term>) -> Option<Box<dyn Query>> {
    let mut terms: Vec<Term> = terms.into_iter().collect();
    match terms.len() {
        0 => None,
        1 => terms.pop().map(unscored),
        // Most terms of a short list are absent from a segment; the union then skips through
        // the one list that is left.
        2..=MAX_UNION_TERMS => Some(Box::new(BooleanQuery::union(
            terms.into_iter().map(unscored).collect(),
        ))),
        _ => Some(Box::new(TermSetQuery::new(terms))),
    }
}

fn unscored(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn at_least(term: Term) -> Box<dyn Query> {
    Box::new(RangeQuery::new(Bound::Included(term), Bound::Unbounded))
}
