use futures::StreamExt;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::sync::{ReceiverState, SyncLimits, SyncReader};
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_transport::failure::CallFailure;
use hedgerow_transport::transfer;
use hedgerow_transport::transfer::{BodySink, ReceiveError, Received};

use super::*;
use crate::feed::budget::FeedBudget;
use crate::feed::memory::MemorySource;
use crate::limits::FeedLimits;
use crate::peer::PeerKey;

/// Collects the bodies of a transfer.
#[derive(Default)]
struct Kept {
    bodies: Vec<Vec<u8>>,
    key_logs: usize,
}

#[async_trait::async_trait]
impl BodySink for Kept {
    async fn key_log(&mut self, _log: &hedgerow_core::key_log::KeyLog) -> Result<(), Failure> {
        self.key_logs += 1;
        Ok(())
    }

    async fn put(&mut self, _hash: RecordHash, record: Vec<u8>) -> Result<(), Failure> {
        self.bodies.push(record);
        Ok(())
    }
}

fn budget_of(limits: &FeedLimits) -> PeerBudget {
    let peer = PeerKey::from(std::net::IpAddr::from([1, 1, 1, 1]));
    FeedBudget::new(limits).for_peer(peer)
}

fn quota(bytes: u64) -> PeerBudget {
    budget_of(&FeedLimits {
        sync_bytes_per_peer_and_hour: bytes,
        ..FeedLimits::default()
    })
}

async fn start(
    source: Arc<dyn FeedSource>,
    budget: PeerBudget,
    request: feed_v1::SyncRequest,
) -> Result<ReceiverStream<Result<feed_v1::SyncResponse, Status>>, Failure> {
    let progress = Arc::new(Progress::begin());
    let started = sync(source, &Manifests::new(), budget, progress, request).await?;
    Ok(started.items)
}

fn large_quota() -> PeerBudget {
    quota(1 << 40)
}

fn request_for(group: &GroupId) -> feed_v1::SyncRequest {
    feed_v1::SyncRequest {
        group_id: group.to_vec(),
        ..feed_v1::SyncRequest::default()
    }
}

async fn fetch(
    source: &Arc<MemorySource>,
    request: feed_v1::SyncRequest,
    state: Option<ReceiverState>,
) -> Result<(Received, Kept), ReceiveError> {
    let group = GroupId::try_from(request.group_id.as_slice()).unwrap();
    let items = start(
        Arc::clone(source) as Arc<dyn FeedSource>,
        large_quota(),
        request,
    )
    .await
    .map_err(|failure| ReceiveError::from(Status::from(failure)))?
    .map(|response| Ok(response?.item.unwrap()));
    let reader = SyncReader::new(SyncLimits::default(), state, Some(group));
    let mut kept = Kept::default();
    let received = transfer::receive(items, reader, &mut kept).await?;
    Ok((received, kept))
}

/// The state of a follower that is up to date.
async fn follower_state(source: &Arc<MemorySource>, group: &GroupId) -> ReceiverState {
    let HeadRow::Shown(head) = source.head(group, &View::public()).await.unwrap() else {
        panic!("no head");
    };
    let key_log = source.key_log_of(group);
    ReceiverState {
        head: Some(VerifiedHead::verify(&head, &key_log).unwrap()),
        key_log,
        manifest: source.manifest_of(group),
    }
}

#[tokio::test]
async fn a_new_receiver_gets_everything_and_a_follower_only_the_changes() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    let many = (0..2_500).map(|n| (format!("k{n}"), Some(format!("text {n}"))));
    source.publish_many(&group, many);
    let (received, kept) = fetch(&source, request_for(&group), None).await.unwrap();
    assert!(received.transfer.whole);
    assert_eq!(received.transfer.manifest.len(), 2_500);
    assert_eq!(kept.bodies.len(), 2_500);
    assert_eq!(kept.key_logs, 1);

    let before = follower_state(&source, &group).await;
    source.publish(&group, "k7", None);
    source.publish(&group, "new", Some("more"));
    let request = feed_v1::SyncRequest {
        have_head_hash: before.head.as_ref().unwrap().hash().to_vec(),
        have_key_event_hash: before.key_log.tip_hash().to_vec(),
        ..request_for(&group)
    };
    let (received, kept) = fetch(&source, request, Some(before)).await.unwrap();
    assert!(!received.transfer.whole);
    assert!(!received.transfer.new_key_events);
    assert_eq!(received.transfer.manifest, source.manifest_of(&group));
    assert_eq!(kept.bodies.len(), 1);
    assert_eq!(kept.key_logs, 0);
}

