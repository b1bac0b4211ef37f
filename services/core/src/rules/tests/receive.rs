//! Received records: those that are rejected, and those that pass unchecked.

use super::*;
use crate::name::RecordName;
use crate::record::{NewRecord, ParsedRecord};
use crate::rules::schema::FieldType;

fn record(kind: &str, key: &str, body: Vec<u8>, subject: Option<v1::Subject>) -> Vec<u8> {
    NewRecord {
        group_id: group(),
        name: RecordName::parse(kind, key).unwrap(),
        nonce: [0; 16],
        create_time: now(),
        update_time: now(),
        language: "en".into(),
        body,
        subject,
    }
    .encode()
}

fn received_bytes(bytes: &[u8]) -> Result<RecordBody, &'static str> {
    let parsed = ParsedRecord::parse(bytes, &group()).unwrap();
    check_received(&parsed).map_err(|rejection| rejection.reason())
}

fn received(kind: &str, body: &impl prost::Message) -> Result<RecordBody, &'static str> {
    received_bytes(&record(kind, "0123", body.encode_to_vec(), None))
}

fn with_place(place: v1::Place) -> v1::Listing {
    v1::Listing {
        places: vec![place],
        ..listing()
    }
}

fn place(precision: i32, point: Option<(i32, i32)>) -> v1::Place {
    v1::Place {
        precision,
        point: point.map(|(latitude_e7, longitude_e7)| v1::Point {
            latitude_e7,
            longitude_e7,
        }),
        ..Default::default()
    }
}

#[test]
fn every_record_that_a_node_prepares_is_accepted() {
    for (kind, body) in [
        ("listing", listing().encode_to_vec()),
        ("event", event().encode_to_vec()),
        ("offer", room().encode_to_vec()),
    ] {
        let prepared = prepared_bytes(kind, &body, None, &[]).unwrap();
        let received = received_bytes(&record(kind, "0123", prepared.body, None)).unwrap();
        assert_eq!(received, prepared.decoded);
    }
    let (body, subject) = catalogued();
    let prepared = prepared("listing", &body, Some(&subject), &[]).unwrap();
    let key = prepared.key.unwrap();
    let bytes = record("listing", key.as_str(), prepared.body, Some(subject));
    assert_eq!(received_bytes(&bytes), Ok(prepared.decoded));
}

#[test]
fn a_point_finer_than_its_precision_is_rejected() {
    let reason = |place| received("listing", &with_place(place)).unwrap_err();
    assert_eq!(
        reason(place(2, Some((549_783_123, -16_178_456)))),
        "point_off_grid"
    );
    let leeds = v1::Place {
        geonames_id: 2_644_688,
        ..place(3, Some((549_783_123, -16_178_456)))
    };
    assert_eq!(reason(leeds), "point_not_the_towns");
    assert_eq!(
        reason(place(3, Some((549_783_123, -16_178_456)))),
        "town_without_id"
    );
    assert_eq!(
        reason(place(4, Some((549_750_000, -16_240_000)))),
        "region_with_point"
    );
    assert_eq!(
        reason(place(5, Some((549_750_000, -16_240_000)))),
        "hidden_place_told"
    );
    assert_eq!(reason(place(0, None)), "precision_missing");
    assert_eq!(reason(place(9, Some((1, 1)))), "value_unknown");
    assert_eq!(reason(place(1, Some((i32::MAX, 0)))), "point_out_of_range");
    assert_eq!(received("listing", &with_place(place(9, None))).err(), None);
    // The point of a town outside the gazetteer may be that of a house.
    let abroad = |point| v1::Place {
        geonames_id: 2_988_507,
        ..place(3, point)
    };
    assert_eq!(
        reason(abroad(Some((488_534_100, 23_488_000)))),
        "point_of_unknown_town"
    );
    assert_eq!(received("listing", &with_place(abroad(None))).err(), None);
}

