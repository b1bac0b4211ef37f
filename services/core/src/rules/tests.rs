//! The rules, through the functions that nodes and receivers call.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{ContactKind, Precision, Voice};
use prost::Message as _;

use super::*;
use crate::gazetteer::{gazetteer, normalise};
use crate::id::GroupId;
use crate::name::Collection;
use crate::time::Timestamp;

mod kinds;
mod precision;
mod reasons;
mod receive;

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn group() -> GroupId {
    GroupId::from_bytes([7; 32])
}

/// Stands in for a node's gazetteer: knows the names of the protocol's places alone.
fn named_place(name: &str) -> NamedPlace {
    let name = normalise(name);
    let mut same = gazetteer()
        .places()
        .iter()
        .filter(|place| normalise(&place.name) == name);
    match (same.next(), same.next()) {
        (Some(one), None) => NamedPlace::Town(one.geonames_id),
        (Some(one), Some(other)) => NamedPlace::Several(vec![one.full_name(), other.full_name()]),
        (None, _) => NamedPlace::Unknown(Vec::new()),
    }
}

fn prepared(
    kind: &str,
    body: &impl prost::Message,
    subject: Option<&v1::Subject>,
    confirmed: &[&str],
) -> Result<Prepared, Vec<Violation>> {
    prepared_bytes(kind, &body.encode_to_vec(), subject, confirmed)
}

fn prepared_bytes(
    kind: &str,
    body: &[u8],
    subject: Option<&v1::Subject>,
    confirmed: &[&str],
) -> Result<Prepared, Vec<Violation>> {
    let confirmed: Vec<String> = confirmed.iter().map(|&reason| reason.to_owned()).collect();
    let draft = Draft {
        group_id: &group(),
        collection: &Collection::parse(kind).unwrap(),
        body,
        language: "",
        subject,
        confirmed: &confirmed,
        now: now(),
    };
    prepare(&draft, &[], &named_place)
}

/// `field: reason` of every violation, sorted by field.
fn violations_of(kind: &str, body: &impl prost::Message) -> Vec<String> {
    let violations = prepared(kind, body, None, &[]).err().unwrap_or_default();
    let mut found: Vec<_> = violations
        .iter()
        .map(|it| format!("{}: {}", it.field, it.reason))
        .collect();
    found.sort();
    found
}

fn town() -> v1::Place {
    v1::Place {
        precision: Precision::Town as i32,
        name: "Leeds".into(),
        ..Default::default()
    }
}

fn listing() -> v1::Listing {
    v1::Listing {
        name: "Quiet Corner".into(),
        voice: Voice::Itself as i32,
        roles: vec![v1::Role::SupportGroup as i32],
        places: vec![town()],
        ..Default::default()
    }
}

fn event() -> v1::Event {
    v1::Event {
        title: "Craft table".into(),
        schedule: Some(v1::Schedule {
            start: "2026-03-03T19:00".into(),
            duration_minutes: 90,
            time_zone: "Europe/London".into(),
            rrules: vec!["FREQ=WEEKLY;BYDAY=TU".into()],
            ..Default::default()
        }),
        place: Some(town()),
        ..Default::default()
    }
}

