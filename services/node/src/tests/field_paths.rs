//! The fields that violations of drafts name, and the sentence of the protocol about them.

use std::collections::BTreeSet;

use hedgerow_proto::{steward_v1, v1};
use hedgerow_transport::failure::CallFailure;
use prost::Message;
use steward_v1::record_audience::Audience;
use steward_v1::record_change::Change;

use crate::testing::{Steward, TestNode, request_id};

/// What is wrong with [`wrong_draft`], without the path of a change.
const FIELDS: [&str; 6] = [
    "audience.circle",
    "consent",
    "language",
    "schedule.start",
    "subject",
    "title",
];

/// An event without title and start, in no language, for an impossible circle, about somebody
/// else, with the consent of people to a story.
fn wrong_draft() -> steward_v1::RecordDraft {
    let event = v1::Event {
        summary: "Tea.".to_owned(),
        schedule: Some(v1::Schedule::default()),
        ..v1::Event::default()
    };
    steward_v1::RecordDraft {
        body: event.encode_to_vec(),
        language: "?".to_owned(),
        audience: Some(steward_v1::RecordAudience {
            audience: Some(Audience::Circle("public".to_owned())),
        }),
        subject: Some(v1::Subject {
            scheme: "town-2020".to_owned(),
            id: "tea".to_owned(),
            name: "Tea and talk".to_owned(),
            group_id: None,
        }),
        consent: Some(steward_v1::StoryConsent::default()),
        ..steward_v1::RecordDraft::default()
    }
}

fn fields(failure: &CallFailure) -> BTreeSet<&str> {
    let violations = failure.violations.iter();
    violations.map(|it| it.field.as_str()).collect()
}

fn assert_fields(failure: &CallFailure, path: &str) {
    let found = fields(failure);
    for field in FIELDS {
        let expected = format!("{path}{field}");
        assert!(found.contains(expected.as_str()), "{expected}: {found:?}");
    }
    let in_change = |field: &&str| field.starts_with(path) && !field.contains("draft");
    assert!(found.iter().all(in_change), "{found:?}");
}

async fn publish(steward: &Steward, change: Change) -> CallFailure {
    let change = steward_v1::RecordChange {
        change: Some(change),
    };
    *steward.publish(vec![change]).await.unwrap_err()
}

#[tokio::test]
async fn fields_of_a_draft_and_of_its_body_are_named_without_it_after_their_change() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let record = steward.create("First").await.record.unwrap();
    let name = record.name.unwrap();

    let id = request_id();
    let created = steward.try_create_of("event", &id, wrong_draft()).await;
    let created = created.unwrap_err();
    assert_fields(&created, "");
    let circle = created.violations.iter();
    let mut circle = circle.filter(|it| it.field == "audience.circle");
    assert!(circle.any(|it| it.reason == "circle_malformed"));
    let etag = &record.etag;
    let updated = steward.update(name.clone(), etag, wrong_draft()).await;
    assert_fields(&updated.unwrap_err(), "");
    let put = Change::Put(steward_v1::NewRecord {
        collection: "event".to_owned(),
        draft: Some(wrong_draft()),
    });
    assert_fields(&publish(&steward, put).await, "changes[0].put.");
    let replace = Change::Replace(steward_v1::ReplacedRecord {
        name: Some(name.clone()),
        draft: Some(wrong_draft()),
        etag: String::new(),
    });
    assert_fields(&publish(&steward, replace).await, "changes[0].replace.");

    // The draft as a whole, and its body as a whole.
    let without_draft = Change::Put(steward_v1::NewRecord {
        collection: "event".to_owned(),
        draft: None,
    });
    let failure = publish(&steward, without_draft).await;
    assert_eq!(fields(&failure), ["changes[0].put.draft"].into());
    let empty = Change::Replace(steward_v1::ReplacedRecord {
        name: Some(name),
        draft: Some(steward_v1::RecordDraft::default()),
        etag: String::new(),
    });
    let failure = publish(&steward, empty).await;
    assert!(fields(&failure).contains("changes[0].replace.draft.body"));
}

/// A catalogued listing whose key is `town-2020.` and the id of its subject.
fn catalogued(id: &str) -> steward_v1::RecordDraft {
    let listing = v1::Listing {
        name: "Tea and talk".to_owned(),
        voice: v1::Voice::Catalogued.into(),
        roles: vec![v1::Role::SupportGroup.into()],
        source: Some(v1::Source {
            title: "A town directory".to_owned(),
            recorded_year: 2020,
            ..v1::Source::default()
        }),
        ..v1::Listing::default()
    };
    let subject = wrong_draft().subject.map(|subject| v1::Subject {
        id: id.to_owned(),
        ..subject
    });
    steward_v1::RecordDraft {
        body: listing.encode_to_vec(),
        subject,
        ..steward_v1::RecordDraft::default()
    }
}

#[tokio::test]
async fn a_catalogued_listing_is_created_once_and_keeps_the_key_of_its_subject() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let create = async |id: &str| {
        let request = request_id();
        let draft = catalogued(id);
        steward.try_create_of("listing", &request, draft).await
    };
    let record = create("tea").await.unwrap().record.unwrap();
    let again = create("tea").await.unwrap_err();
    assert_eq!(
        (again.code, again.reason.as_str()),
        (tonic::Code::AlreadyExists, "record_exists")
    );
    create("coffee").await.unwrap();
    let name = record.name.unwrap();
    let renamed = steward.update(name, &record.etag, catalogued("water"));
    let violations = renamed.await.unwrap_err().violations;
    let violations: Vec<_> = violations
        .iter()
        .map(|it| (it.field.as_str(), it.reason.as_str()))
        .collect();
    assert_eq!(violations, [("subject", "key_mismatch")]);
}

#[tokio::test]
async fn a_second_change_of_one_record_names_what_identifies_the_record() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let catalogued = Change::Put(steward_v1::NewRecord {
        collection: "listing".to_owned(),
        draft: Some(catalogued("tea")),
    });
    let name = v1::RecordName {
        collection: "listing".to_owned(),
        key: "town-2020.tea".to_owned(),
    };
    let change = |change: &Change| steward_v1::RecordChange {
        change: Some(change.clone()),
    };
    let twice = vec![change(&catalogued), change(&catalogued)];
    let failure = steward.publish(twice).await.unwrap_err();
    assert_eq!(fields(&failure), ["changes[1].put.subject"].into());

    steward.publish(vec![change(&catalogued)]).await.unwrap();
    let withdraw = Change::Withdraw(name);
    let twice = vec![change(&catalogued), change(&withdraw)];
    let failure = steward.publish(twice).await.unwrap_err();
    assert_eq!(fields(&failure), ["changes[1].withdraw"].into());
}

#[test]
fn the_protocol_states_how_violations_of_drafts_are_named() {
    let document = include_str!("../../../../docs/PROTOCOL.md");
    let errors = document.split("\n## Errors\n").nth(1).unwrap();
    let paragraph = errors.split("\n\n").find(|it| it.contains("`BadRequest`"));
    let paragraph = paragraph.expect("the paragraph about violations");
    for path in [
        "language",
        "audience.circle",
        "subject.name",
        "title",
        "changes[0].put.language",
        "changes[0].put.title",
        "changes[1].withdraw",
        "draft",
        "draft.body",
    ] {
        assert!(paragraph.contains(&format!("`{path}`")), "{path}");
    }
}