#[test]
fn an_address_below_exact_is_rejected_in_every_field_and_kind() {
    let fields: [fn(&mut v1::Place); 5] = [
        |place| place.street = "x".into(),
        |place| place.postcode = "x".into(),
        |place| place.plus_code = "x".into(),
        |place| place.map_link = "x".into(),
        |place| place.venue = Some(v1::VenueReference::default()),
    ];
    for fill in fields {
        let mut filled = place(4, None);
        fill(&mut filled);
        let event = v1::Event {
            place: Some(filled.clone()),
            ..event()
        };
        let mut offer = room();
        offer.resource.as_mut().unwrap().place = Some(filled.clone());
        let need = v1::Need {
            resource: offer.resource.clone(),
            ..Default::default()
        };
        let commitment = v1::Commitment {
            areas: vec![filled.clone()],
            ..Default::default()
        };
        let area = v1::Listing {
            places: vec![],
            areas_served: vec![filled.clone()],
            ..listing()
        };
        for result in [
            received("listing", &with_place(filled)),
            received("listing", &area),
            received("event", &event),
            received("offer", &offer),
            received("need", &need),
            received("commitment", &commitment),
        ] {
            assert_eq!(result.unwrap_err(), "address_below_exact");
        }
    }
    let post = v1::ContactChannel {
        kind: ContactKind::Post as i32,
        ..Default::default()
    };
    let body = v1::Listing {
        contacts: vec![post],
        ..with_place(place(4, None))
    };
    assert_eq!(
        received("listing", &body).unwrap_err(),
        "address_below_exact"
    );
}

#[test]
fn duplicated_fields_and_torn_bodies_are_rejected() {
    let first = v1::Listing {
        name: "12 High Street".into(),
        ..Default::default()
    };
    let body = [first.encode_to_vec(), listing().encode_to_vec()].concat();
    assert_eq!(
        received_bytes(&record("listing", "0123", body, None)).unwrap_err(),
        "field_twice"
    );
    let twice = [
        v1::Record {
            body: b"12 High Street".to_vec(),
            ..Default::default()
        }
        .encode_to_vec(),
        record("event", "0123", event().encode_to_vec(), None),
    ];
    assert_eq!(received_bytes(&twice.concat()).unwrap_err(), "field_twice");
    let torn = record("listing", "0123", b"\x0a\x7f".to_vec(), None);
    assert_eq!(received_bytes(&torn).unwrap_err(), "body_malformed");
}

#[test]
fn unknown_kinds_and_fields_pass_unchecked() {
    let strange = record("horoscope", "0123", b"\xff\xff whatever".to_vec(), None);
    assert_eq!(received_bytes(&strange), Ok(RecordBody::Unknown));
    let mut body = with_place(place(5, None)).encode_to_vec();
    body.extend([0x82, 0xfa, 0x01, 0x01, b'x']);
    assert!(received_bytes(&record("listing", "0123", body, None)).is_ok());
}

#[test]
fn a_catalogued_listing_stays_within_its_bounds() {
    let (body, subject) = catalogued();
    let body = v1::Listing {
        places: vec![place(4, None)],
        ..body
    };
    let key = "jigsaw-2013.quiet-corner";
    let check = |key: &str, body: &v1::Listing, subject: Option<&v1::Subject>| {
        received_bytes(&record(
            "listing",
            key,
            body.encode_to_vec(),
            subject.cloned(),
        ))
        .err()
    };
    assert_eq!(check(key, &body, Some(&subject)), None);
    assert_eq!(check(key, &body, None), Some("subject_missing"));
    assert_eq!(
        check("jigsaw-2013.other", &body, Some(&subject)),
        Some("subject_mismatch")
    );
    let exact = v1::Listing {
        places: vec![place(1, None)],
        ..body.clone()
    };
    assert_eq!(check(key, &exact, Some(&subject)), Some("place_too_fine"));
    let contact = v1::Listing {
        contacts: vec![v1::ContactChannel::default()],
        ..body.clone()
    };
    assert_eq!(
        check(key, &contact, Some(&subject)),
        Some("contact_in_catalogued")
    );
    let sourceless = v1::Listing {
        source: None,
        ..body.clone()
    };
    assert_eq!(
        check(key, &sourceless, Some(&subject)),
        Some("source_missing")
    );
    let itself = v1::Listing {
        voice: Voice::Itself as i32,
        ..body.clone()
    };
    assert_eq!(
        check(key, &itself, Some(&subject)),
        Some("subject_unexpected")
    );
    let voiceless = v1::Listing { voice: 0, ..body };
    assert_eq!(
        check(key, &voiceless, Some(&subject)),
        Some("voice_missing")
    );
}

