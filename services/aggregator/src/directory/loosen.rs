//! A search without one of its filters: to count facets without their own, and to say what
//! to loosen where nothing is found.

use hedgerow_proto::v1::SearchRequest;

/// One filter of a search.
struct Filter {
    /// The request's field.
    name: &'static str,
    is_set: fn(&SearchRequest) -> bool,
    clear: fn(&mut SearchRequest),
}

macro_rules! filters {
    ($($name:ident),* $(,)?) => {
        [$(Filter {
            name: stringify!($name),
            is_set: |request| is_set(&request.$name),
            clear: |request| request.$name = Default::default(),
        }),*]
    };
}

fn is_set<T: Default + PartialEq>(value: &T) -> bool {
    *value != T::default()
}

/// Every filter but the roles, where none named means one.
const FILTERS: [Filter; 24] = filters![
    query,
    near,
    tags,
    who_for,
    window,
    weekdays,
    time_of_day,
    free_during,
    region,
    accessibility,
    free_of_charge,
    min_capacity,
    collections,
    resource_kinds,
    languages,
    how_to_join,
    open_to_new,
    online,
    age,
    emphasis,
    voices,
    identities,
    confirmed_within,
    group_id,
];

/// The request with one of its filters left out, for each that is set, by name.
pub(super) fn each_without_one(
    request: &SearchRequest,
) -> impl Iterator<Item = (&'static str, SearchRequest)> {
    let bare = bare(request);
    let roles = (!bare.any_role).then(|| {
        let mut loose = bare.clone();
        clear_roles(&mut loose);
        ("roles", loose)
    });
    let others = FILTERS
        .iter()
        .filter(|filter| (filter.is_set)(&bare))
        .map(|filter| {
            let mut loose = bare.clone();
            (filter.clear)(&mut loose);
            (filter.name, loose)
        })
        .collect::<Vec<_>>();
    others.into_iter().chain(roles)
}

/// The request without the filter that a facet is about. `None` where it has none.
pub(super) fn without_own(request: &SearchRequest, facet: &str) -> Option<SearchRequest> {
    let mut loose = bare(request);
    match facet {
        "collection" => loose.collections.clear(),
        "role" => clear_roles(&mut loose),
        "region" => loose.region = None,
        "language" => loose.languages.clear(),
        "resource_kind" => loose.resource_kinds.clear(),
        "weekday" => loose.weekdays.clear(),
        "accessibility" => loose.accessibility.clear(),
        "community" | "experience" => {
            loose.who_for.retain(|tag| !is_of(tag, facet));
            if loose.who_for.is_empty() {
                loose.emphasis.clear();
            }
        }
        _ => {}
    }
    loose.tags.retain(|tag| !is_of(tag, facet));
    (loose != bare(request)).then_some(loose)
}

fn is_of(tag: &str, facet: &str) -> bool {
    let vocabulary = hedgerow_core::vocabulary::vocabulary();
    let tag = tag.trim();
    match tag.split_once(':') {
        Some((group, _)) => group.eq_ignore_ascii_case(facet),
        None => vocabulary
            .by_word(tag)
            .iter()
            .any(|term| term.group == facet),
    }
}

/// Without what says nothing about which records are found.
fn bare(request: &SearchRequest) -> SearchRequest {
    SearchRequest {
        page_token: String::new(),
        page_size: 0,
        order: 0,
        facets: Vec::new(),
        ..request.clone()
    }
}

fn clear_roles(request: &mut SearchRequest) {
    request.roles.clear();
    request.any_role = true;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_is_left_out_in_turn() {
        let request = SearchRequest {
            query: "tea".into(),
            age: Some(17),
            weekdays: vec![1],
            page_size: 5,
            ..SearchRequest::default()
        };
        let names: Vec<_> = each_without_one(&request).map(|(name, _)| name).collect();
        assert_eq!(names, ["query", "weekdays", "age", "roles"]);
    }

    #[test]
    fn a_facet_leaves_its_own_filter_out_and_no_other() {
        let request = SearchRequest {
            tags: vec!["community:women".into(), "activity:gardening".into()],
            who_for: vec!["south asian".into(), "experience:anxiety".into()],
            any_role: true,
            ..SearchRequest::default()
        };
        let loose = without_own(&request, "community").unwrap();
        assert_eq!(loose.tags, ["activity:gardening"]);
        assert_eq!(loose.who_for, ["experience:anxiety"]);
        assert!(without_own(&request, "language").is_none());
    }
}