#[tokio::test]
async fn an_unknown_head_leads_to_a_whole_transfer() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    source.publish(&group, "a", Some("x"));
    let request = feed_v1::SyncRequest {
        have_head_hash: vec![9; 32],
        have_key_event_hash: vec![9; 32],
        ..request_for(&group)
    };
    let (received, _) = fetch(&source, request, None).await.unwrap();
    assert!(received.transfer.whole);
}

#[tokio::test]
async fn a_missing_body_is_named_and_the_transfer_continues() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    source.publish(&group, "a", Some("x"));
    source.publish(&group, "b", Some("y"));
    let lost = source.lose(&group, "a");
    let (received, kept) = fetch(&source, request_for(&group), None).await.unwrap();
    assert_eq!(received.missing_records, [lost]);
    assert_eq!(kept.bodies.len(), 1);
}

#[tokio::test]
async fn only_requested_bodies_are_sent_if_only_those_are_wanted() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    source.publish(&group, "a", Some("x"));
    source.publish(&group, "b", Some("y"));
    let manifest = source.manifest_of(&group);
    let wanted = manifest.leaves()[0].record_hash;
    let request = feed_v1::SyncRequest {
        wanted_hashes: vec![wanted.to_vec(), vec![5; 32]],
        only_wanted: true,
        ..request_for(&group)
    };
    let (received, kept) = fetch(&source, request.clone(), None).await.unwrap();
    assert_eq!(received.bodies, 1);
    assert_eq!(hedgerow_core::record::record_hash(&kept.bodies[0]), wanted);
    assert!(received.missing_records.is_empty());

    let state = follower_state(&source, &group).await;
    let request = feed_v1::SyncRequest {
        have_head_hash: state.head.as_ref().unwrap().hash().to_vec(),
        wanted_hashes: vec![wanted.to_vec()],
        ..request
    };
    let (received, _) = fetch(&source, request, Some(state)).await.unwrap();
    assert_eq!(received.bodies, 1);
    assert!(received.transfer.difference.is_empty());
}

#[tokio::test]
async fn a_record_withdrawn_during_a_transfer_ends_it_as_superseded() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    let many = (0..200).map(|n| (format!("k{n:03}"), Some(format!("text {n}"))));
    source.publish_many(&group, many);
    let mut items = start(
        Arc::clone(&source) as Arc<dyn FeedSource>,
        large_quota(),
        request_for(&group),
    )
    .await
    .unwrap();
    // The first bodies have been read when the last record is withdrawn.
    items.next().await.unwrap().unwrap();
    source.publish(&group, "k199", None);
    let mut last = None;
    while let Some(item) = items.next().await {
        last = Some(item);
    }
    let status = last.unwrap().unwrap_err();
    assert_eq!(CallFailure::from(status).reason, "superseded");
}

#[tokio::test]
async fn unknown_views_private_views_and_unknown_groups_fail_alike() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    source.publish(&group, "a", Some("x"));
    let mut reasons = Vec::new();
    for (group, view) in [
        (group, "circle-of-friends"),
        (group, "no-such-view"),
        (GroupId::from_bytes([3; 32]), "circle-of-friends"),
        (GroupId::from_bytes([3; 32]), "public"),
    ] {
        let request = feed_v1::SyncRequest {
            view: view.to_owned(),
            ..request_for(&group)
        };
        let rejected = fetch(&source, request, None).await.map(drop).unwrap_err();
        reasons.push(rejected.reason().to_owned());
    }
    assert_eq!(reasons, ["no_head", "no_head", "no_head", "group_unknown"]);
    let request = feed_v1::SyncRequest {
        view: "no such view!".to_owned(),
        ..request_for(&group)
    };
    let rejected = fetch(&source, request, None).await.map(drop).unwrap_err();
    assert_eq!(rejected.reason(), "view_malformed");
}