#[test]
fn a_vouch_for_itself_is_rejected() {
    let own = v1::GroupReference {
        group_id: vec![7; 32],
        name: String::new(),
    };
    let vouch = v1::Vouch {
        subject: Some(own),
        ..Default::default()
    };
    assert_eq!(received("vouch", &vouch).unwrap_err(), "vouch_of_itself");
}

proptest::proptest! {
    #[test]
    fn any_body_is_accepted_or_rejected(
        body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        kind in proptest::sample::select(vec!["listing", "event", "offer", "story", "commitment"]),
    ) {
        let _ = received_bytes(&record(kind, "0123", body, None));
    }
}

/// Every text and list of a kind's body, each one over and one at its limit, as bytes.
fn at_limits(message: &str) -> Vec<(String, &'static str, Vec<u8>, Vec<u8>)> {
    let fields = crate::rules::schema::schema().fields(message).unwrap();
    let mut cases = Vec::new();
    for (number, field) in fields {
        let encode = |value: &[u8]| {
            let mut bytes = Vec::new();
            prost::encoding::encode_key(
                *number,
                prost::encoding::WireType::LengthDelimited,
                &mut bytes,
            );
            prost::encoding::encode_varint(value.len() as u64, &mut bytes);
            bytes.extend_from_slice(value);
            bytes
        };
        let path = field.name.clone();
        if field.field_type == FieldType::Text {
            // Two bytes a character: limits are in characters.
            let text = |chars: usize| encode("é".repeat(chars).as_bytes());
            let (over, at) = (text(field.max_chars + 1), text(field.max_chars));
            let path = if field.repeated {
                format!("{path}[0]")
            } else {
                path.clone()
            };
            cases.push((path, "too_long", over, at));
        }
        if field.repeated && field.field_type != FieldType::Bytes {
            let list = |entries: usize| match field.field_type {
                // Packed.
                FieldType::Enum(_) | FieldType::Scalar(_) => encode(&vec![1; entries]),
                _ => encode(b"").repeat(entries),
            };
            let (over, at) = (list(field.max_entries + 1), list(field.max_entries));
            cases.push((path, "too_many", over, at));
        }
    }
    cases
}

