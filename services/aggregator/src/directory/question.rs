//! A search request, checked: nothing past here checks it again.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::Collection;
use hedgerow_core::time::Timestamp;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::FieldViolation;

use super::near;
use super::page_token::DEEPEST;
use super::page_token::PageToken;
use crate::index::Order;
use crate::index::Ranking;
use crate::index::asked::AskedWords;
use crate::index::audience::AudienceQuestion;
use crate::index::criteria::Around;
use crate::index::criteria::Criteria;
use crate::index::entry::language_terms;
use crate::index::entry::region_term;
use crate::index::entry::tag_term;
use crate::index::facets;
use crate::index::facets::FacetAt;
use crate::index::facts;
use crate::index::times::TimeQuestion;

/// Characters of a query.
const LONGEST_QUERY: usize = 400;
/// Different words of a query.
const MOST_WORDS: usize = 32;
/// Bytes of a region's scheme and name.
const LONGEST_REGION: usize = 200;
/// Values of one list.
const MOST_VALUES: usize = 50;
const PAGE_SIZE: u32 = 20;
const LARGEST_PAGE: u32 = 100;

/// What is asked. It holds a seeker's words, so it has no `Debug`.
pub(super) struct Question {
    pub(super) criteria: Criteria,
    pub(super) ranking: Ranking,
    pub(super) near: Option<v1::ResolvedPlace>,
    pub(super) page_size: usize,
    pub(super) token: Option<PageToken>,
    pub(super) facets: Vec<FacetAt>,
    /// Stems to mark in what is shown: those asked, until it is known to what they were
    /// widened.
    pub(super) marks: Vec<String>,
}

impl Question {
    /// Checks a request; everything that is wrong with its fields is told at once.
    pub(super) fn parse(request: &v1::SearchRequest, now: Timestamp) -> Result<Self, Failure> {
        let token = PageToken::of(request)?;
        let mut wrong = Vec::new();
        // All pages of a search count time from its first.
        let began = token.map_or(now, |token| Timestamp::from_seconds(token.began_s));
        let mut criteria = criteria(request, began, &mut wrong);
        let order = order(request, &mut wrong);
        let facets = facets(&request.facets, &mut wrong);
        if request.page_size > LARGEST_PAGE {
            let message = format!("at most {LARGEST_PAGE} hits a page");
            wrong.push(FieldViolation::new(
                "page_size",
                "page_size_too_large",
                message,
            ));
        }
        if !wrong.is_empty() {
            return Err(Failure::invalid(wrong));
        }
        let near = request.near.as_ref().map(near::resolve).transpose()?;
        criteria.around = near.as_ref().map(|near| near.around);
        let ranking = Ranking {
            order,
            around: criteria.around,
            times: (order == Order::NextTime).then(|| {
                criteria
                    .times
                    .clone()
                    .unwrap_or_else(|| TimeQuestion::upcoming(began))
            }),
            words: criteria.words.is_some(),
            most_is_enough: false,
            now_s: began.as_seconds(),
            after: token.as_ref().map(|token| token.after),
        };
        let page_size = if request.page_size == 0 {
            PAGE_SIZE
        } else {
            request.page_size
        };
        let words = criteria.words.as_ref();
        let marks = words.map_or_else(Vec::new, |words| words.stems().cloned().collect());
        let left = DEEPEST - token.as_ref().map_or(0, |token| token.depth.min(DEEPEST));
        Ok(Self {
            criteria,
            ranking,
            near: near.map(|near| near.resolved),
            page_size: page_size.min(left) as usize,
            token,
            facets,
            marks,
        })
    }

    /// The tags asked that were widened, and to what.
    pub(super) fn widened_tags(request: &v1::SearchRequest) -> Vec<v1::Widening> {
        let asked = request
            .tags
            .iter()
            .chain(&request.who_for)
            .chain(&request.accessibility)
            .chain(&request.how_to_join);
        asked
            .filter_map(|tag| {
                let also = vocabulary().widenings(tag);
                let label = vocabulary().label(tag);
                let also: Vec<String> = also
                    .into_iter()
                    .filter(|word| *word != label)
                    .map(str::to_owned)
                    .collect();
                (!also.is_empty()).then(|| v1::Widening {
                    asked: tag.clone(),
                    also,
                })
            })
            .collect()
    }

