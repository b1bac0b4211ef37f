//! Names of towns and areas as stewards type them.

use hedgerow_proto::{steward_v1, v1};
use prost::Message;

use crate::testing::{Steward, TestNode};

fn listing(name: &str, places: Vec<v1::Place>, areas: Vec<v1::Place>) -> steward_v1::RecordDraft {
    let listing = v1::Listing {
        name: name.to_owned(),
        voice: v1::Voice::Itself.into(),
        roles: vec![v1::Role::SupportGroup.into()],
        website: "https://group.example.org/".to_owned(),
        places,
        areas_served: areas,
        ..v1::Listing::default()
    };
    steward_v1::RecordDraft {
        body: listing.encode_to_vec(),
        language: "en".to_owned(),
        ..steward_v1::RecordDraft::default()
    }
}

fn put(draft: steward_v1::RecordDraft) -> steward_v1::RecordChange {
    let new = steward_v1::NewRecord {
        collection: "listing".to_owned(),
        draft: Some(draft),
    };
    steward_v1::RecordChange {
        change: Some(steward_v1::record_change::Change::Put(new)),
    }
}

fn place(precision: v1::Precision, name: &str) -> v1::Place {
    v1::Place {
        precision: precision.into(),
        name: name.to_owned(),
        ..v1::Place::default()
    }
}

fn town(name: &str) -> v1::Place {
    place(v1::Precision::Town, name)
}

/// Publishes one listing and returns it as published.
async fn published(steward: &Steward, draft: steward_v1::RecordDraft) -> v1::Listing {
    steward.publish(vec![put(draft)]).await.unwrap();
    let records = steward.list().await;
    let record = &records.last().unwrap().record;
    let record = v1::Record::decode(record.as_slice()).unwrap();
    v1::Listing::decode(record.body.as_slice()).unwrap()
}

#[tokio::test]
async fn a_town_is_named_as_people_name_it_and_published_as_the_protocols() {
    for (typed, name) in [
        ("Bolton, Lancs", "Bolton"),
        ("Moss Side, Manchester", "Manchester"),
        ("Abertawe", "Swansea"),
        ("Leith", "Edinburgh"),
    ] {
        let test = TestNode::running(&[]).await;
        let listing = published(
            &test.steward(),
            listing("Kettle", vec![town(typed)], vec![]),
        )
        .await;
        let place = &listing.places[0];
        assert_eq!(place.name, name, "{typed}");
        assert!(place.geonames_id != 0 && place.point.is_some());
    }
}

#[tokio::test]
async fn a_name_of_several_towns_is_refused_with_the_choices() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let drafts = [
        ("Clapham", "town_ambiguous", "Clapham, London, Lambeth"),
        ("Easton", "town_ambiguous", "Easton, Bristol"),
        ("Huddersfeild", "town_unknown", "Huddersfield"),
        ("Trafford", "town_unknown", "is an area"),
    ];
    for (typed, reason, part) in drafts {
        let draft = listing("Kettle", vec![town(typed)], vec![]);
        let error = steward.publish(vec![put(draft)]).await.unwrap_err();
        assert_eq!(error.violations.len(), 1, "{typed}: {:?}", error.violations);
        assert_eq!(error.violations[0].reason, reason, "{typed}");
        let message = &error.violations[0].message;
        assert!(message.contains(part), "{typed}: {message}");
    }
}

#[tokio::test]
async fn an_area_served_keeps_its_name_and_gets_its_region() {
    let region = |name: &str| place(v1::Precision::Region, name);
    let test = TestNode::running(&[]).await;
    let areas = vec![region("Trafford"), region("Gtr Manchester")];
    let draft = listing("Kettle", vec![town("Leeds")], areas);
    let listing = published(&test.steward(), draft).await;
    let names: Vec<&str> = listing
        .areas_served
        .iter()
        .map(|area| area.name.as_str())
        .collect();
    assert_eq!(names, ["Trafford", "Greater Manchester"]);
    for area in &listing.areas_served {
        assert!(area.point.is_none());
        let ons = area.regions.iter().find(|region| region.scheme == "ons");
        assert_eq!(ons.unwrap().name, "North West");
    }
}

#[tokio::test]
async fn a_group_that_shows_only_its_region_does_not_show_its_council() {
    let test = TestNode::running(&[]).await;
    let draft = listing(
        "Kettle",
        vec![place(v1::Precision::Region, "Tameside")],
        vec![],
    );
    let listing = published(&test.steward(), draft).await;
    assert_eq!(listing.places[0].name, "North West");
    assert!(listing.places[0].point.is_none());
    assert!(!format!("{listing:?}").contains("Tameside"));
}
