//! A search request, checked: nothing past here checks it again.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::Collection;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::{Failure, FieldViolation};

use super::near;
use super::page_token::{DEEPEST, PageToken};
use crate::index::criteria::{Around, Criteria};
use crate::index::entry::{language_terms, tag_term};
use crate::index::words::stems_of_question;
use crate::index::{Order, Ranking};

/// Characters of a query.
const LONGEST_QUERY: usize = 400;
/// Different words of a query.
const MOST_WORDS: usize = 32;
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
}

impl Question {
    /// Checks a request; everything that is wrong with its fields is told at once.
    pub(super) fn parse(request: &v1::SearchRequest, now: Timestamp) -> Result<Self, Failure> {
        refuse_unserved(request)?;
        let token = PageToken::of(request)?;
        let mut wrong = Vec::new();
        // All pages of a search count time from its first.
        let began = token.map_or(now, |token| Timestamp::from_seconds(token.began_s));
        let mut criteria = criteria(request, began, &mut wrong);
        let order = order(request, &mut wrong);
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
            words: criteria.stems.is_some(),
            now_s: began.as_seconds(),
            after: token.as_ref().map(|token| token.after),
        };
        let page_size = if request.page_size == 0 {
            PAGE_SIZE
        } else {
            request.page_size
        };
        let left = DEEPEST - token.as_ref().map_or(0, |token| token.depth.min(DEEPEST));
        Ok(Self {
            criteria,
            ranking,
            near: near.map(|near| near.resolved),
            page_size: page_size.min(left) as usize,
            token,
        })
    }

    /// Where distances are measured from.
    pub(super) fn around(&self) -> Option<&Around> {
        self.criteria.around.as_ref()
    }
}

/// A filter that is not served is refused, never ignored: a seeker must not take what was
/// found for what was asked.
fn refuse_unserved(request: &v1::SearchRequest) -> Result<(), Failure> {
    let unserved = [
        ("region", request.region.is_some()),
        ("window", request.window.is_some()),
        ("weekdays", !request.weekdays.is_empty()),
        ("time_of_day", request.time_of_day.is_some()),
        ("who_for", !request.who_for.is_empty()),
        ("emphasis", !request.emphasis.is_empty()),
        ("age", request.age.is_some()),
        ("open_to_new", request.open_to_new.is_some()),
        ("free_during", request.free_during.is_some()),
        ("identities", !request.identities.is_empty()),
        ("facets", !request.facets.is_empty()),
        ("order", request.order() == v1::SearchOrder::NextTime),
    ];
    match unserved.iter().find(|(_, set)| *set) {
        None => Ok(()),
        Some((field, _)) => Err(Failure::unimplemented(
            "filter_not_served",
            format!("this directory does not serve `{field}` yet: leave it out"),
        )
        .with("field", field)),
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
        v1::SearchOrder::Unspecified | v1::SearchOrder::Relevance | v1::SearchOrder::NextTime => {
            Order::Relevance
        }
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
    let roles = numbers::<v1::Role>("roles", &request.roles, wrong);
    let default_role = u64::from((v1::Role::SupportGroup as i32).unsigned_abs());
    Criteria {
        stems: stems(&request.query, wrong),
        collections: collections(&request.collections, wrong),
        roles: match (request.any_role, roles.is_empty()) {
            (true, _) => None,
            (false, true) => Some(vec![default_role]),
            (false, false) => Some(roles),
        },
        tags: tags(
            "tags",
            request.tags.iter().chain(&request.accessibility),
            wrong,
        ),
        ways_to_join: tags("how_to_join", request.how_to_join.iter(), wrong),
        languages: tags("languages", request.languages.iter(), wrong)
            .iter()
            .filter_map(|tag| language_terms(tag).into_iter().next())
            .collect(),
        resource_kinds: numbers::<v1::ResourceKind>(
            "resource_kinds",
            &request.resource_kinds,
            wrong,
        ),
        voices: numbers::<v1::Voice>("voices", &request.voices, wrong),
        free: request.free_of_charge,
        online: request.online,
        min_capacity: request.min_capacity,
        confirmed_since: request
            .confirmed_within
            .as_ref()
            .map(|within| now.as_seconds().saturating_sub(within.seconds.max(0))),
        group: group(&request.group_id, wrong),
        around: None,
    }
}

fn stems(query: &str, wrong: &mut Vec<FieldViolation>) -> Option<Vec<String>> {
    if query.trim().is_empty() {
        return None;
    }
    if query.chars().count() > LONGEST_QUERY {
        let message = format!("at most {LONGEST_QUERY} characters");
        wrong.push(FieldViolation::new("query", "query_too_long", message));
        return None;
    }
    let stems = stems_of_question(query);
    if stems.len() > MOST_WORDS {
        let message = format!("at most {MOST_WORDS} different words");
        wrong.push(FieldViolation::new("query", "query_too_long", message));
    }
    Some(stems)
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