#[tokio::test]
async fn the_failure_of_a_malformed_request_names_the_field() {
    let source: Arc<dyn FeedSource> = Arc::new(MemorySource::new());
    let group = GroupId::from_bytes([3; 32]);
    let short = feed_v1::SyncRequest {
        group_id: vec![1],
        ..feed_v1::SyncRequest::default()
    };
    let too_many = feed_v1::SyncRequest {
        wanted_hashes: vec![vec![0; 32]; 1_001],
        ..request_for(&group)
    };
    for (request, field) in [(short, "group_id"), (too_many, "wanted_hashes")] {
        let rejected = start(Arc::clone(&source), large_quota(), request).await;
        let rejected = rejected.map(drop).unwrap_err();
        assert_eq!(rejected.violations()[0].field, field);
    }
}

#[tokio::test]
async fn the_quota_limits_whole_transfers_but_not_differences() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    source.publish(&group, "a", Some("some text"));
    let small = quota(10);
    let dyn_source = || Arc::clone(&source) as Arc<dyn FeedSource>;
    let whole = start(dyn_source(), small.clone(), request_for(&group)).await;
    let items: Vec<_> = whole.unwrap().collect().await;
    assert!(matches!(
        items
            .last()
            .unwrap()
            .as_ref()
            .unwrap()
            .item
            .as_ref()
            .unwrap()
            .item,
        Some(Item::End(_))
    ));
    let again = start(dyn_source(), small.clone(), request_for(&group)).await;
    let rejected = Status::from(again.map(drop).unwrap_err());
    let rejected = CallFailure::from(rejected);
    assert_eq!(rejected.reason, "sync_bytes_per_peer_and_hour");
    assert!(rejected.retry_after.is_some());
    let difference = feed_v1::SyncRequest {
        have_head_hash: source.head_hash(&group).to_vec(),
        ..request_for(&group)
    };
    start(dyn_source(), small, difference).await.unwrap();
}

#[tokio::test]
async fn concurrent_transfers_share_one_quota() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    source.publish(&group, "a", Some("some text"));
    let small = quota(10);
    let begin = || {
        start(
            Arc::clone(&source) as Arc<dyn FeedSource>,
            small.clone(),
            request_for(&group),
        )
    };
    let _first = begin().await.unwrap();
    // No item of the first transfer has been read.
    let second = begin().await.map(drop).unwrap_err();
    assert_eq!(second.reason(), "sync_bytes_per_peer_and_hour");
}

#[tokio::test]
async fn a_large_difference_over_the_quota_has_withdrawals_but_no_bodies() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    source.publish(&group, "gone", Some("secret"));
    let before = follower_state(&source, &group).await;
    source.publish(&group, "gone", None);
    let text = "x".repeat(30_000);
    let many = (0..10).map(|n| (format!("k{n}"), Some(text.clone())));
    source.publish_many(&group, many);
    let used = quota(10);
    used.bytes.charge(1_000_000).unwrap();
    let request = feed_v1::SyncRequest {
        have_head_hash: before.head.as_ref().unwrap().hash().to_vec(),
        ..request_for(&group)
    };
    let items = start(Arc::clone(&source) as Arc<dyn FeedSource>, used, request)
        .await
        .unwrap()
        .map(|response| Ok(response?.item.unwrap()));
    let reader = SyncReader::new(SyncLimits::default(), Some(before), Some(group));
    let received = transfer::receive(items, reader, &mut Kept::default())
        .await
        .unwrap();
    assert_eq!((received.bodies, received.missing_records.len()), (0, 10));
    assert_eq!(received.transfer.manifest, source.manifest_of(&group));
}

