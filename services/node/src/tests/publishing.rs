//! Publishing by a node's steward.

use hedgerow_core::name::RecordName;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::v1;
use prost::Message;
use tonic::Code;

use crate::testing::Steward;
use crate::testing::TestNode;
use crate::testing::event;
use crate::testing::put;
use crate::testing::request_id;
use crate::testing::title;

/// The root over what the steward's list says is published.
async fn root_of_list(steward: &Steward) -> hedgerow_core::id::Root {
    let leaves = steward
        .list()
        .await
        .into_iter()
        .filter(|record| record.published)
        .map(|record| {
            let name = RecordName::try_from(&record.name.unwrap()).unwrap();
            Leaf::of(name, &record.record)
        })
        .collect();
    Manifest::new(leaves).unwrap().root()
}

#[tokio::test]
async fn a_created_record_is_under_the_head_that_comes_with_the_answer() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let answer = steward.create("First meeting").await;
    let record = answer.record.unwrap();
    assert!(record.published);
    assert_eq!(title(&record.record), "First meeting");
    let parsed = ParsedRecord::parse(&record.record, &steward.group_id).unwrap();
    assert_eq!(parsed.name().key.as_str().len(), 32, "a random key");

    let head = steward.head().await;
    assert_eq!(head.envelope(), answer.head);
    assert_eq!((head.position().seq.get(), head.count()), (1, 1));
    assert_eq!(head.root(), root_of_list(&steward).await);
}

#[tokio::test]
async fn heads_follow_one_another() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("One").await;
    let first = steward.head().await;
    let two = steward.create("Two").await;
    let second = steward.head().await;
    assert_eq!(second.previous(), Some(first.hash()));
    steward.take_back(two.record.unwrap().name.unwrap()).await;
    let third = steward.head().await;
    assert_eq!(third.position().seq.get(), 3);
    assert_eq!(third.root(), first.root());
}

#[tokio::test]
async fn after_everything_is_taken_back_there_is_a_head_with_nothing() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let one = steward.create("One").await.record.unwrap();
    steward.take_back(one.name.unwrap()).await;
    assert_eq!(steward.head().await.count(), 0);
}

#[tokio::test]
async fn before_the_first_record_there_is_no_head() {
    let test = TestNode::running(&[]).await;
    let state = test.steward().head_state().await;
    assert!(state.head.is_empty());
    assert!(!state.waiting_for_answer, "nobody is there to be asked");
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_changes_nothing_twice() {
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
async fn a_remembered_answer_does_not_keep_what_was_taken_back() {
    let mut test = TestNode::running(&[]).await;
    let steward = test.steward();
    let first = steward.try_create("an-id", "A secret").await.unwrap();
    steward.take_back(first.record.unwrap().name.unwrap()).await;
    let again = steward.try_create("an-id", "A secret").await.unwrap();
    assert!(again.record.unwrap().record.is_empty());
    // Not on the disk either, once the write-ahead log has been taken in.
    test.stop().await;
    let mut file = std::fs::read(test.config.database_file()).unwrap();
    file.retain(|byte| *byte != 0);
    assert!(!file.windows(8).any(|window| window == b"A secret"));
}

#[tokio::test]
async fn an_update_needs_the_record_as_it_was_last_read() {
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
async fn what_is_not_there_cannot_be_changed() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let name = v1::RecordName {
        collection: "event".to_owned(),
        key: "0".repeat(32),
    };
    let refused = steward.update(name, "any", event("One")).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::NotFound, "record_unknown")
    );
}

#[tokio::test]
async fn a_bulk_goes_under_one_head_or_not_at_all() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let many = (0..50).map(|n| put(event(&format!("Event {n}")))).collect();
    let answer = steward.publish(many).await.unwrap();
    assert_eq!(answer.records.len(), 50);
    assert!(
        answer
            .records
            .iter()
            .all(|record| record.record.is_empty() && record.published)
    );
    assert_eq!(steward.head().await.position().seq.get(), 1);

    let bad = vec![
        put(event("Fine")),
        put(event("")),
        put(v1::RecordDraft::default()),
    ];
    let refused = steward.publish(bad).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidArgument);
    let fields: Vec<&str> = refused
        .violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert!(fields.contains(&"changes[1].title"), "{fields:?}");
    assert!(fields.contains(&"changes[2]"), "{fields:?}");
    assert_eq!(steward.list().await.len(), 50);
}

#[tokio::test]
async fn one_record_is_changed_once_in_a_bulk() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let name = steward.create("One").await.record.unwrap().name.unwrap();
    let take_back = v1::RecordChange {
        change: Some(v1::record_change::Change::TakeBack(name)),
    };
    let refused = steward
        .publish(vec![take_back.clone(), take_back])
        .await
        .unwrap_err();
    assert_eq!(refused.violations[0].reason, "changed_twice");
}

