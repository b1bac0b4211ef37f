use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::{Rejection, check_received};
use hedgerow_proto::v1;
use hedgerow_proto::v1::{Precision, Voice};
use prost::Message;
use serde::{Deserialize, Serialize};

use super::encoding::{delimited, number, then};
use super::file::{check, unhex, verdict};
use super::maker::{log, record};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    group_id: String,
    record: String,
    verdict: String,
}

const ABOUT: &str = "Whole records with valid outer fields, and whether every receiver keeps their bodies: \
    it refuses what could harm a person or pass for something else, and not what is incomplete. A \
    refused record stays a leaf, with the reason. Town points depend on the gazetteer of places.json.";

fn of_record(name: &str, bytes: &[u8], verdict: &str) -> Vector {
    Vector {
        name: name.to_owned(),
        group_id: log(0).group_id().to_string(),
        record: hex::encode(bytes),
        verdict: verdict.to_owned(),
    }
}

fn encoded(kind: &str, body: &[u8]) -> Vec<u8> {
    record(&log(0), &RecordName::parse(kind, "0f0e0d0c").unwrap(), body)
}

fn vector(name: &str, kind: &str, body: &impl Message, verdict: &str) -> Vector {
    of_record(name, &encoded(kind, &body.encode_to_vec()), verdict)
}

/// A record with a subject, under the key of that subject.
fn about(
    name: &str,
    kind: &str,
    body: &impl Message,
    subject: &v1::Subject,
    verdict: &str,
) -> Vector {
    let bytes = encoded(kind, &body.encode_to_vec());
    let mut message = v1::Record::decode(bytes.as_slice()).unwrap();
    message.key = format!("{}.{}", subject.scheme, subject.id);
    message.subject = Some(subject.clone());
    of_record(name, &message.encode_to_vec(), verdict)
}

fn listing(voice: Voice) -> v1::Listing {
    v1::Listing {
        name: "A group".to_owned(),
        voice: voice.into(),
        ..v1::Listing::default()
    }
}

fn catalogued() -> v1::Listing {
    v1::Listing {
        source: Some(v1::Source {
            title: "A directory".to_owned(),
            ..v1::Source::default()
        }),
        ..listing(Voice::Catalogued)
    }
}

fn subject() -> v1::Subject {
    v1::Subject {
        scheme: "jigsaw-2013".to_owned(),
        id: "sodit".to_owned(),
        name: "An organisation".to_owned(),
        group_id: None,
    }
}

