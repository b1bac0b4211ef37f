//! Publishing by a steward.

use hedgerow_core::name::RecordName;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_proto::{steward_v1, v1};
use prost::Message;
use tonic::Code;

use crate::testing::{Steward, TestNode, event, put, request_id, title};

/// Computes the root over the records that the list shows as published.
async fn root_of_list(steward: &Steward) -> hedgerow_core::id::Root {
    let leaves = steward
        .list()
        .await
        .into_iter()
        .filter(|record| record.published)
        .map(|record| {
            let name = RecordName::try_from(&record.name.unwrap()).unwrap();
            Leaf::new(name, &record.record)
        })
        .collect();
    Manifest::new(leaves).unwrap().root()
}

#[tokio::test]
async fn a_created_record_is_under_the_head_in_the_response() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let response = steward.create("First meeting").await;
    let record = response.record.unwrap();
    assert!(record.published);
    assert_eq!(title(&record.record), "First meeting");
    let parsed = ParsedRecord::parse(&record.record, &steward.group_id).unwrap();
    assert_eq!(parsed.name().key.as_str().len(), 32, "a random key");

    let head = steward.head().await;
    assert_eq!(head.envelope(), response.head);
    assert_eq!((head.position().seq.get(), head.count()), (1, 1));
    assert_eq!(head.root(), root_of_list(&steward).await);
}

#[tokio::test]
async fn each_head_refers_to_the_previous_one() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("One").await;
    let first = steward.head().await;
    let two = steward.create("Two").await;
    let second = steward.head().await;
    assert_eq!(second.previous(), Some(first.hash()));
    steward.withdraw(two.record.unwrap().name.unwrap()).await;
    let third = steward.head().await;
    assert_eq!(third.position().seq.get(), 3);
    assert_eq!(third.root(), first.root());
}

#[tokio::test]
async fn after_every_record_is_withdrawn_there_is_an_empty_head() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let one = steward.create("One").await.record.unwrap();
    steward.withdraw(one.name.unwrap()).await;
    assert_eq!(steward.head().await.count(), 0);
}

#[tokio::test]
async fn before_the_first_record_there_is_no_head() {
    let test = TestNode::running(&[]).await;
    let state = test.steward().head_state().await;
    assert!(state.head.is_empty());
    assert!(
        !state.waiting_for_aggregator,
        "there is no aggregator to wait for"
    );
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_response_and_changes_nothing() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let first = steward.try_create("an-id", "Once").await.unwrap();
    let again = steward.try_create("an-id", "Once").await.unwrap();
    assert_eq!(first, again);
    assert_eq!(steward.list().await.len(), 1);
    let other = steward.try_create("an-id", "Twice").await.unwrap_err();
    assert_eq!(
        (other.code, other.reason.as_str()),
        (Code::AlreadyExists, "request_id_reused")
    );
    let none = steward.try_create("", "Once").await.unwrap_err();
    assert_eq!(none.reason, "request_id_malformed");
}

#[tokio::test]
async fn a_stored_response_does_not_keep_a_withdrawn_record() {
    let mut test = TestNode::running(&[]).await;
    let steward = test.steward();
    let first = steward.try_create("an-id", "A secret").await.unwrap();
    steward.withdraw(first.record.unwrap().name.unwrap()).await;
    let again = steward.try_create("an-id", "A secret").await.unwrap();
    assert!(again.record.unwrap().record.is_empty());
    // It is not on the disk either, once the write-ahead log has been truncated.
    test.stop().await;
    let mut file = std::fs::read(test.config.database_file()).unwrap();
    file.retain(|byte| *byte != 0);
    assert!(!file.windows(8).any(|window| window == b"A secret"));
}

#[tokio::test]
async fn an_update_needs_the_current_etag() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let one = steward.create("One").await.record.unwrap();
    let name = one.name.clone().unwrap();
    let two = steward
        .update(name.clone(), &one.etag, event("Two"))
        .await
        .unwrap();
    let two = two.record.unwrap();
    assert_ne!(two.etag, one.etag);
    assert_eq!(title(&two.record), "Two");
    let late = steward
        .update(name, &one.etag, event("Three"))
        .await
        .unwrap_err();
    assert_eq!(
        (late.code, late.reason.as_str()),
        (Code::FailedPrecondition, "etag_mismatch")
    );
    assert_eq!(late.metadata.get("etag"), Some(&two.etag));
}

#[tokio::test]
async fn an_update_that_changes_nothing_signs_nothing() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let one = steward.create("One").await;
    let record = one.record.unwrap();
    let same = steward
        .update(record.name.unwrap(), &record.etag, event("One"))
        .await
        .unwrap();
    assert_eq!(same.head, one.head);
    assert_eq!(same.record.unwrap().etag, record.etag);
}

