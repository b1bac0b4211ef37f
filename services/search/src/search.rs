//! Searching a snapshot.

use std::sync::Arc;

use hedgerow_proto::directory_v1::FacetKind;
use tantivy::DocAddress;
use tantivy::collector::DocSetCollector;
use tantivy::query::{BooleanQuery, Occur, Query, TermSetQuery};

use crate::candidate::Candidate;
use crate::collector::{CollectedHits, HitCollector};
use crate::error::IndexError;
use crate::facets::counter::FacetCounts;
use crate::filter::per_document::DocFilter;
use crate::organisations::grouping::{Group, with_unmatched};
use crate::query::clauses::{Extent, SingleTerm};
use crate::query::expanded::{Expansion, Reach};
use crate::query::filters::Filters;
use crate::rank::key::Rank;
use crate::rank::ranking::Ranking;
use crate::rank::segment_ranking::Ranker;
use crate::schema::record_term;
use crate::snapshot::Snapshot;

/// A page of hits, with counts over all hits.
#[derive(Default)]
pub struct SearchResults {
    /// The first hits with their ranks, in order.
    pub candidates: Vec<(Rank, Candidate)>,
    /// For each candidate, further listings of the same organisation: those that match, then
    /// others.
    pub same_organisation: Vec<Vec<Candidate>>,
    /// The number of all hits. Listings of one organisation are one hit.
    pub total: u64,
    /// Whether no document has all words, so that the hits have some of them.
    pub is_partial_match: bool,
    pub facets: Vec<(FacetKind, FacetCounts)>,
    /// Stems to highlight in a hit.
    pub highlights: Vec<String>,
    pub expansions: Vec<Expansion>,
    /// Words of the query as typed that no document has.
    pub left_out: Vec<String>,
    /// Words as typed of what the person does not want.
    pub refused: Vec<String>,
}

impl Snapshot {
    /// Returns the first `limit` hits in order, and counts facets over all hits.
    pub fn search(
        &self,
        filters: &Filters,
        ranking: Ranking,
        limit: usize,
        facets: &[FacetKind],
    ) -> Result<SearchResults, IndexError> {
        let terms = filters.expand_terms(&self.searcher, &self.fields)?;
        self.interrupt.check()?;
        let ranker = Ranker::new(filters, ranking);
        let mut collector = HitCollector {
            columns: Arc::clone(&self.columns),
            shared: Arc::clone(&self.shared),
            filter: DocFilter::new(filters),
            ranker: Some(ranker.clone()),
            limit: limit.max(1),
            facets: facets.to_vec(),
        };
        let query = filters.query(&self.fields, terms.as_ref());
        // With filters the query has further clauses, which rule out the faster way.
        let single_term = match (&terms, query.clauses()) {
            (Some(terms), [_]) if ranker.is_by_score() && filters.circle.is_none() => {
                terms.single_term(&self.fields)
            }
            _ => None,
        };
        let mut hits = match single_term {
            Some(term) => self.search_single_term(&term, &collector)?,
            None => self.run_in_circle(filters, query, &collector)?,
        };
        let (mut is_partial_match, mut widened) = (false, None);
        if let Some(terms) = &terms
            && terms.allows_partial_match(hits.total)
        {
            is_partial_match = hits.total == 0;
            collector.ranker = Some(ranker.for_partial_match());
            // Broader words for what records name come last, and only if there are such words.
            let last = terms.has_broader().then_some((Extent::Any, Reach::All));
            let narrow = Extent::ALL.map(|extent| (extent, Reach::Needs));
            for how in narrow.into_iter().chain(last) {
                let query =
                    filters.partial_match_query(&self.searcher, &self.fields, terms, how)?;
                hits = self.run_in_circle(filters, query, &collector)?;
                widened = Some(how.1).filter(|_| terms.has_broader());
                if hits.total > 0 {
                    break;
                }
            }
        }
        let mut candidates = Vec::with_capacity(hits.first.len());
        let mut same_organisation = Vec::with_capacity(hits.first.len());
        for group in hits.first {
            candidates.push((group.rank, self.candidate_of(filters, group.first)?));
            let others = self.others_of(filters, &group).into_iter();
            let others = others.map(|address| self.candidate_of(filters, address));
            same_organisation.push(others.collect::<Result<Vec<_>, _>>()?);
        }
        let mut terms = terms.unwrap_or_default();
        if let Some(reach) = widened {
            terms.note_broader(reach);
        }
        Ok(SearchResults {
            candidates,
            same_organisation,
            total: hits.total,
            is_partial_match,
            facets: hits.facets,
            highlights: terms.highlights,
            expansions: terms.expansions,
            left_out: terms.left_out,
            refused: terms.refused,
        })
    }

