//! One group, one record, and their proofs.

use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::proof::verify_proof;

use super::*;

async fn group(seeker: &Seeker, group: &TestGroup) -> v1::GetGroupResponse {
    let request = v1::GetGroupRequest {
        group_id: group.id().to_vec(),
    };
    get_group::get_group(&seeker.directory, request)
        .await
        .unwrap()
}

fn record(group: &TestGroup, key: &str, with_proof: bool) -> v1::GetRecordRequest {
    v1::GetRecordRequest {
        group_id: group.id().to_vec(),
        collection: "listing".into(),
        key: key.into(),
        with_proof,
    }
}

#[tokio::test]
async fn a_record_comes_with_a_proof_that_verifies() {
    let seeker = Seeker::new().await;
    let mut own = TestGroup::new(1);
    own.put("listing", "a", &listing("Knitting", "", None));
    own.put("listing", "b", &listing("Walking", "", None));
    seeker.town.publish(&mut own).await;
    let answer = get_record::get_record(&seeker.directory, record(&own, "a", true))
        .await
        .unwrap();
    let name = RecordName::parse("listing", "a").unwrap();
    let proved = verify_proof(
        &answer.proof.unwrap(),
        &own.id(),
        &View::public(),
        &name,
        Some(&answer.record),
    );
    assert!(proved.unwrap().included);
    assert_eq!(answer.admission.unwrap().status(), v1::GroupStatus::Active);
    let bare = get_record::get_record(&seeker.directory, record(&own, "a", false))
        .await
        .unwrap();
    assert_eq!(bare.proof, None);
}

#[tokio::test]
async fn what_is_taken_back_or_excluded_is_not_there() {
    let seeker = Seeker::new().await;
    let mut own = TestGroup::new(1);
    own.put("listing", "a", &listing("Knitting", "", None));
    own.put("listing", "b", &listing("Walking", "", None));
    seeker.town.publish(&mut own).await;
    own.take_back("listing", "a");
    seeker.town.publish(&mut own).await;
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
        now: seeker.town.now(),
    };
    seeker.town.store.exclude(change).await.unwrap();
    assert_eq!(reason("b").await, "record_unknown");

    let excluded = group(&seeker, &own).await;
    assert_eq!(
        excluded.admission.unwrap().status(),
        v1::GroupStatus::Excluded
    );
    assert!(excluded.records.is_empty() && excluded.head.is_empty());
    assert!(excluded.name.is_empty() && excluded.key_log.is_empty());
}

#[tokio::test]
async fn a_group_is_told_with_its_records_by_title() {
    let seeker = Seeker::new().await;
    let mut own = TestGroup::new(1);
    own.put("listing", "a", &listing("Knitting", "", None));
    own.put("event", "e", &weekly("Walk", "2026-01-06T18:00", "Leeds"));
    own.put("recipe", "r", &listing("Soup", "", None));
    seeker.town.publish(&mut own).await;
    let told = group(&seeker, &own).await;
    assert_eq!(told.name, "Knitting");
    let titles: Vec<_> = told.records.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(
        titles,
        ["Walk", "Knitting", ""],
        "in order of name; unknown kinds untitled"
    );
    assert!(!told.more_records && !told.head.is_empty() && told.key_log.len() == 1);
    let request = v1::GetGroupRequest {
        group_id: TestGroup::new(9).id().to_vec(),
    };
    let failure = get_group::get_group(&seeker.directory, request)
        .await
        .unwrap_err();
    assert_eq!(failure.reason(), "group_unknown");
}

#[tokio::test]
async fn a_renamed_publisher_is_named_anew_on_all_its_records() {
    let seeker = Seeker::new().await;
    let mut own = TestGroup::new(1);
    own.put("listing", "a", &listing("Knitting", "", None));
    own.put("event", "e", &weekly("Walk", "2026-01-06T18:00", "Leeds"));
    seeker.town.publish(&mut own).await;
    assert_eq!(
        seeker.ask(words("walk")).await.hits[0].publisher_name,
        "Knitting"
    );
    own.put("listing", "a", &listing("Crochet", "", None));
    seeker.town.publish(&mut own).await;
    assert_eq!(
        seeker.ask(words("walk")).await.hits[0].publisher_name,
        "Crochet"
    );
    own.take_back("listing", "a");
    seeker.town.publish(&mut own).await;
    assert_eq!(seeker.ask(words("walk")).await.hits[0].publisher_name, "");
}