#[tokio::test]
async fn an_unknown_record_cannot_be_changed() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let name = v1::RecordName {
        collection: "event".to_owned(),
        key: "0".repeat(32),
    };
    let error = steward.update(name, "any", event("One")).await.unwrap_err();
    assert_eq!(
        (error.code, error.reason.as_str()),
        (Code::NotFound, "record_unknown")
    );
}

#[tokio::test]
async fn a_batch_is_published_under_one_head_or_not_at_all() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let many = (0..50).map(|n| put(event(&format!("Event {n}")))).collect();
    let response = steward.publish(many).await.unwrap();
    assert_eq!(response.records.len(), 50);
    assert!(
        response
            .records
            .iter()
            .all(|record| record.record.is_empty() && record.published)
    );
    assert_eq!(steward.head().await.position().seq.get(), 1);

    let bad = vec![
        put(event("Fine")),
        put(event("")),
        put(steward_v1::RecordDraft::default()),
    ];
    let error = steward.publish(bad).await.unwrap_err();
    assert_eq!(error.code, Code::InvalidArgument);
    let fields: Vec<&str> = error.violations.iter().map(|v| v.field.as_str()).collect();
    assert!(fields.contains(&"changes[1].put.title"), "{fields:?}");
    assert!(fields.contains(&"changes[2].put.draft.body"), "{fields:?}");
    assert_eq!(steward.list().await.len(), 50);
}

#[tokio::test]
async fn a_violation_of_the_whole_body_names_the_draft() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    for (body, reason) in [
        (Vec::new(), "empty_record"),
        (b"\x0f".to_vec(), "body_malformed"),
    ] {
        let draft = steward_v1::RecordDraft {
            body,
            ..steward_v1::RecordDraft::default()
        };
        let created = steward.try_create_of("listing", &request_id(), draft).await;
        let violations = created.unwrap_err().violations;
        let found = violations.iter().find(|it| it.reason == reason);
        assert_eq!(found.expect(reason).field, "draft.body");
    }
}

#[tokio::test]
async fn a_batch_can_change_a_record_only_once() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let name = steward.create("One").await.record.unwrap().name.unwrap();
    let withdrawal = steward_v1::RecordChange {
        change: Some(steward_v1::record_change::Change::Withdraw(name)),
    };
    let error = steward
        .publish(vec![withdrawal.clone(), withdrawal])
        .await
        .unwrap_err();
    assert_eq!(error.violations[0].reason, "changed_twice");
}

#[tokio::test]
async fn node_only_records_are_in_no_head_and_not_in_the_feed() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let mut draft = event("Between us");
    draft.audience = Some(steward_v1::RecordAudience {
        audience: Some(steward_v1::record_audience::Audience::NodeOnly(true)),
    });
    let request = steward_v1::CreateRecordRequest {
        request_id: request_id(),
        collection: "event".to_owned(),
        draft: Some(draft),
    };
    let response = steward
        .client
        .clone()
        .create_record(steward.request(request))
        .await
        .unwrap();
    let response = response.into_inner();
    assert!(response.head.is_empty());
    let record = response.record.unwrap();
    assert!(!record.published);
    assert_eq!(steward.head_state().await.waiting_records, 0);

    // Made public, the record enters the head; made private again, it leaves it.
    let mut public = event("For all");
    public.audience = Some(steward_v1::RecordAudience {
        audience: Some(steward_v1::record_audience::Audience::Public(true)),
    });
    let name = record.name.unwrap();
    let shown = steward
        .update(name.clone(), &record.etag, public)
        .await
        .unwrap();
    assert_eq!(steward.head().await.count(), 1);
    let mut hidden = event("Between us");
    hidden.audience = record.audience;
    let etag = shown.record.unwrap().etag;
    steward.update(name, &etag, hidden).await.unwrap();
    assert_eq!(steward.head().await.count(), 0);
}

fn consent() -> steward_v1::StoryConsent {
    steward_v1::StoryConsent {
        given_date: "2026-01-05".to_owned(),
        review_date: "2027-01-05".to_owned(),
        words: "talked through at the table".to_owned(),
    }
}

#[tokio::test]
async fn sensitive_kinds_stay_on_the_node_by_default() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let story = v1::Story {
        title: "How it began".to_owned(),
        text: "In a kitchen.".to_owned(),
        ..v1::Story::default()
    };
    let draft = steward_v1::RecordDraft {
        body: story.encode_to_vec(),
        consent: Some(consent()),
        ..steward_v1::RecordDraft::default()
    };
    let response = steward.try_create_of("story", &request_id(), draft).await;
    assert!(!response.unwrap().record.unwrap().published);
}

#[tokio::test]
async fn a_group_over_its_limit_can_still_withdraw_records() {
    let mut test = TestNode::new(&[]).await;
    test.config.publishing.max_records = 2;
    test.start().await;
    let steward = test.steward();
    let one = steward.create("One").await.record.unwrap();
    steward.create("Two").await;
    let error = steward
        .try_create(&request_id(), "Three")
        .await
        .unwrap_err();
    assert_eq!(error.reason, "view_too_many_records");
    steward.withdraw(one.name.unwrap()).await;
    steward.create("Three").await;
}

