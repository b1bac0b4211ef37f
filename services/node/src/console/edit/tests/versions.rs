//! Two people, or two windows, with one record.

use hedgerow_proto::{steward_v1, v1};
use prost::Message as _;

use super::{NEW_EVENT, main_of, tea, visit};

#[tokio::test]
async fn two_people_who_change_one_record_lose_nothing() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let form = format!("{path}/form/all");
    let mine = visit
        .fill(&form, &[("title", "My tea"), ("capacity", "12")])
        .await;
    // Meanwhile a program changes the title and the summary.
    let records = visit.records().await;
    let (_, record) = &records[0];
    let stored = v1::Record::decode(record.record.as_slice()).unwrap();
    let mut event = v1::Event::decode(stored.body.as_slice()).unwrap();
    event.title = "Their tea".to_owned();
    event.summary = "Toast too.".to_owned();
    let draft = steward_v1::RecordDraft {
        body: event.encode_to_vec(),
        ..steward_v1::RecordDraft::default()
    };
    let name = record.name.clone().unwrap();
    let steward = visit.test.steward();
    steward.update(name, &record.etag, draft).await.unwrap();
    let check = visit.follow(&mine).await;
    assert_eq!(check.status, 303, "{}", main_of(&check));
    let conflict = visit.follow(&check).await;
    assert!(
        conflict.has("My tea") && conflict.has("Their tea"),
        "{}",
        main_of(&conflict)
    );
    assert!(
        !conflict.has("Toast too."),
        "only one side changed the summary"
    );
    let action = format!("{path}/conflict");
    let page = visit
        .send(&conflict, &action, &[("keep.title", "theirs")])
        .await;
    visit.publish_checked(&page).await;
    let event = &visit.events().await[0];
    assert_eq!(
        (&*event.title, &*event.summary, event.capacity),
        ("Their tea", "Toast too.", 12)
    );
}

#[tokio::test]
async fn two_windows_of_one_person_lose_nothing() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let form = format!("{path}/form/all");
    visit
        .fill(&form, &[("do", "save"), ("summary", "First.")])
        .await;
    let (left, right) = (visit.get(&form).await, visit.get(&form).await);
    visit
        .send(&left, &form, &[("do", "save"), ("title", "Left")])
        .await;
    let page = visit
        .send(&right, &form, &[("do", "save"), ("title", "Right")])
        .await;
    assert!(
        page.location().ends_with("/conflict"),
        "{}",
        page.location()
    );
    let conflict = visit.follow(&page).await;
    assert!(conflict.has("Left") && conflict.has("Right") && conflict.has("another window"));
    let action = format!("{path}/conflict");
    let page = visit
        .send(&conflict, &action, &[("keep.title", "mine")])
        .await;
    visit.publish_checked(&page).await;
    assert_eq!(visit.events().await[0].title, "Right");
}