    /// Where distances are measured from.
    pub(super) fn around(&self) -> Option<&Around> {
        self.criteria.around.as_ref()
    }
}

fn order(request: &v1::SearchRequest, wrong: &mut Vec<FieldViolation>) -> Order {
    match request.order() {
        v1::SearchOrder::Distance => {
            if request.near.is_none() {
                let message = "ordering by distance needs a place: set `near`";
                wrong.push(FieldViolation::new("order", "near_missing", message));
            }
            Order::Distance
        }
        v1::SearchOrder::NextTime => Order::NextTime,
        v1::SearchOrder::Unspecified | v1::SearchOrder::Relevance => Order::Relevance,
    }
}

fn criteria(
    request: &v1::SearchRequest,
    now: Timestamp,
    wrong: &mut Vec<FieldViolation>,
) -> Criteria {
    if v1::SearchOrder::try_from(request.order).is_err() {
        wrong.push(unknown_value("order"));
    }
    let who_for = tags("who_for", request.who_for.iter(), wrong);
    let emphasis = numbers::<v1::Emphasis>("emphasis", &request.emphasis, wrong);
    let identities = numbers::<v1::Identity>("identities", &request.identities, wrong);
    Criteria {
        words: words(&request.query, wrong),
        collections: collections(&request.collections, wrong),
        facts: facts(request, wrong),
        tags: tags("tags", request.tags.iter(), wrong)
            .iter()
            .chain(&tags("accessibility", request.accessibility.iter(), wrong))
            .map(|tag| fitting_terms(tag))
            .collect(),
        ways_to_join: tags("how_to_join", request.how_to_join.iter(), wrong)
            .iter()
            .flat_map(|tag| fitting_terms(tag))
            .collect(),
        languages: tags("languages", request.languages.iter(), wrong)
            .iter()
            .filter_map(|tag| language_terms(tag).into_iter().next())
            .collect(),
        region: region(request.region.as_ref(), wrong),
        resource_kinds: numbers::<v1::ResourceKind>(
            "resource_kinds",
            &request.resource_kinds,
            wrong,
        ),
        voices: numbers::<v1::Voice>("voices", &request.voices, wrong),
        min_capacity: request.min_capacity,
        confirmed_since: request
            .confirmed_within
            .as_ref()
            .map(|within| now.as_seconds().saturating_sub(within.seconds.max(0))),
        group: group(&request.group_id, wrong),
        around: None,
        times: TimeQuestion::from_request(request, now, wrong),
        audience: AudienceQuestion::new(&who_for, &emphasis, request.age),
        nothing: !is_any_identified(&identities),
    }
}