    /// Searches for a single word without filters in two passes: counting needs no scores, and
    /// the best hits need only the highest scores.
    fn search_single_term(
        &self,
        term: &SingleTerm,
        collector: &HitCollector,
    ) -> Result<CollectedHits, IndexError> {
        let counts = self.run_query(&term.matching, &collector.counts_only())?;
        let first = self.run_self_checking(&term.scored, &collector.top_hits(&self.interrupt))?;
        Ok(CollectedHits {
            first: first.first,
            ..counts
        })
    }

    /// Counts hits, and facets over them.
    pub fn count(
        &self,
        filters: &Filters,
        facets: &[FacetKind],
    ) -> Result<(u64, Vec<(FacetKind, FacetCounts)>), IndexError> {
        let collector = HitCollector {
            columns: Arc::clone(&self.columns),
            shared: Arc::clone(&self.shared),
            filter: DocFilter::new(filters),
            ranker: None,
            limit: 0,
            facets: facets.to_vec(),
        };
        let hits = self.run_filters(filters, &collector)?;
        Ok((hits.total, hits.facets))
    }

    /// Returns those of the records that pass the filters in this state, as they are indexed
    /// in it.
    pub fn matching(
        &self,
        filters: &Filters,
        records: &[Candidate],
    ) -> Result<Vec<Candidate>, IndexError> {
        let keys = records
            .iter()
            .map(|one| record_term(&self.fields, &one.group, &one.name));
        let terms = filters.expand_terms(&self.searcher, &self.fields)?;
        // A search with few hits shows partial matches, so they have to pass here too.
        let query = match &terms {
            Some(terms) if terms.allows_partial_match(0) => filters.partial_match_query(
                &self.searcher,
                &self.fields,
                terms,
                (Extent::Any, Reach::All),
            )?,
            terms => filters.query(&self.fields, terms.as_ref()),
        };
        let query = BooleanQuery::new(vec![
            (Occur::Must, Box::new(query) as Box<dyn Query>),
            (Occur::Must, Box::new(TermSetQuery::new(keys))),
        ]);
        let filter = DocFilter::new(filters);
        let mut matching = Vec::new();
        for address in self.run_query(&query, &DocSetCollector)? {
            let columns = &self.columns[address.segment_ord as usize];
            let segment_filter = filter.for_segment(columns);
            if segment_filter.accept(address.doc_id).is_some() {
                matching.push(self.candidate_of(filters, address)?);
            }
        }
        Ok(matching)
    }

    /// The other listings of the organisation of a hit. A search among some publishers or voices
    /// shows no others.
    fn others_of(&self, filters: &Filters, group: &Group) -> Vec<DocAddress> {
        let first = group.first;
        let shared = &self.shared[first.segment_ord as usize];
        if filters.group.is_some() || !filters.voices.is_empty() || !shared.contains(first.doc_id) {
            return group.others.clone();
        }
        with_unmatched(group, &self.searcher, &self.columns)
    }

    /// Reads a candidate with its first start that passes the time filter.
    fn candidate_of(
        &self,
        filters: &Filters,
        address: DocAddress,
    ) -> Result<Candidate, IndexError> {
        let mut candidate = self.candidate(address)?;
        if !filters.times.is_empty() {
            let columns = &self.columns[address.segment_ord as usize];
            let occurrences = columns.occurrence.values_for_doc(address.doc_id);
            candidate.next_start = filters.times.next_start(occurrences);
        }
        Ok(candidate)
    }
}