#[tokio::test]
async fn node_only_records_are_in_no_head_and_not_in_the_feed() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let mut draft = event("Between us");
    draft.audience = Some(v1::RecordAudience {
        audience: Some(v1::record_audience::Audience::NodeOnly(true)),
    });
    let request = v1::CreateRecordRequest {
        request_id: request_id(),
        collection: "event".to_owned(),
        draft: Some(draft),
    };
    let answer = steward
        .client
        .clone()
        .create_record(steward.request(request))
        .await
        .unwrap();
    let answer = answer.into_inner();
    assert!(answer.head.is_empty());
    let record = answer.record.unwrap();
    assert!(!record.published);
    assert_eq!(steward.head_state().await.waiting_records, 0);

    // Made public, it comes under a head; made private again, it leaves it.
    let mut public = event("For all");
    public.audience = Some(v1::RecordAudience {
        audience: Some(v1::record_audience::Audience::Public(true)),
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

fn consent() -> v1::StoryConsent {
    v1::StoryConsent {
        given_on: "2026-01-05".to_owned(),
        review_on: "2027-01-05".to_owned(),
        words: "talked through at the table".to_owned(),
    }
}

#[tokio::test]
async fn sensitive_kinds_stay_on_the_node_unless_asked() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let story = v1::Story {
        title: "How it began".to_owned(),
        text: "In a kitchen.".to_owned(),
        ..v1::Story::default()
    };
    let draft = v1::RecordDraft {
        body: story.encode_to_vec(),
        consent: Some(consent()),
        ..v1::RecordDraft::default()
    };
    let answer = steward.try_create_of("story", &request_id(), draft).await;
    assert!(!answer.unwrap().record.unwrap().published);
}

#[tokio::test]
async fn too_much_is_refused_by_name_and_taking_back_never_is() {
    let mut test = TestNode::new(&[]).await;
    test.config.publishing.max_records = 2;
    test.start().await;
    let steward = test.steward();
    let one = steward.create("One").await.record.unwrap();
    steward.create("Two").await;
    let refused = steward
        .try_create(&request_id(), "Three")
        .await
        .unwrap_err();
    assert_eq!(refused.reason, "too_many_records");
    steward.take_back(one.name.unwrap()).await;
    steward.create("Three").await;
}

#[tokio::test]
async fn a_record_over_the_limit_is_refused_with_its_field() {
    let mut test = TestNode::new(&[]).await;
    test.config.publishing.max_record_bytes = 200;
    test.start().await;
    let refused = test
        .steward()
        .try_create("one", "A rather longer title, of an event that goes on")
        .await;
    assert_eq!(
        refused.unwrap_err().violations[0].reason,
        "record_too_large"
    );
}

#[tokio::test]
async fn records_are_listed_page_by_page_in_order() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let many = (0..7).map(|n| put(event(&format!("Event {n}")))).collect();
    steward.publish(many).await.unwrap();
    let (mut token, mut keys) = (String::new(), Vec::new());
    loop {
        let request = v1::ListRecordsRequest {
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
async fn what_was_published_is_there_after_a_restart() {
    let mut test = TestNode::running(&[]).await;
    test.steward().create("One").await;
    let before = test.steward().head().await;
    test.stop().await;
    test.start().await;
    let steward = test.steward();
    assert_eq!(steward.head().await.hash(), before.hash());
    assert_eq!(root_of_list(&steward).await, before.root());
}

/// An event at a town's point or at an exact one, near enough to be in that town.
fn event_in_leeds(
    title: &str,
    precision: v1::Precision,
    audience: Option<bool>,
) -> v1::RecordDraft {
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
    draft.audience = audience.map(|public| v1::RecordAudience {
        audience: Some(if public {
            v1::record_audience::Audience::Public(true)
        } else {
            v1::record_audience::Audience::NodeOnly(true)
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

    let refused = steward
        .publish(draft("Walk", exact, None))
        .await
        .unwrap_err();
    assert_eq!(refused.violations[0].field, "changes[0].place.precision");
    assert_eq!(refused.violations[0].reason, "finer_than_other_record");
    assert!(refused.violations[0].confirmable);
    let mut confirmed = event_in_leeds("Walk", exact, None);
    confirmed.confirmed = vec!["finer_than_other_record".to_owned()];
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
    let mut draft = v1::RecordDraft {
        body: story.encode_to_vec(),
        language: "en".to_owned(),
        ..Default::default()
    };
    let refused = steward
        .try_create_of("story", &request_id(), draft.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.violations[0].reason, "consent_required");

    let consent = consent();
    draft.consent = Some(consent.clone());
    let kept = steward
        .try_create_of("story", &request_id(), draft.clone())
        .await
        .unwrap()
        .record
        .unwrap();
    assert_eq!(kept.consent, Some(consent.clone()));
    let words = consent.words.as_bytes();
    assert!(
        !kept
            .record
            .windows(words.len())
            .any(|window| window == words)
    );
}