#[test]
fn receivers_apply_the_limit_of_every_text_and_list() {
    let mut seen = 0;
    for kind in [
        "listing",
        "event",
        "offer",
        "need",
        "vouch",
        "story",
        "commitment",
    ] {
        let message = RecordBody::message_name(kind).unwrap();
        for (path, reason, over, at) in at_limits(message) {
            let rejection = |body: Vec<u8>| {
                let bytes = record(kind, "0123", body, None);
                let parsed = ParsedRecord::parse_within(&bytes, &group(), usize::MAX).unwrap();
                check_received(&parsed).err()
            };
            let rejected = rejection(over).expect(&path);
            assert_eq!(rejected.reason, reason, "{kind}.{path}");
            assert!(
                rejected.detail.starts_with(&path),
                "{}: {path}",
                rejected.detail
            );
            // At the limit it may have another problem, such as an unknown voice.
            let allowed = rejection(at).map_or("", |rejection| rejection.reason);
            assert!(
                !["too_long", "too_many"].contains(&allowed),
                "{kind}.{path}"
            );
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn nested_texts_and_lists_and_the_subject_are_limited_too() {
    let mut body = event();
    body.schedule.as_mut().unwrap().rrules = vec!["FREQ=DAILY".into(); 6];
    assert_eq!(received("event", &body), Err("too_many"));
    let mut body = listing();
    body.places[0].name = "N".repeat(301);
    assert_eq!(received("listing", &body), Err("too_long"));
    let (body, subject) = catalogued();
    let subject = v1::Subject {
        id: "q".repeat(301),
        ..subject
    };
    let bytes = record("listing", "0123", body.encode_to_vec(), Some(subject));
    assert_eq!(received_bytes(&bytes), Err("too_long"));
}

#[test]
fn a_node_and_a_receiver_have_the_same_limits() {
    let too_long = v1::Event {
        title: "T".repeat(121),
        ..event()
    };
    assert_eq!(violations_of("event", &too_long), ["title: too_long"]);
    assert_eq!(received("event", &too_long), Err("too_long"));
    let longest = v1::Event {
        title: "é".repeat(120),
        ..event()
    };
    let prepared = prepared("event", &longest, None, &[]).unwrap();
    assert!(received_bytes(&record("event", "0123", prepared.body, None)).is_ok());
}

#[test]
fn an_address_in_the_texts_of_a_place_below_exact_is_rejected() {
    let fields: [fn(&mut v1::Place, String); 4] = [
        |place, text| place.directions = text,
        |place, text| place.words = text,
        |place, text| place.name = text,
        |place, text| {
            place.regions = vec![v1::RegionName {
                scheme: "mine".into(),
                name: text,
            }];
        },
    ];
    for fill in fields {
        for text in [
            "NE1 4ST",
            "LЅ6 2АВ",
            "54.97783, -1.61780",
            "9C6WX9CV+2G",
            "osm.org/x",
        ] {
            let mut smuggled = place(4, None);
            fill(&mut smuggled, text.to_owned());
            let event = v1::Event {
                place: Some(smuggled.clone()),
                ..event()
            };
            for result in [
                received("listing", &with_place(smuggled)),
                received("event", &event),
            ] {
                assert_eq!(result.unwrap_err(), "address_below_exact", "{text}");
            }
        }
    }
    let mut honest = place(4, None);
    honest.words = "Opposite the clock in Church Street, we send the rest.".into();
    assert_eq!(received("listing", &with_place(honest)).err(), None);
    let mut exact = place(1, Some((549_783_123, -16_178_456)));
    exact.directions = "NE1 4ST, the blue door".into();
    assert_eq!(received("listing", &with_place(exact)).err(), None);
}

#[test]
fn contacts_in_the_texts_of_a_catalogued_listing_are_rejected() {
    let (body, subject) = catalogued();
    let body = v1::Listing {
        places: vec![place(4, None)],
        ..body
    };
    let check = |summary: &str, name: &str| {
        let body = v1::Listing {
            summary: summary.into(),
            ..body.clone()
        };
        let subject = v1::Subject {
            name: name.into(),
            ..subject.clone()
        };
        let bytes = body.encode_to_vec();
        received_bytes(&record(
            "listing",
            "jigsaw-2013.quiet-corner",
            bytes,
            Some(subject),
        ))
        .err()
    };
    assert_eq!(check("A table.", "Quiet Corner"), None);
    for text in [
        "ring 07700 900 123",
        "name at example dot org",
        "ann@example.org",
    ] {
        assert_eq!(
            check(text, "Quiet Corner"),
            Some("contact_in_catalogued"),
            "{text}"
        );
        assert_eq!(
            check("A table.", text),
            Some("contact_in_catalogued"),
            "{text}"
        );
    }
    let website = v1::Listing {
        website: "https://example.org/01632960000".into(),
        crisis_signposts: vec![v1::CrisisSignpost {
            name: "Samaritans".into(),
            phone: "0330 094 5717".into(),
            ..Default::default()
        }],
        ..body
    };
    let bytes = website.encode_to_vec();
    let bytes = record("listing", "jigsaw-2013.quiet-corner", bytes, Some(subject));
    assert_eq!(received_bytes(&bytes).err(), None);
}

#[test]
fn texts_that_hide_or_forge_lines_are_rejected() {
    for (name, reason) in [
        ("X\n\n  verified: yes", "line_break"),
        ("X\u{2028}verified: yes", "line_break"),
        ("\u{202e}abc", "control_character"),
        ("a\u{200f}b", "control_character"),
        ("a\u{9b}2Jb", "control_character"),
        ("a\u{e0041}b", "control_character"),
        ("\u{200b}\u{3164}", "invisible_text"),
    ] {
        let body = v1::Listing {
            name: name.into(),
            places: vec![],
            ..listing()
        };
        assert_eq!(received("listing", &body).unwrap_err(), reason, "{name:?}");
    }
    let long = v1::Listing {
        description: "Two\nlines, and می\u{200c}خواهم".into(),
        places: vec![],
        ..listing()
    };
    assert_eq!(received("listing", &long).err(), None);
}
