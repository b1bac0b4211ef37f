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
    use hedgerow_proto::v1;

    use super::*;
    use crate::index::facets;

    type Clear = fn(&mut SearchRequest);

    /// Everything that can be asked: a field that is new has to be named here.
    fn everything() -> SearchRequest {
        let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let window = Some(v1::TimeWindow {
            from: time(1),
            to: time(2),
        });
        let tags = [
            "community:women",
            "experience:anxiety",
            "approach:self-help",
            "activity:gardening",
            "accessibility:step-free-entrance",
        ];
        SearchRequest {
            query: "tea".into(),
            collections: vec!["event".into()],
            roles: vec![v1::Role::Host.into()],
            any_role: false,
            tags: tags.map(String::from).to_vec(),
            near: Some(v1::Near::default()),
            region: Some(v1::RegionName::default()),
            window,
            weekdays: vec![1],
            time_of_day: Some(v1::TimeOfDayRange::default()),
            who_for: tags[..2].iter().map(ToString::to_string).collect(),
            emphasis: vec![1],
            age: Some(17),
            open_to_new: Some(true),
            how_to_join: vec!["referral-route:self-referral".into()],
            accessibility: vec![tags[4].into()],
            languages: vec!["ur".into()],
            free_of_charge: Some(true),
            online: Some(false),
            resource_kinds: vec![1],
            min_capacity: Some(12),
            free_during: window,
            voices: vec![1],
            identities: vec![1],
            confirmed_within: Some(prost_types::Duration {
                seconds: 1,
                nanos: 0,
            }),
            group_id: vec![7; 32],
            order: 1,
            page_size: 5,
            page_token: "t".into(),
            facets: vec!["role".into()],
        }
    }

    #[test]
    fn no_filter_is_forgotten() {
        let mut loose = everything();
        for filter in &FILTERS {
            assert!((filter.is_set)(&loose), "{}", filter.name);
            (filter.clear)(&mut loose);
        }
        clear_roles(&mut loose);
        let nothing = SearchRequest {
            any_role: true,
            ..SearchRequest::default()
        };
        assert_eq!(bare(&loose), nothing);
        assert_eq!(each_without_one(&everything()).count(), FILTERS.len() + 1);
    }

    #[test]
    fn each_facet_that_there_is_leaves_out_its_own_filter_alone() {
        let own: [(&str, Clear); facets::COUNT] = [
            ("collection", |all| all.collections.clear()),
            ("role", clear_roles),
            ("community", |all| {
                all.tags.remove(0);
                all.who_for.remove(0);
            }),
            ("experience", |all| {
                all.tags.remove(1);
                all.who_for.remove(1);
            }),
            ("approach", |all| drop(all.tags.remove(2))),
            ("region", |all| all.region = None),
            ("activity", |all| drop(all.tags.remove(3))),
            ("language", |all| all.languages.clear()),
            ("resource_kind", |all| all.resource_kinds.clear()),
            ("accessibility", |all| {
                all.tags.remove(4);
                all.accessibility.clear();
            }),
            ("weekday", |all| all.weekdays.clear()),
        ];
        assert_eq!(own.map(|(name, _)| name), facets::NAMES);
        for (name, clear) in own {
            let mut expected = bare(&everything());
            clear(&mut expected);
            assert_eq!(without_own(&everything(), name), Some(expected), "{name}");
        }
    }

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