/// What is asked of plain facts.
fn facts(request: &v1::SearchRequest, wrong: &mut Vec<FieldViolation>) -> Vec<u64> {
    numbers::<v1::Role>("roles", &request.roles, wrong);
    let roles: Vec<v1::Role> = match (request.any_role, request.roles.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => vec![v1::Role::SupportGroup],
        (false, false) => request.roles().collect(),
    };
    let roles = Some(facts::any_role(&roles)).filter(|_| !roles.is_empty());
    [
        roles,
        request.online.map(facts::online),
        request.free_of_charge.map(facts::free),
        request.open_to_new.map(facts::open_to_new),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether any publisher is identified as asked. No way of confirming is built, so that all
/// are unconfirmed: whoever asks for more finds nothing, rather than what is not.
fn is_any_identified(identities: &[u64]) -> bool {
    let unconfirmed = u64::from((v1::Identity::Unconfirmed as i32).unsigned_abs());
    identities.is_empty() || identities.contains(&unconfirmed)
}

/// The exact terms that fit a tag: itself, the same in other words, and narrower ones.
fn fitting_terms(tag: &str) -> Vec<String> {
    let fitting = vocabulary().fitting(tag);
    let mut terms: Vec<String> = fitting.iter().map(|tag| tag_term(tag)).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

fn words(query: &str, wrong: &mut Vec<FieldViolation>) -> Option<AskedWords> {
    if query.chars().count() > LONGEST_QUERY {
        let message = format!("at most {LONGEST_QUERY} characters");
        wrong.push(FieldViolation::new("query", "query_too_long", message));
        return None;
    }
    let words = AskedWords::parse(query)?;
    if words.count() > MOST_WORDS {
        let message = format!("at most {MOST_WORDS} different words");
        wrong.push(FieldViolation::new("query", "query_too_long", message));
    }
    Some(words)
}

fn region(region: Option<&v1::RegionName>, wrong: &mut Vec<FieldViolation>) -> Option<String> {
    let region = region?;
    let blank = region.scheme.trim().is_empty() || region.name.trim().is_empty();
    if blank || region.scheme.len() + region.name.len() > LONGEST_REGION {
        let message = "a region has a scheme and a name, such as `ons` and `North East`";
        wrong.push(FieldViolation::new("region", "region_malformed", message));
    }
    Some(region_term(&region.scheme, &region.name))
}

fn facets(names: &[String], wrong: &mut Vec<FieldViolation>) -> Vec<FacetAt> {
    check_count("facets", names.len(), wrong);
    let mut facets = Vec::new();
    for (at, name) in names.iter().enumerate() {
        match facets::named(name) {
            Some(facet) if facets.contains(&facet) => {}
            Some(facet) => facets.push(facet),
            None => wrong.push(FieldViolation::new(
                format!("facets[{at}]"),
                "facet_unknown",
                format!("one of {}", facets::NAMES.join(", ")),
            )),
        }
    }
    facets
}

fn collections(values: &[String], wrong: &mut Vec<FieldViolation>) -> Vec<String> {
    check_count("collections", values.len(), wrong);
    for (at, value) in values.iter().enumerate() {
        if let Err(error) = Collection::parse(value) {
            let field = format!("collections[{at}]");
            wrong.push(FieldViolation::new(
                field,
                error.reason(),
                error.to_string(),
            ));
        }
    }
    values.to_vec()
}

fn tags<'a>(
    field: &str,
    values: impl Iterator<Item = &'a String>,
    wrong: &mut Vec<FieldViolation>,
) -> Vec<String> {
    let terms: Vec<String> = values
        .map(|tag| tag_term(tag))
        .filter(|term| !term.is_empty())
        .collect();
    check_count(field, terms.len(), wrong);
    terms
}

fn numbers<E: TryFrom<i32>>(
    field: &str,
    values: &[i32],
    wrong: &mut Vec<FieldViolation>,
) -> Vec<u64> {
    check_count(field, values.len(), wrong);
    // 0 is "unspecified" in every enum: nothing can be asked by it.
    if values
        .iter()
        .any(|&value| value == 0 || E::try_from(value).is_err())
    {
        wrong.push(unknown_value(field));
    }
    values
        .iter()
        .map(|&value| u64::from(value.unsigned_abs()))
        .collect()
}

fn group(bytes: &[u8], wrong: &mut Vec<FieldViolation>) -> Option<GroupId> {
    if bytes.is_empty() {
        return None;
    }
    GroupId::try_from(bytes)
        .map_err(|error| {
            wrong.push(FieldViolation::new(
                "group_id",
                "id_malformed",
                error.to_string(),
            ));
        })
        .ok()
}

fn check_count(field: &str, count: usize, wrong: &mut Vec<FieldViolation>) {
    if count > MOST_VALUES {
        let message = format!("at most {MOST_VALUES} values");
        wrong.push(FieldViolation::new(field, "too_many_values", message));
    }
}

fn unknown_value(field: &str) -> FieldViolation {
    FieldViolation::new(
        field,
        "value_unknown",
        "this server does not know this value",
    )
}
