//! The filters of a search: one table, from which requests are parsed, relaxations are
//! suggested and facets are counted without their own filter. A new filter is one row here.

use hedgerow_core::id::GroupId;
use hedgerow_core::language::{language_by_name, may_be_language};
use hedgerow_core::name::Collection;
use hedgerow_core::time::Timestamp;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::directory_v1::{FacetKind, Identity, SearchFilter};
use hedgerow_proto::v1::RegionName;
use hedgerow_proto::words::snake_word;
use hedgerow_search::{
    AudienceTag, Filters, InvalidTime, QueryTerms, TagFilter, TimeFilter, TimeOfDay, TimeOfUse,
    Weekdays, Window, language_terms, region_term,
};
use hedgerow_transport::failure::{Failure, FieldViolation};

/// Characters of a query.
const MAX_QUERY: usize = 400;
/// Different words of a query.
const MAX_WORDS: usize = 32;
/// Bytes of a region's scheme and name.
const MAX_REGION: usize = 200;
/// Values of one list.
const MAX_VALUES: usize = 50;
/// Characters of one value. The longest tag of a record has 100.
const MAX_VALUE: usize = 200;

/// One filter of [`SearchFilter`].
struct FilterRow {
    /// The name of the field, by which a relaxation names the filter.
    name: &'static str,
    clear: fn(&mut SearchFilter),
    parse: fn(&SearchFilter, &mut FilterParser<'_>),
}

macro_rules! rows {
    ($($name:ident: |$filter:ident, $parser:ident| $parse:expr;)*) => {
        &[$(FilterRow {
            name: stringify!($name),
            clear: |filter| filter.$name = Default::default(),
            parse: |$filter, $parser| $parse,
        }),*]
    };
}

/// Every filter, in the order in which relaxations with equal counts are suggested.
const FILTERS: &[FilterRow] = rows![
    query: |it, parser| parser.filters.terms = parser.query(&it.query);
    // Resolved by the caller: an unknown place is an error of its own, with suggestions.
    near: |_it, _parser| ();
    tags: |it, parser| parser.filters.tags = parser.tags("tags", &it.tags);
    who_for: |it, parser| parser.filters.audience.tags = parser.who_for(&it.who_for);
    window: |it, parser| {
        let window = it.window.as_ref().map(|window| Window::parse(window, parser.now));
        parser.filters.times.window = parser.time("window", window);
    };
    weekdays: |it, parser| {
        let weekdays = Weekdays::parse(&it.weekdays).transpose();
        parser.filters.times.weekdays = parser.time("weekdays", weekdays);
    };
    time_of_day: |it, parser| {
        let time_of_day = it.time_of_day.as_ref().map(TimeOfDay::parse);
        parser.filters.times.time_of_day = parser.time("time_of_day", time_of_day);
    };
    free_during: |it, parser| {
        let during = it.free_during.as_ref();
        let during = during.map(|during| TimeOfUse::parse(during, parser.now));
        parser.filters.times.free_during = parser.time("free_during", during);
    };
    region: |it, parser| parser.filters.region = parser.region(it.region.as_ref());
    accessibility: |it, parser| {
        parser.filters.accessibility = parser.tags("accessibility", &it.accessibility);
    };
    free_of_charge: |it, parser| parser.filters.free_of_charge = it.free_of_charge;
    first_time_free: |it, parser| parser.filters.first_time_free = it.first_time_free;
    min_capacity: |it, parser| parser.filters.min_capacity = it.min_capacity;
    collections: |it, parser| parser.filters.collections = parser.collections(&it.collections);
    resource_kinds: |it, parser| {
        parser.filters.resource_kinds = parser.enums("resource_kinds", &it.resource_kinds);
    };
    languages: |it, parser| parser.filters.languages = parser.languages(&it.languages);
    how_to_join: |it, parser| {
        parser.filters.how_to_join = parser.tags("how_to_join", &it.how_to_join);
    };
    open_to_new: |it, parser| parser.filters.open_to_new = it.open_to_new;
    online: |it, parser| parser.filters.online = it.online;
    age: |it, parser| parser.filters.audience.age = it.age;
    emphasis: |it, parser| {
        parser.filters.audience.emphasis = parser.enums("emphasis", &it.emphasis);
    };
    voices: |it, parser| parser.filters.voices = parser.enums("voices", &it.voices);
    identities: |it, parser| parser.identities(&it.identities);
    confirmed_within: |it, parser| {
        parser.filters.confirmed_since = parser.confirmed_since(it.confirmed_within.as_ref());
    };
    group_id: |it, parser| parser.filters.group = parser.group(&it.group_id);
    event_openness: |it, parser| parser.filters.event_openness = parser.enums("event_openness", &it.event_openness);
    roles: |it, parser| parser.filters.roles = parser.enums("roles", &it.roles);
];

/// Parses every filter but the place. Adds all that is wrong to `violations`.
pub(super) fn parse(
    filter: &SearchFilter,
    now: Timestamp,
    violations: &mut Vec<FieldViolation>,
) -> Filters {
    let mut parser = FilterParser {
        filters: Filters {
            times: TimeFilter::from_now(now),
            ..Filters::default()
        },
        now,
        violations,
    };
    for row in FILTERS {
        (row.parse)(filter, &mut parser);
    }
    parser.filters
}

/// The filter with each of its set fields left out in turn, by name.
pub(super) fn relaxations(
    filter: &SearchFilter,
) -> impl Iterator<Item = (&'static str, SearchFilter)> {
    FILTERS.iter().filter_map(|row| {
        let mut relaxed = filter.clone();
        (row.clear)(&mut relaxed);
        (relaxed != *filter).then_some((row.name, relaxed))
    })
}

/// The filter without its fields and tags that a facet counts; `None` if it has none. A
/// facet is counted without them, because counts of the values that were not chosen would
/// all be 0.
pub(super) fn without_facet(filter: &SearchFilter, facet: FacetKind) -> Option<SearchFilter> {
    let mut relaxed = filter.clone();
    match facet {
        FacetKind::Collection => relaxed.collections.clear(),
        FacetKind::Role => relaxed.roles.clear(),
        FacetKind::Region => relaxed.region = None,
        FacetKind::Language => relaxed.languages.clear(),
        FacetKind::ResourceKind => relaxed.resource_kinds.clear(),
        FacetKind::Weekday => relaxed.weekdays.clear(),
        FacetKind::Accessibility => relaxed.accessibility.clear(),
        FacetKind::Community | FacetKind::Experience => {
            relaxed.who_for.retain(|tag| !is_counted_by(tag, facet));
            if relaxed.who_for.is_empty() {
                relaxed.emphasis.clear();
            }
        }
        // Its values do not exclude each other.
        FacetKind::Property
        | FacetKind::Approach
        | FacetKind::Activity
        | FacetKind::Unspecified => {}
    }
    relaxed.tags.retain(|tag| !is_counted_by(tag, facet));
    (relaxed != *filter).then_some(relaxed)
}

/// Whether a tag is a value of the facet: by the prefix of its id, or by a vocabulary term
/// that its words name.
fn is_counted_by(tag: &str, facet: FacetKind) -> bool {
    let tag = tag.trim();
    let facet = snake_word(facet);
    match tag.split_once(':') {
        Some((group, _)) => group.eq_ignore_ascii_case(&facet),
        None => vocabulary()
            .by_word(tag)
            .iter()
            .any(|term| term.group == facet),
    }
}

/// The violation for an enum value that is not in the protocol.
pub(super) fn unknown_value(field: &str) -> FieldViolation {
    FieldViolation::new(
        field,
        "value_unknown",
        "this server does not know this value",
    )
}

/// The violation for a list that is too long, if it is.
pub(super) fn check_count(field: &str, count: usize) -> Option<FieldViolation> {
    (count > MAX_VALUES).then(|| {
        let message = format!("at most {MAX_VALUES} values");
        FieldViolation::new(field, "too_many", message)
    })
}

/// Rejects collections other than the one that a call serves. Their records would be left
/// out without a word.
pub(super) fn require_only(served: &str, collections: &[String]) -> Result<(), Failure> {
    let field = |at: usize| format!("filter.collections[{at}]");
    if let Some(violation) = check_count("filter.collections", collections.len()) {
        return Err(Failure::invalid(vec![violation]));
    }
    for (at, requested) in collections.iter().enumerate() {
        Collection::parse(requested).map_err(|error| {
            Failure::invalid_field(field(at), error.reason(), error.to_string())
        })?;
        if requested != served {
            let message = format!(
                "only records of `{served}` are served: leave `collections` out, or search records"
            );
            return Err(Failure::invalid_field(
                field(at),
                "collection_not_served",
                message,
            ));
        }
    }
    Ok(())
}

struct FilterParser<'a> {
    filters: Filters,
    now: Timestamp,
    violations: &'a mut Vec<FieldViolation>,
}

