//! A parsed search: nothing past here checks the request again.

use hedgerow_core::time::Timestamp;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::{FacetKind, SearchFilter, SearchOrder};
use hedgerow_search::{Filters, Order, Rank, Ranking};
use hedgerow_transport::failure::{Failure, FieldViolation};

use super::super::filters;
use super::super::geocode::Geocoder;
use super::super::hydrate::HitContext;
use super::super::known_regions::known_region;

/// A search, parsed. It holds a seeker's words, so it has no `Debug`.
pub(in super::super) struct ParsedSearch {
    pub(in super::super) filters: Filters,
    ranking: Ranking,
    /// The place that `near` was resolved to.
    pub(in super::super) near: Option<directory_v1::ResolvedPlace>,
}

impl ParsedSearch {
    /// Parses the filter and the order, and reports everything that is wrong at once, with
    /// the violations that the caller already found.
    pub(in super::super) fn parse(
        filter: &SearchFilter,
        order: i32,
        started: Timestamp,
        geocoder: &Geocoder,
        mut violations: Vec<FieldViolation>,
    ) -> Result<Self, Failure> {
        let region = filter.region.as_ref();
        let region = region.map(|region| known_region(region, geocoder));
        let region = match region.transpose() {
            // Reported with everything else that is wrong.
            Err(failure) if !failure.violations().is_empty() => {
                violations.extend_from_slice(failure.violations());
                None
            }
            region => region?,
        };
        let filter = &SearchFilter {
            region,
            ..filter.clone()
        };
        let mut parsed = filters::parse(filter, started, &mut violations);
        let order = parse_order(order, filter, &mut violations);
        if !violations.is_empty() {
            return Err(Failure::invalid(violations));
        }
        let near = filter.near.as_ref();
        let near = near.map(|near| geocoder.geocode(near)).transpose()?;
        parsed.circle = near.as_ref().map(|near| near.circle);
        parsed.inside = near.as_ref().and_then(|near| near.inside.clone());
        parsed.areas = near
            .as_ref()
            .map_or_else(Vec::new, |near| near.areas.clone());
        let ranking = Ranking {
            order,
            now: started,
            after: None,
        };
        Ok(Self {
            filters: parsed,
            ranking,
            near: near.map(|near| near.resolved),
        })
    }

    /// The ranking for a page that begins after a rank.
    pub(in super::super) fn ranking_after(&self, after: Option<Rank>) -> Ranking {
        Ranking {
            after,
            ..self.ranking
        }
    }

    /// What its hits show. The stems are those of the query until the index has expanded
    /// them.
    pub(in super::super) fn hit_context(&self) -> HitContext {
        let terms = self.filters.terms.as_ref();
        HitContext {
            stems: terms.map_or_else(Vec::new, |terms| terms.stems().cloned().collect()),
            circle: self.filters.circle,
            inside: self.filters.inside.clone(),
            areas: self.filters.areas.clone(),
            has_times: !self.filters.times.is_empty(),
            free_during: self.filters.times.free_during,
        }
    }
}

fn parse_order(order: i32, filter: &SearchFilter, violations: &mut Vec<FieldViolation>) -> Order {
    match SearchOrder::try_from(order) {
        Ok(SearchOrder::Unspecified | SearchOrder::Relevance) => Order::Relevance,
        Ok(SearchOrder::NextTime) => Order::NextTime,
        Ok(SearchOrder::Distance) => {
            if filter.near.is_none() {
                let message = "ordering by distance needs a place: set `filter.near`";
                violations.push(FieldViolation::new("order", "near_missing", message));
            }
            Order::Distance
        }
        Err(_) => {
            violations.push(filters::unknown_value("order"));
            Order::Relevance
        }
    }
}

/// The facets of a request, each once.
pub(super) fn parse_facets(
    requested: &[i32],
    violations: &mut Vec<FieldViolation>,
) -> Vec<FacetKind> {
    if let Some(violation) = filters::check_count("facets", requested.len()) {
        violations.push(violation);
        return Vec::new();
    }
    let mut facets = Vec::new();
    for (at, &facet) in requested.iter().enumerate() {
        match FacetKind::try_from(facet) {
            Ok(facet) if facets.contains(&facet) => {}
            Ok(facet) if facet != FacetKind::Unspecified => facets.push(facet),
            _ => violations.push(filters::unknown_value(&format!("facets[{at}]"))),
        }
    }
    facets
}

/// The tags of a filter that are searched with synonyms or narrower terms.
pub(super) fn expanded_tags(filter: &SearchFilter) -> Vec<directory_v1::Expansion> {
    let tags = filter
        .tags
        .iter()
        .chain(&filter.who_for)
        .chain(&filter.accessibility)
        .chain(&filter.how_to_join);
    tags.filter_map(|tag| {
        let label = vocabulary().label(tag);
        let alternatives = vocabulary().expansions(tag);
        let alternatives: Vec<String> = alternatives
            .into_iter()
            .filter(|word| *word != label)
            .map(str::to_owned)
            .collect();
        (!alternatives.is_empty()).then(|| directory_v1::Expansion {
            term: tag.clone(),
            alternatives,
            kind: directory_v1::ExpansionKind::Meaning.into(),
        })
    })
    .collect()
}