#[tokio::test]
async fn unread_transfers_of_one_head_share_its_manifest_and_release_it() {
    const RECORDS: usize = 3_000;
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    let many = (0..RECORDS).map(|n| (format!("k{n}"), Some("x".to_owned())));
    source.publish_many(&group, many);
    let (manifests, budget) = (Manifests::new(), FeedBudget::new(&FeedLimits::default()));
    let mut unread = Vec::new();
    for last in 1..=20 {
        let peer = PeerKey::from(std::net::IpAddr::from([1, 1, 1, last]));
        let source = Arc::clone(&source) as Arc<dyn FeedSource>;
        let started = sync(
            source,
            &manifests,
            budget.for_peer(peer),
            Arc::new(Progress::begin()),
            request_for(&group),
        );
        unread.push(started.await.unwrap().items);
    }
    let one = FeedBudget::bytes_of_shared_leaves(RECORDS);
    // Each also holds its buffers and the key log.
    let used = budget.memory_used() - 20 * BUFFERED_BYTES;
    assert!(
        (one..one + 20 * 1_000).contains(&used),
        "{used} bytes for 20 transfers of {one}"
    );
    source.publish(&group, "k0", None);
    drop((unread, manifests));
    while budget.memory_used() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_has_many_leaves_read_must_wait() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    let many = (0..100).map(|n| (format!("k{n}"), Some("x".to_owned())));
    source.publish_many(&group, many);
    let limits = FeedLimits {
        leaves_per_peer_and_minute: 300,
        ..FeedLimits::default()
    };
    let budget = budget_of(&limits);
    let begin = async || {
        let source = Arc::clone(&source) as Arc<dyn FeedSource>;
        start(source, budget.clone(), request_for(&group))
            .await
            .map(drop)
    };
    begin().await.unwrap();
    begin().await.unwrap();
    let rejected = CallFailure::from(Status::from(begin().await.unwrap_err()));
    assert_eq!(rejected.reason, "leaves_per_peer_and_minute");
    assert!(rejected.retry_after.is_some());
    tokio::time::advance(Duration::from_secs(60)).await;
    begin().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn leaves_from_memory_are_charged_like_those_from_the_store() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    let many = (0..100).map(|n| (format!("k{n:03}"), Some("x".to_owned())));
    source.publish_many(&group, many);
    let limits = FeedLimits {
        leaves_per_peer_and_minute: 1_000,
        ..FeedLimits::default()
    };
    let (manifests, budgets) = (Manifests::new(), FeedBudget::new(&limits));
    let wanted = source.manifest_of(&group).leaves()[7].record_hash;
    let request = feed_v1::SyncRequest {
        wanted_hashes: vec![wanted.to_vec()],
        only_wanted: true,
        ..request_for(&group)
    };
    let begin = async |last: u8, request: &feed_v1::SyncRequest| {
        let peer = PeerKey::from(std::net::IpAddr::from([1, 1, 1, last]));
        let source = Arc::clone(&source) as Arc<dyn FeedSource>;
        let (peer, progress) = (budgets.for_peer(peer), Arc::new(Progress::begin()));
        sync(source, &manifests, peer, progress, request.clone()).await
    };
    // 100 leaves, one body and one key event each time.
    for _ in 0..10 {
        let started = begin(1, &request).await.unwrap();
        assert!(started.is_mostly_hashes);
    }
    let rejected = begin(1, &request).await.map(drop).unwrap_err();
    assert_eq!(rejected.reason(), "leaves_per_peer_and_minute");
    // Another peer pays for itself only, and little if it has the head.
    let difference = feed_v1::SyncRequest {
        have_head_hash: source.head_hash(&group).to_vec(),
        ..request
    };
    for _ in 0..100 {
        begin(2, &difference).await.unwrap();
    }
}

#[tokio::test]
async fn a_transfer_ends_and_frees_its_memory_when_its_call_is_ended() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    let many = (0..300).map(|n| (format!("k{n:03}"), Some("x".to_owned())));
    source.publish_many(&group, many);
    let (manifests, budget) = (Manifests::new(), FeedBudget::new(&FeedLimits::default()));
    let peer = PeerKey::from(std::net::IpAddr::from([1, 1, 1, 1]));
    let progress = Arc::new(Progress::begin());
    let started = sync(
        Arc::clone(&source) as Arc<dyn FeedSource>,
        &manifests,
        budget.for_peer(peer),
        Arc::clone(&progress),
        request_for(&group),
    );
    let unread = started.await.unwrap();
    assert!(budget.memory_used() > BUFFERED_BYTES);
    progress.end(crate::limits::EarlyEnd::Evicted);
    // The manifest is kept for others.
    let kept = FeedBudget::bytes_of_shared_leaves(300);
    while budget.memory_used() > kept {
        tokio::task::yield_now().await;
    }
    drop(unread);
}