fn subjects() -> Vec<Vector> {
    let (ours, listed, subject) = (listing(Voice::Itself), catalogued(), subject());
    let other_key = {
        let bytes = encoded("listing", &listed.encode_to_vec());
        let mut message = v1::Record::decode(bytes.as_slice()).unwrap();
        message.subject = Some(subject.clone());
        message.encode_to_vec()
    };
    let place = |precision: Precision| v1::Place {
        name: "Leeds".to_owned(),
        ..town(precision, 2_644_688)
    };
    let with = |change: fn(&mut v1::Listing)| {
        let mut listing = catalogued();
        change(&mut listing);
        listing
    };
    let at = |precision| v1::Listing {
        places: vec![place(precision)],
        ..catalogued()
    };
    let vouch = |group: Vec<u8>| v1::Vouch {
        subject: Some(v1::GroupReference {
            group_id: group,
            name: "A group".to_owned(),
        }),
        ..v1::Vouch::default()
    };
    let own = log(0).group_id().to_vec();
    vec![
        vector("a listing that states little", "listing", &ours, "ok"),
        vector(
            "a listing for a branch",
            "listing",
            &listing(Voice::OnBehalf),
            "ok",
        ),
        vector(
            "a listing without a voice",
            "listing",
            &listing(Voice::Unspecified),
            "voice_missing",
        ),
        vector(
            "a listing with an unknown voice",
            "listing",
            &v1::Listing {
                voice: 9,
                ..ours.clone()
            },
            "voice_missing",
        ),
        about("a catalogued listing", "listing", &listed, &subject, "ok"),
        vector(
            "a catalogued listing without a subject",
            "listing",
            &listed,
            "subject_missing",
        ),
        of_record(
            "a catalogued listing under another key",
            &other_key,
            "subject_mismatch",
        ),
        about(
            "a catalogued listing without a source",
            "listing",
            &with(|l| l.source = None),
            &subject,
            "source_missing",
        ),
        about(
            "a source whose title is spaces",
            "listing",
            &with(|l| l.source.as_mut().unwrap().title = "  ".to_owned()),
            &subject,
            "source_missing",
        ),
        about(
            "a catalogued listing with a contact",
            "listing",
            &with(|l| l.contacts.push(v1::ContactChannel::default())),
            &subject,
            "contact_in_catalogued",
        ),
        about(
            "a catalogued listing in a town",
            "listing",
            &at(Precision::Town),
            &subject,
            "ok",
        ),
        about(
            "a catalogued listing at an exact place",
            "listing",
            &at(Precision::Exact),
            &subject,
            "place_too_fine",
        ),
        about(
            "a group's own listing with a subject",
            "listing",
            &ours,
            &subject,
            "subject_unexpected",
        ),
        about(
            "an event with a subject",
            "event",
            &event(None),
            &subject,
            "subject_unexpected",
        ),
        vector(
            "a vouch without expiry and grade",
            "vouch",
            &vouch(vec![7; 32]),
            "ok",
        ),
        vector(
            "a vouch for the group itself",
            "vouch",
            &vouch(own),
            "vouch_of_itself",
        ),
        vector("an event without a start", "event", &event(None), "ok"),
        vector("an empty event", "event", &v1::Event::default(), "ok"),
        vector("an empty offer", "offer", &v1::Offer::default(), "ok"),
    ]
}

fn event(place: Option<v1::Place>) -> v1::Event {
    v1::Event {
        title: "A walk".to_owned(),
        place,
        ..v1::Event::default()
    }
}

fn town(precision: Precision, id: u32) -> v1::Place {
    v1::Place {
        precision: precision.into(),
        geonames_id: id,
        point: gazetteer()
            .by_id(u64::from(id))
            .map(hedgerow_core::gazetteer::Place::point),
        ..v1::Place::default()
    }
}

