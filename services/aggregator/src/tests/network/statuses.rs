//! What callers see of groups that are frozen, throttled, ended or waiting.

use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_proto::directory_v1::{SearchFilter, SearchHit, SearchRecordsRequest};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1::PendingReason;
use hedgerow_testkit::samples::listing;
use hedgerow_testkit::transfer;

use super::*;

impl Served {
    async fn search(&self, query: &str) -> Vec<SearchHit> {
        let request = SearchRecordsRequest {
            filter: Some(SearchFilter {
                query: query.to_owned(),
                ..SearchFilter::default()
            }),
            ..SearchRecordsRequest::default()
        };
        let mut directory = bounded!(DirectoryServiceClient::new(self.channel.clone()));
        let response = directory.search_records(request).await;
        response.unwrap().into_inner().hits
    }

    /// Waits until a search has hits with these titles, all of one status.
    async fn until_found(&self, titles: &[&str], status: GroupStatus) {
        let what = format!("{titles:?} as {status:?}");
        eventually(&what, || async {
            let hits = self.search("gathering").await;
            let mut found: Vec<_> = hits.iter().map(|hit| hit.title.as_str()).collect();
            found.sort_unstable();
            found == titles && hits.iter().all(|hit| hit.status() == status)
        })
        .await;
    }
}

fn listings(number: u64, names: &[&str]) -> FakeGroup {
    let mut group = FakeGroup::new(number, now());
    for (key, name) in ["a", "b", "c"].into_iter().zip(names) {
        group.put(
            "listing",
            key,
            &listing(name, "A gathering.", Some("Leeds")),
        );
    }
    group
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announced_rival_hides_nothing_until_its_manifest_has_come() {
    let served = Served::start(Vec::new()).await;
    let mut ours = listings(1, &["Gone", "Kept"]);
    let mut theirs = ours.clone();
    theirs.withdraw("listing", "a");
    let head = ours.sign();
    served.push(ours.whole(&head)).await;
    let (all, active) = (["Gone", "Kept"], GroupStatus::Active);
    served.until_found(&all, active).await;

    let rival = theirs.sign();
    let request = ingest_v1::AnnounceRequest {
        head: rival.clone(),
    };
    let response = served.ingest().announce(request).await.unwrap();
    let admission = response.into_inner().admission.unwrap();
    assert_eq!(admission.status(), GroupStatus::Frozen);
    let frozen = GroupStatus::Frozen;
    served.until_found(&all, frozen).await;

    let response = served.push(theirs.whole(&rival)).await;
    assert_eq!(response.admission.unwrap().status(), frozen);
    served.until_found(&["Kept"], frozen).await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hits_of_a_throttled_group_are_those_of_its_last_head_and_have_its_status() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.ingest.creates = 60;
    config.ingest.creates_per_second = 1;
    let served = Served::make(config, folder).await;
    let mut group = listings(1, &["One", "Two"]);
    for number in 2..60 {
        group.add(&format!("old-{number}"), b"old");
    }
    let head = group.sign();
    served.push(group.whole(&head)).await;
    let titles = ["One", "Two"];
    served.until_found(&titles, GroupStatus::Active).await;
    let third = listing("Three", "A gathering.", Some("Leeds"));
    group.put("listing", "c", &third);
    for number in 0..60 {
        group.add(&format!("new-{number}"), b"new");
    }
    let head = group.sign();
    let response = served.push(group.whole(&head)).await;
    let throttled = GroupStatus::Throttled;
    assert_eq!(response.admission.unwrap().status(), throttled);
    served.until_found(&titles, throttled).await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deactivation_is_answered_by_its_status_without_a_receipt() {
    let served = Served::start(Vec::new()).await;
    for (number, has_end) in [(1, true), (2, false)] {
        let mut group = publisher(number);
        let head = group.sign();
        let response = served.push(group.whole(&head)).await;
        assert!(!response.receipt.is_empty());
        group.deactivate();
        let manifest = hedgerow_core::tree::Manifest::empty();
        let mut items = transfer(&group.log, None, None, &manifest, &[]);
        if !has_end {
            items.pop();
        }
        let response = served.push(items).await;
        assert_eq!(response.admission.unwrap().status(), GroupStatus::Ended);
        assert!(response.receipt.is_empty(), "with an end: {has_end}");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_group_over_the_daily_limit_gets_the_time_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.ingest.daily_new_groups = 1;
    let served = Served::make(config, folder).await;
    let (mut first, mut second) = (publisher(1), publisher(2));
    let head = first.sign();
    assert!(!served.push(first.whole(&head)).await.receipt.is_empty());
    let before = now();
    let head = second.sign();
    let response = served.push(second.whole(&head)).await;
    let admission = response.admission.unwrap();
    assert_eq!(admission.pending_reason(), PendingReason::DailyNewGroups);
    let end = Timestamp::try_from(admission.throttle_end_time.unwrap()).unwrap();
    let wait = end.since(before);
    assert!(wait > Duration::from_secs(86_000), "{wait:?}");
    assert!(wait <= Duration::from_secs(86_500), "{wait:?}");
    served.stop().await;
}