fn room() -> v1::Offer {
    v1::Offer {
        resource: Some(v1::Resource {
            title: "Meeting room".into(),
            place: Some(town()),
            detail: Some(v1::resource::Detail::Space(v1::Space {
                capacity: 12,
                ..Default::default()
            })),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn catalogued() -> (v1::Listing, v1::Subject) {
    let listing = v1::Listing {
        voice: Voice::Catalogued as i32,
        source: Some(v1::Source {
            title: "Piecing together the jigsaw".into(),
            recorded_year: 2013,
            ..Default::default()
        }),
        ..listing()
    };
    let subject = v1::Subject {
        scheme: "jigsaw-2013".into(),
        id: "quiet-corner".into(),
        name: "Quiet Corner".into(),
        group_id: None,
    };
    (listing, subject)
}

#[test]
fn every_violation_is_returned_at_once() {
    let body = v1::Listing {
        website: "example.org".into(),
        paused_until: "31.3.2026".into(),
        who_for: vec![v1::WhoFor::default()],
        languages: vec!["Klingon!".into(), String::new()],
        ..Default::default()
    };
    let expected = [
        "languages[0]: language_malformed",
        "languages[1]: empty_entry",
        "name: missing",
        "paused_until: date_malformed",
        "paused_until: not_paused",
        "roles: role_required",
        "voice: voice_missing",
        "website: url_malformed",
        "who_for[0].emphasis: emphasis_required",
        "who_for[0]: empty_entry",
    ];
    assert_eq!(violations_of("listing", &body), expected);
}

#[test]
fn a_language_by_name_is_published_as_its_tag() {
    let named = v1::Listing {
        languages: vec!["Polish".into(), "en".into(), "Cymraeg".into()],
        ..listing()
    };
    let prepared = prepared("listing", &named, None, &[]).expect("a valid listing");
    let RecordBody::Listing(published) = prepared.decoded else {
        panic!("a listing");
    };
    assert_eq!(published.languages, ["pl", "en", "cy"]);
    assert_eq!(prepared.adjustments.len(), 2, "{:?}", prepared.adjustments);
    let unknown = v1::Listing {
        languages: vec!["Klingon".into()],
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &unknown),
        ["languages[0]: language_unknown"]
    );
}

#[test]
fn messages_address_a_volunteer() {
    let violations = prepared("listing", &v1::Listing::default(), None, &[]).unwrap_err();
    assert_eq!(violations[0].reason, "empty_record");
    let nameless = v1::Listing {
        name: String::new(),
        ..listing()
    };
    let violations = prepared("listing", &nameless, None, &[]).unwrap_err();
    assert_eq!(
        violations[0].message,
        "Give the group a name, at most 120 characters."
    );
}

#[test]
fn unknown_kinds_fields_and_values_are_not_published() {
    let violations = prepared_bytes("horoscope", b"x", None, &[]).unwrap_err();
    assert_eq!(violations[0].reason, "unknown_kind");
    let mut body = listing().encode_to_vec();
    body.extend([0x82, 0xfa, 0x01, 0x01, b'x']);
    let violations = prepared_bytes("listing", &body, None, &[]).unwrap_err();
    assert_eq!(
        (violations[0].reason, violations[0].field.as_str()),
        ("unknown_field", "4000")
    );
    let violations = prepared_bytes("listing", b"\xff\xff\xff", None, &[]).unwrap_err();
    assert_eq!(violations[0].reason, "body_malformed");
    let unknown_role = v1::Listing {
        roles: vec![1, 99],
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &unknown_role),
        ["roles[0]: value_unknown"]
    );
}

#[test]
fn a_duplicated_field_of_a_draft_is_published_once() {
    let first = v1::Listing {
        name: "12 High Street, NE1 4ST".into(),
        ..Default::default()
    };
    let body = [first.encode_to_vec(), listing().encode_to_vec()].concat();
    let prepared = prepared_bytes("listing", &body, None, &[]).unwrap();
    let published = String::from_utf8_lossy(&prepared.body);
    assert!(published.contains("Quiet Corner") && !published.contains("High Street"));
}

#[test]
fn lengths_and_counts_are_bounded() {
    let body = v1::Listing {
        name: "x".repeat(121),
        tags: vec!["y".repeat(101); 201],
        description: "z".repeat(10_001),
        ..listing()
    };
    let found = violations_of("listing", &body);
    assert!(found.contains(&"name: too_long".to_owned()), "{found:?}");
    assert!(found.contains(&"tags: too_many".to_owned()));
    assert!(found.contains(&"tags[200]: too_long".to_owned()));
    assert!(found.contains(&"description: too_long".to_owned()));
    let fits = v1::Listing {
        name: "é".repeat(120),
        tags: vec!["ý".repeat(100); 200],
        ..listing()
    };
    assert!(
        prepared("listing", &fits, None, &[]).is_ok(),
        "characters are counted, not bytes"
    );
    let control = v1::Listing {
        name: "a\u{0}b".into(),
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &control),
        ["name: control_character"]
    );
}

#[test]
fn texts_that_hide_or_forge_lines_are_violations() {
    for (name, expected) in [
        ("X\n\n  verified: yes", "name: line_break"),
        ("\u{202e}abc", "name: control_character"),
        ("a\u{61c}b", "name: control_character"),
        ("a\u{e0041}b", "name: control_character"),
    ] {
        let body = v1::Listing {
            name: name.into(),
            ..listing()
        };
        assert_eq!(violations_of("listing", &body), [expected], "{name:?}");
    }
    let invisible = v1::Listing {
        name: "\u{200b}\u{2800}".into(),
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &invisible),
        ["name: invisible_text", "name: missing"]
    );
    let link = v1::Listing {
        links: vec![v1::Link {
            url: "https://example.org".into(),
            label: "a\nb".into(),
        }],
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &link),
        ["links[0].label: line_break"]
    );
}

#[test]
fn sensitive_kinds_stay_on_the_node() {
    let circumstances = v1::Circumstances {
        funding_words: "A raffle.".into(),
        ..Default::default()
    };
    assert!(
        prepared("circumstances", &circumstances, None, &[])
            .unwrap()
            .default_node_only
    );
    let story = v1::Story {
        title: "A start".into(),
        text: "It began.".into(),
        ..Default::default()
    };
    assert!(
        prepared("story", &story, None, &[])
            .unwrap()
            .default_node_only
    );
    assert!(
        !prepared("listing", &listing(), None, &[])
            .unwrap()
            .default_node_only
    );
}

#[test]
fn the_language_is_checked_and_has_a_default() {
    assert_eq!(
        prepared("event", &event(), None, &[]).unwrap().language,
        "en"
    );
    let draft = Draft {
        group_id: &group(),
        collection: &Collection::parse("event").unwrap(),
        body: &event().encode_to_vec(),
        language: "en_GB",
        subject: None,
        confirmed: &[],
        now: now(),
    };
    assert_eq!(
        prepare(&draft, &[], &named_place).unwrap_err()[0].field,
        "language"
    );
}
