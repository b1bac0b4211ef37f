use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::Identity;
use hedgerow_proto::v1::Emphasis;
use prost_reflect::DescriptorPool;

use super::table::{STEP_FREE, region};
use super::*;
use crate::time::DEFAULT_ZONE;

fn read(options: &[(&'static str, &str)]) -> Result<ParsedFilter, InputError> {
    let mut typed = Typed::default();
    for (option, value) in options {
        typed.push(option, *value);
    }
    parse(SearchKind::Records, &[], &typed, &clock())
}

fn clock() -> LocalClock {
    let now = Timestamp::from_seconds(1_800_000_000);
    LocalClock::new(DEFAULT_ZONE, now).expect("a zone")
}

fn filter(options: &[(&'static str, &str)]) -> SearchFilter {
    read(options).expect("a filter").filter
}

#[test]
fn every_filter_of_the_protocol_has_options_and_every_row_a_filter() {
    let pool = DescriptorPool::decode(hedgerow_proto::FILE_DESCRIPTOR_SET);
    let pool = pool.expect("the descriptors");
    let message = pool.get_message_by_name("hedgerow.directory.v1.SearchFilter");
    let mut fields: Vec<_> = message
        .expect("a message")
        .fields()
        .map(|field| field.name().to_owned())
        .filter(|name| name != "query")
        .collect();
    let mut rows: Vec<_> = FILTERS.iter().map(|row| row.field.to_owned()).collect();
    fields.sort_unstable();
    rows.sort_unstable();
    assert_eq!(rows, fields);
}

#[test]
fn options_relate_only_to_options_that_exist() {
    let options = || FILTERS.iter().flat_map(|filter| filter.options);
    let exists = |name: &str| options().filter(|option| option.name == name).count() == 1;
    for option in options() {
        assert!(exists(option.name), "{}", option.name);
        let related = option.requires.iter().chain(option.conflicts);
        for name in related {
            assert!(exists(name), "{}: {name}", option.name);
        }
    }
}

#[test]
fn a_filter_is_named_by_the_options_that_set_it() {
    assert_eq!(option_names("near"), "--near");
    assert_eq!(option_names("emphasis"), "--emphasis");
    assert_eq!(option_names("window"), "--from and --to");
    assert_eq!(option_names("online"), "--online or --in-person");
    assert_eq!(option_names("accessibility"), "--step-free and --access");
    assert_eq!(option_names("query"), "the words");
    assert_eq!(option_names("roles"), "--role");
    assert_eq!(option_names("page_size"), "page_size");
}

#[test]
fn a_region_has_the_gazetteers_scheme_by_default() {
    let read = |text| region(text).map(|it| (it.scheme, it.name)).ok();
    let pair = |scheme: &str, name: &str| Some((scheme.to_owned(), name.to_owned()));
    assert_eq!(read("North West"), pair("ons", "North West"));
    assert_eq!(
        read("mind-2013: North West"),
        pair("mind-2013", "North West")
    );
    assert_eq!(read("mind-2013:"), None);
}

#[test]
fn step_free_is_one_more_access_need() {
    let options = [("step-free", ""), ("access", "hearing loop"), ("free", "")];
    let filter = filter(&options);
    assert_eq!(filter.accessibility, [STEP_FREE, "hearing loop"]);
    assert_eq!(filter.free_of_charge, Some(true));
    assert_eq!(filter.online, None);
}

#[test]
fn a_search_is_for_support_groups_by_default_and_a_list_of_events_for_all() {
    let filter = filter(&[]);
    assert_eq!(filter.roles, [i32::from(Role::SupportGroup)]);
    let roles = SearchFilter {
        roles: filter.roles.clone(),
        ..SearchFilter::default()
    };
    assert_eq!(filter, roles, "nothing else is filtered");
    let roles = |option| read(&[option]).expect("a filter").filter.roles;
    assert_eq!(roles(("role", "host")), [i32::from(Role::Host)]);
    assert!(roles(("any-role", "")).is_empty());
    let events = parse(SearchKind::Events, &[], &Typed::default(), &clock()).expect("a filter");
    assert_eq!(events.filter, SearchFilter::default());
}

#[test]
fn a_list_of_events_offers_every_filter_that_can_select_events() {
    let offered: Vec<_> = filters_of(SearchKind::Events).map(|it| it.field).collect();
    let left_out = FILTERS.iter().filter(|it| !offered.contains(&it.field));
    // Every event passes `roles`; the others are about things that no event has.
    assert_eq!(
        left_out.map(|it| it.field).collect::<Vec<_>>(),
        [
            "collections",
            "roles",
            "resource_kinds",
            "free_during",
            "voices",
            "confirmed_within"
        ]
    );
    let mut typed = Typed::default();
    for (option, value) in [
        ("open-to-new", ""),
        ("join", "just turn up"),
        ("room-for", "12"),
        ("identity", "vouched"),
    ] {
        typed.push(option, value);
    }
    let parsed = parse(SearchKind::Events, &[], &typed, &clock()).expect("a filter");
    let expected = SearchFilter {
        open_to_new: Some(true),
        how_to_join: vec!["just turn up".to_owned()],
        min_capacity: Some(12),
        identities: vec![i32::from(Identity::Vouched)],
        ..SearchFilter::default()
    };
    assert_eq!(parsed.filter, expected, "nothing else is filtered");
}

#[test]
fn room_for_alone_means_rooms() {
    let rooms = filter(&[("room-for", "12")]);
    assert_eq!(rooms.collections, [collection::OFFER]);
    assert_eq!(rooms.resource_kinds, [i32::from(ResourceKind::Space)]);
    let events = filter(&[("room-for", "12"), ("in", "event")]);
    assert_eq!(events.collections, ["event"]);
    assert!(events.resource_kinds.is_empty());
    let then = filter(&[("room-for", "12"), ("from", "saturday")]);
    assert!(then.collections.is_empty());
}

#[test]
fn choices_are_words_of_the_protocol() {
    let filter = filter(&[("emphasis", "only"), ("emphasis", "welcome")]);
    assert_eq!(
        filter.emphasis,
        [Emphasis::Only, Emphasis::Welcome].map(i32::from)
    );
    let error = read(&[("voice", "choir")]).expect_err("no such voice");
    assert_eq!(
        error.to_string(),
        "voice choir: choose one of itself, on-behalf, catalogued"
    );
    for wrong in [
        ("age", "old"),
        ("age", "900"),
        ("group", "ab"),
        ("region", ":"),
        ("free-at", "soon"),
    ] {
        assert!(read(&[wrong]).is_err(), "{wrong:?}");
    }
}

#[test]
fn what_is_cut_off_is_noted() {
    let parsed = read(&[("near", "LS6 2AB")]).expect("a filter");
    assert_eq!(parsed.notes.len(), 1);
    assert!(parsed.notes[0].contains("only LS6 was sent"));
}

#[test]
fn events_on_a_day_are_those_of_the_next_one_and_records_those_of_any() {
    let on = |kind, options: &[(&'static str, &str)]| {
        let mut typed = Typed::default();
        for (option, value) in options {
            typed.push(option, *value);
        }
        let parsed = parse(kind, &[], &typed, &clock())?;
        let filter = parsed.filter;
        Ok::<_, InputError>((
            filter.weekdays,
            filter.window.is_some(),
            parsed.notes.concat(),
        ))
    };
    let events = |options: &[_]| on(SearchKind::Events, options).expect("a filter");
    // The clock's day is Friday 15 January 2027.
    let saturday = "On Saturday 16 January 2027.".to_owned();
    assert_eq!(
        events(&[("on", "saturday")]),
        (vec![], true, saturday.clone())
    );
    let every = |weekdays: Vec<i32>| (weekdays, false, String::new());
    assert_eq!(events(&[("on", "saturdays")]), every(vec![6]));
    assert_eq!(
        events(&[("on", "saturday"), ("on", "sunday")]),
        every(vec![6, 7])
    );
    assert_eq!(
        events(&[("on", "saturday"), ("from", "1 feb")]),
        (vec![6], true, String::new()),
        "each Saturday of a longer time"
    );
    let records = |options: &[_]| on(SearchKind::Records, options);
    assert_eq!(
        records(&[("on", "saturday")]).expect("a filter"),
        every(vec![6])
    );
    assert_eq!(
        records(&[("on", "tomorrow")]).expect("a filter"),
        (vec![], true, saturday)
    );
    let error = records(&[("on", "tomorrow"), ("from", "1 feb")]).expect_err("two windows");
    assert!(error.advice.contains("leave one out"), "{error}");
}