fn places() -> Vec<Vector> {
    let point = |latitude_e7, longitude_e7| {
        Some(v1::Point {
            latitude_e7,
            longitude_e7,
        })
    };
    let at = |precision: Precision, point| v1::Place {
        precision: precision.into(),
        point,
        ..v1::Place::default()
    };
    let placed = |name: &str, place: v1::Place, verdict: &str| {
        vector(name, "event", &event(Some(place)), verdict)
    };
    let street = |place: v1::Place| v1::Place {
        street: "1 High Street".to_owned(),
        ..place
    };
    let leeds = town(Precision::Town, 2_644_688);
    let unknown = v1::Place {
        geonames_id: u32::MAX,
        ..at(Precision::Town, None)
    };
    let (grid, off) = (point(50_000, 80_000), point(50_001, 80_000));
    let later = |point| v1::Place {
        precision: 9,
        ..at(Precision::Exact, point)
    };
    let named = |place: v1::Place| v1::Place {
        name: "Here".to_owned(),
        ..place
    };
    vec![
        placed("an exact place", street(at(Precision::Exact, off)), "ok"),
        placed(
            "an exact place without anything",
            at(Precision::Exact, None),
            "ok",
        ),
        placed(
            "no precision",
            at(Precision::Unspecified, None),
            "precision_missing",
        ),
        placed("an unknown precision", later(None), "ok"),
        placed(
            "an unknown precision with a point",
            later(off),
            "value_unknown",
        ),
        placed(
            "a neighbourhood on the grid",
            at(Precision::Neighbourhood, grid),
            "ok",
        ),
        placed(
            "a neighbourhood off the grid",
            at(Precision::Neighbourhood, off),
            "point_off_grid",
        ),
        placed(
            "a neighbourhood without a point",
            at(Precision::Neighbourhood, None),
            "ok",
        ),
        placed(
            "a neighbourhood with a street",
            street(at(Precision::Neighbourhood, grid)),
            "address_below_exact",
        ),
        placed("a town", leeds.clone(), "ok"),
        placed(
            "a town without a point",
            v1::Place {
                point: None,
                ..leeds.clone()
            },
            "ok",
        ),
        placed(
            "a town at another point",
            v1::Place {
                point: grid,
                ..leeds.clone()
            },
            "point_not_the_towns",
        ),
        placed(
            "a town without an id",
            v1::Place {
                geonames_id: 0,
                ..leeds.clone()
            },
            "town_without_id",
        ),
        placed("an unknown town", unknown.clone(), "ok"),
        placed(
            "an unknown town with a point",
            v1::Place {
                point: grid,
                ..unknown
            },
            "point_of_unknown_town",
        ),
        placed("a town with a street", street(leeds), "address_below_exact"),
        placed("a region", named(at(Precision::Region, None)), "ok"),
        placed(
            "a region with a point",
            at(Precision::Region, grid),
            "region_with_point",
        ),
        placed(
            "a region with an id",
            v1::Place {
                geonames_id: 1,
                ..at(Precision::Region, None)
            },
            "region_with_point",
        ),
        placed("a hidden place", at(Precision::Hidden, None), "ok"),
        placed(
            "a hidden place with a name",
            named(at(Precision::Hidden, None)),
            "hidden_place_told",
        ),
        placed(
            "a hidden place with a point",
            at(Precision::Hidden, grid),
            "hidden_place_told",
        ),
        placed(
            "beyond the North Pole",
            at(Precision::Exact, point(900_000_001, 0)),
            "point_out_of_range",
        ),
        placed(
            "beyond the antimeridian",
            at(Precision::Exact, point(0, -1_800_000_001)),
            "point_out_of_range",
        ),
        placed(
            "out of range, and hidden",
            at(Precision::Hidden, point(i32::MAX, 0)),
            "point_out_of_range",
        ),
    ]
}

fn encodings() -> Vec<Vector> {
    let body = event(None).encode_to_vec();
    let plain = encoded("event", &body);
    let more = |name: &str, verdict: &str, bytes: &[u8]| {
        of_record(name, &encoded("event", &then(&body, bytes)), verdict)
    };
    vec![
        of_record(
            "an unknown kind with any bytes",
            &encoded("parade", b"\xff\xff"),
            "ok",
        ),
        of_record(
            "an event that does not decode",
            &encoded("event", b"\xff\xff"),
            "body_malformed",
        ),
        more(
            "an unknown field of the body",
            "ok",
            &delimited(1_000, b"later"),
        ),
        more("the title twice", "field_twice", &delimited(1, b"Another")),
        more(
            "the capacity as bytes",
            "body_malformed",
            &delimited(12, b"x"),
        ),
        more("one capacity", "ok", &number(12, 5)),
        more(
            "the capacity twice",
            "field_twice",
            &[number(12, 5), number(12, 6)].concat(),
        ),
        of_record(
            "the key of the record twice",
            &then(&plain, &delimited(3, b"another")),
            "field_twice",
        ),
        of_record(
            "an unknown field of the record",
            &then(&plain, &delimited(1_000, b"later")),
            "ok",
        ),
    ]
}

#[test]
fn received_records_get_the_verdicts_of_the_vectors() {
    let mut made = subjects();
    made.extend(places());
    made.extend(encodings());
    check("received_records.json", ABOUT, made, |vector| {
        let group = vector.group_id.parse().unwrap();
        let record = ParsedRecord::parse(&unhex(&vector.record), &group).unwrap();
        let kept = check_received(&record);
        assert_eq!(
            verdict(&kept, Rejection::reason),
            vector.verdict,
            "{}",
            vector.name
        );
    });
}
