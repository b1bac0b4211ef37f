//! One group, one record, and their proofs.

use hedgerow_core::name::{RecordName, View};
use hedgerow_core::proof::verify_proof;

use hedgerow_store::Moderation as _;

use super::*;

async fn group(seeker: &Seeker, group: &StoredGroup) -> directory_v1::GetGroupResponse {
    let request = directory_v1::GetGroupRequest {
        group_id: group.id().to_vec(),
    };
    get_group::get_group(&seeker.directory, request)
        .await
        .unwrap()
}

fn record(group: &StoredGroup, key: &str, with_proof: bool) -> directory_v1::GetRecordRequest {
    directory_v1::GetRecordRequest {
        group_id: group.id().to_vec(),
        collection: "listing".into(),
        key: key.into(),
        with_proof,
    }
}

#[tokio::test]
async fn a_record_comes_with_a_proof_that_verifies() {
    let seeker = Seeker::new().await;
    let mut own = StoredGroup::new(1);
    own.put("listing", "a", &listing("Knitting", "", None));
    own.put("listing", "b", &listing("Walking", "", None));
    seeker.publish(&mut own).await;
    let response = get_record::get_record(&seeker.directory, record(&own, "a", true))
        .await
        .unwrap();
    let name = RecordName::parse("listing", "a").unwrap();
    let proved = verify_proof(
        &response.proof.unwrap(),
        &own.id(),
        &View::public(),
        &name,
        Some(&response.record),
    );
    assert!(proved.unwrap().included);
    assert_eq!(
        response.admission.unwrap().status(),
        feed_v1::GroupStatus::Active
    );
    let bare = get_record::get_record(&seeker.directory, record(&own, "a", false))
        .await
        .unwrap();
    assert_eq!(bare.proof, None);
}

#[tokio::test]
async fn a_withdrawn_or_excluded_record_is_unknown() {
    let seeker = Seeker::new().await;
    let mut own = StoredGroup::new(1);
    own.put("listing", "a", &listing("Knitting", "", None));
    own.put("listing", "b", &listing("Walking", "", None));
    seeker.publish(&mut own).await;
    own.withdraw("listing", "a");
    seeker.publish(&mut own).await;
    let reason = |key: &'static str| {
        let request = record(&own, key, true);
        let directory = &seeker.directory;
        async move {
            get_record::get_record(directory, request)
                .await
                .unwrap_err()
                .reason()
        }
    };
    assert_eq!(reason("a").await, "record_unknown");
    let change = Exclude {
        group_id: own.id(),
        reason: "spam".into(),
        now: seeker.indexed.now(),
    };
    seeker.indexed.store.exclude(change).await.unwrap();
    assert_eq!(reason("b").await, "record_unknown");

    let excluded = group(&seeker, &own).await;
    assert_eq!(
        excluded.admission.unwrap().status(),
        feed_v1::GroupStatus::Excluded
    );
    assert!(excluded.records.is_empty() && excluded.head.is_empty());
    assert!(excluded.name.is_empty() && excluded.key_log.is_empty());
}

#[tokio::test]
async fn a_group_is_returned_with_its_record_titles() {
    let seeker = Seeker::new().await;
    let mut own = StoredGroup::new(1);
    own.put("listing", "a", &listing("Knitting", "", None));
    own.put("event", "e", &weekly("Walk", "2026-01-06T18:00", "Leeds"));
    own.put("recipe", "r", &listing("Soup", "", None));
    seeker.publish(&mut own).await;
    let response = group(&seeker, &own).await;
    assert_eq!(response.name, "Knitting");
    let titles: Vec<_> = response
        .records
        .iter()
        .map(|one| one.title.as_str())
        .collect();
    assert_eq!(
        titles,
        ["Walk", "Knitting", ""],
        "in order of name; unknown kinds untitled"
    );
    assert!(!response.more_records && !response.head.is_empty() && response.key_log.len() == 1);
    let request = directory_v1::GetGroupRequest {
        group_id: StoredGroup::new(9).id().to_vec(),
    };
    let failure = get_group::get_group(&seeker.directory, request)
        .await
        .unwrap_err();
    assert_eq!(failure.reason(), "group_unknown");
}

#[tokio::test]
async fn a_renamed_publisher_has_the_new_name_on_all_its_records() {
    let seeker = Seeker::new().await;
    let mut own = StoredGroup::new(1);
    own.put("listing", "a", &listing("Knitting", "", None));
    own.put("event", "e", &weekly("Walk", "2026-01-06T18:00", "Leeds"));
    seeker.publish(&mut own).await;
    assert_eq!(
        seeker.search(words("walk")).await.hits[0].publisher_name,
        "Knitting"
    );
    own.put("listing", "a", &listing("Crochet", "", None));
    seeker.publish(&mut own).await;
    assert_eq!(
        seeker.search(words("walk")).await.hits[0].publisher_name,
        "Crochet"
    );
    own.withdraw("listing", "a");
    seeker.publish(&mut own).await;
    assert_eq!(
        seeker.search(words("walk")).await.hits[0].publisher_name,
        ""
    );
}