#[tokio::test]
async fn a_record_over_the_size_limit_violates_a_rule() {
    let mut test = TestNode::new(&[]).await;
    test.config.publishing.max_record_bytes = 200;
    test.start().await;
    let error = test
        .steward()
        .try_create("one", "A rather longer title, of an event that goes on")
        .await;
    assert_eq!(error.unwrap_err().violations[0].reason, "record_too_large");
}

#[tokio::test]
async fn records_are_listed_page_by_page_in_order() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let many = (0..7).map(|n| put(event(&format!("Event {n}")))).collect();
    steward.publish(many).await.unwrap();
    let (mut token, mut keys) = (String::new(), Vec::new());
    loop {
        let request = steward_v1::ListRecordsRequest {
            collection: "event".to_owned(),
            page_size: 3,
            page_token: token,
        };
        let page = steward
            .client
            .clone()
            .list_records(steward.request(request))
            .await
            .unwrap();
        let page = page.into_inner();
        keys.extend(
            page.records
                .into_iter()
                .map(|record| record.name.unwrap().key),
        );
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(keys.len(), 7);
    assert!(keys.is_sorted());
}

#[tokio::test]
async fn published_records_survive_a_restart() {
    let mut test = TestNode::running(&[]).await;
    test.steward().create("One").await;
    let before = test.steward().head().await;
    test.stop().await;
    test.start().await;
    let steward = test.steward();
    assert_eq!(steward.head().await.hash(), before.hash());
    assert_eq!(root_of_list(&steward).await, before.root());
}

/// An event at a town's point, or at an exact point in that town.
fn event_in_leeds(
    title: &str,
    precision: v1::Precision,
    audience: Option<bool>,
) -> steward_v1::RecordDraft {
    let mut draft = event(title);
    let mut message = v1::Event::decode(draft.body.as_slice()).unwrap();
    message.place = Some(match precision {
        v1::Precision::Town => v1::Place {
            precision: precision.into(),
            name: "Leeds".to_owned(),
            ..v1::Place::default()
        },
        _ => v1::Place {
            precision: precision.into(),
            point: Some(v1::Point {
                latitude_e7: 538_000_000,
                longitude_e7: -15_490_000,
            }),
            ..v1::Place::default()
        },
    });
    draft.body = message.encode_to_vec();
    draft.audience = audience.map(|public| steward_v1::RecordAudience {
        audience: Some(if public {
            steward_v1::record_audience::Audience::Public(true)
        } else {
            steward_v1::record_audience::Audience::NodeOnly(true)
        }),
    });
    draft
}

#[tokio::test]
async fn two_public_records_at_one_place_are_compared_and_private_ones_are_not() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let draft = |title, precision, audience| vec![put(event_in_leeds(title, precision, audience))];
    let (town, exact) = (v1::Precision::Town, v1::Precision::Exact);
    steward.publish(draft("Supper", town, None)).await.unwrap();
    steward
        .publish(draft("Trustees", exact, Some(false)))
        .await
        .unwrap();
    steward
        .publish(draft("Second supper", town, None))
        .await
        .unwrap();

    let error = steward
        .publish(draft("Walk", exact, None))
        .await
        .unwrap_err();
    assert_eq!(error.violations[0].field, "changes[0].put.place.precision");
    // Both suppers are named, and the private meeting is not.
    let reasons: Vec<_> = error
        .violations
        .iter()
        .map(|it| it.reason.clone())
        .collect();
    assert_eq!(reasons.len(), 2);
    assert!(
        reasons
            .iter()
            .all(|it| it.starts_with("finer_than_other_record:event/"))
    );
    assert!(error.violations.iter().all(|it| it.confirmable));
    let mut confirmed = event_in_leeds("Walk", exact, None);
    confirmed.confirmed = reasons;
    steward.publish(vec![put(confirmed)]).await.unwrap();
}

#[tokio::test]
async fn consent_to_a_story_is_required_and_stays_on_the_node() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let story = v1::Story {
        title: "A year of Tuesdays".to_owned(),
        text: "Somebody kept coming.".to_owned(),
        ..Default::default()
    };
    let mut draft = steward_v1::RecordDraft {
        body: story.encode_to_vec(),
        language: "en".to_owned(),
        ..Default::default()
    };
    let error = steward
        .try_create_of("story", &request_id(), draft.clone())
        .await
        .unwrap_err();
    assert_eq!(error.violations[0].reason, "consent_required");

    let consent = consent();
    draft.consent = Some(consent.clone());
    let stored = steward
        .try_create_of("story", &request_id(), draft.clone())
        .await
        .unwrap()
        .record
        .unwrap();
    assert_eq!(stored.consent, Some(consent.clone()));
    let words = consent.words.as_bytes();
    assert!(
        !stored
            .record
            .windows(words.len())
            .any(|window| window == words)
    );
}