impl FilterParser<'_> {
    fn reject(&mut self, field: &str, reason: &'static str, message: impl Into<String>) {
        let field = format!("filter.{field}");
        self.violations
            .push(FieldViolation::new(field, reason, message));
    }

    fn check_count(&mut self, field: &str, count: usize) {
        self.violations
            .extend(check_count(&format!("filter.{field}"), count));
    }

    fn query(&mut self, query: &str) -> Option<QueryTerms> {
        if query.chars().count() > MAX_QUERY {
            let message = format!("at most {MAX_QUERY} characters");
            self.reject("query", "too_long", message);
            return None;
        }
        let terms = QueryTerms::parse(query)?;
        if terms.word_count() > MAX_WORDS {
            let message = format!("at most {MAX_WORDS} different words");
            self.reject("query", "too_long", message);
        }
        Some(terms)
    }

    /// The values of a list; none if there are too many or one is too long, so that nothing is
    /// looked up for them.
    fn values<'a>(&mut self, field: &str, values: &'a [String]) -> &'a [String] {
        self.check_count(field, values.len());
        if values.len() > MAX_VALUES {
            return &[];
        }
        let is_long = |value: &String| value.chars().nth(MAX_VALUE).is_some();
        if let Some(at) = values.iter().position(is_long) {
            let message = format!("expected at most {MAX_VALUE} characters");
            self.reject(&format!("{field}[{at}]"), "too_long", message);
            return &[];
        }
        values
    }

    fn tags(&mut self, field: &str, tags: &[String]) -> Vec<TagFilter> {
        let tags = self.values(field, tags).iter();
        tags.filter_map(|tag| TagFilter::new(tag)).collect()
    }

    fn who_for(&mut self, tags: &[String]) -> Vec<AudienceTag> {
        let tags = self.values("who_for", tags).iter();
        tags.filter_map(|tag| AudienceTag::new(tag)).collect()
    }

    fn languages(&mut self, languages: &[String]) -> Vec<String> {
        let languages = self.values("languages", languages);
        for (at, language) in languages.iter().enumerate() {
            let language = language.trim();
            let is_known = language_by_name(language).is_some() || may_be_language(language);
            if !language.is_empty() && !is_known {
                let names: Vec<&str> = hedgerow_core::language::languages()
                    .map(|(_, name)| name)
                    .collect();
                let message = format!(
                    "unknown language: expected a BCP 47 tag such as `pl`, or one of {}",
                    names.join(", ")
                );
                self.reject(&format!("languages[{at}]"), "language_unknown", message);
            }
        }
        let languages = languages.iter().filter(|it| !it.trim().is_empty());
        languages
            .filter_map(|it| language_terms(it).into_iter().next())
            .collect()
    }

    /// The second since which a record must have been confirmed.
    fn confirmed_since(&mut self, within: Option<&prost_types::Duration>) -> Option<i64> {
        let within = within?;
        if within.seconds < 0 || within.nanos < 0 {
            let message = "expected a duration of 0 or more";
            self.reject("confirmed_within", "duration_negative", message);
        }
        Some(self.now.as_seconds().saturating_sub(within.seconds.max(0)))
    }

    fn time<T>(&mut self, field: &str, time: Option<Result<T, InvalidTime>>) -> Option<T> {
        time?
            .map_err(|error| self.reject(field, error.reason, error.message))
            .ok()
    }

    /// No way of confirming an identity is built yet, so every publisher is unconfirmed, and
    /// a search for confirmed ones alone finds none.
    fn identities(&mut self, identities: &[i32]) {
        let identities: Vec<Identity> = self.enums("identities", identities);
        self.filters.matches_nothing =
            !identities.is_empty() && !identities.contains(&Identity::Unconfirmed);
    }

    fn region(&mut self, region: Option<&RegionName>) -> Option<String> {
        let region = region?;
        if region.scheme.len() + region.name.len() > MAX_REGION {
            let message = format!("scheme and name have at most {MAX_REGION} bytes together");
            self.reject("region", "too_long", message);
            return None;
        }
        if region.scheme.trim().is_empty() || region.name.trim().is_empty() {
            let message = "expected a scheme and a name, such as `ons` and `North East`";
            self.reject("region", "region_malformed", message);
        }
        Some(region_term(&region.scheme, &region.name))
    }

    fn collections(&mut self, collections: &[String]) -> Vec<String> {
        let collections = self.values("collections", collections);
        for (at, collection) in collections.iter().enumerate() {
            if let Err(error) = Collection::parse(collection) {
                let field = format!("collections[{at}]");
                self.reject(&field, error.reason(), error.to_string());
            }
        }
        collections.to_vec()
    }

    fn group(&mut self, bytes: &[u8]) -> Option<GroupId> {
        if bytes.is_empty() {
            return None;
        }
        GroupId::try_from(bytes)
            .map_err(|error| self.reject("group_id", "id_malformed", error.to_string()))
            .ok()
    }

    /// Values of an enum. 0 is "unspecified" in every enum and matches no record.
    fn enums<E: TryFrom<i32>>(&mut self, field: &str, values: &[i32]) -> Vec<E> {
        self.check_count(field, values.len());
        let values = &values[..values.len().min(MAX_VALUES)];
        let known = values.iter().filter(|value| **value != 0);
        let known: Vec<E> = known.filter_map(|&value| E::try_from(value).ok()).collect();
        if known.len() < values.len() {
            self.violations
                .push(unknown_value(&format!("filter.{field}")));
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::{directory_v1, v1};

    use super::*;

    type Clear = fn(&mut SearchFilter);

    /// Every filter, set. The compiler rejects this function when a field is missing.
    fn everything() -> SearchFilter {
        let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let window = Some(directory_v1::TimeWindow {
            start_time: time(1),
            end_time: time(2),
        });
        let tags = [
            "community:women",
            "experience:anxiety",
            "approach:self-help",
            "activity:gardening",
            "accessibility:step-free-entrance",
        ];
        SearchFilter {
            query: "tea".into(),
            collections: vec!["event".into()],
            roles: vec![v1::Role::Host.into()],
            tags: tags.map(String::from).to_vec(),
            near: Some(directory_v1::Near::default()),
            region: Some(v1::RegionName::default()),
            window,
            weekdays: vec![1],
            time_of_day: Some(directory_v1::TimeOfDayRange::default()),
            who_for: tags[..2].iter().map(ToString::to_string).collect(),
            emphasis: vec![1],
            age: Some(17),
            open_to_new: Some(true),
            how_to_join: vec!["referral-route:self-referral".into()],
            accessibility: vec![tags[4].into()],
            languages: vec!["ur".into()],
            free_of_charge: Some(true),
            first_time_free: Some(true),
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
            event_openness: vec![1],
        }
    }

    #[test]
    fn every_filter_has_a_row() {
        let mut filter = everything();
        for row in FILTERS {
            let before = filter.clone();
            (row.clear)(&mut filter);
            assert_ne!(filter, before, "{}", row.name);
        }
        assert_eq!(filter, SearchFilter::default());
        assert_eq!(relaxations(&everything()).count(), FILTERS.len());
    }

    #[test]
    fn each_set_filter_is_left_out_in_turn() {
        let filter = SearchFilter {
            query: "tea".into(),
            age: Some(17),
            weekdays: vec![1],
            roles: vec![v1::Role::SupportGroup.into()],
            ..SearchFilter::default()
        };
        let names: Vec<_> = relaxations(&filter).map(|(name, _)| name).collect();
        assert_eq!(names, ["query", "weekdays", "age", "roles"]);
    }

    #[test]
    fn a_facet_leaves_out_its_own_filter_and_no_other() {
        let own: [(FacetKind, Clear); 11] = [
            (FacetKind::Collection, |all| all.collections.clear()),
            (FacetKind::Role, |all| all.roles.clear()),
            (FacetKind::Community, |all| {
                all.tags.remove(0);
                all.who_for.remove(0);
            }),
            (FacetKind::Experience, |all| {
                all.tags.remove(1);
                all.who_for.remove(1);
            }),
            (FacetKind::Approach, |all| drop(all.tags.remove(2))),
            (FacetKind::Region, |all| all.region = None),
            (FacetKind::Activity, |all| drop(all.tags.remove(3))),
            (FacetKind::Language, |all| all.languages.clear()),
            (FacetKind::ResourceKind, |all| all.resource_kinds.clear()),
            (FacetKind::Accessibility, |all| {
                all.tags.remove(4);
                all.accessibility.clear();
            }),
            (FacetKind::Weekday, |all| all.weekdays.clear()),
        ];
        for (facet, clear) in own {
            let mut expected = everything();
            clear(&mut expected);
            assert_eq!(
                without_facet(&everything(), facet),
                Some(expected),
                "{facet:?}"
            );
        }
        let filter = SearchFilter {
            who_for: vec!["south asian".into(), "experience:anxiety".into()],
            ..SearchFilter::default()
        };
        let relaxed = without_facet(&filter, FacetKind::Community).unwrap();
        assert_eq!(
            relaxed.who_for,
            ["experience:anxiety"],
            "own words count too"
        );
        assert!(without_facet(&filter, FacetKind::Language).is_none());
    }
}
