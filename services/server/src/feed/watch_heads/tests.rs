use futures::StreamExt;
use tokio::time::timeout;

use super::*;
use crate::feed::memory::MemorySource;

type Rows = ReceiverStream<Result<feed_v1::WatchHeadsResponse, Status>>;

fn watch(source: &Arc<MemorySource>, after: &str) -> Rows {
    let place = acquire(&PeerLimiter::new(1, 1), peer()).unwrap();
    let request = feed_v1::WatchHeadsRequest {
        after: after.to_owned(),
    };
    let source = Arc::clone(source) as Arc<dyn FeedSource>;
    watch_heads(source, &FeedLimits::default(), place, request)
}

fn peer() -> PeerKey {
    PeerKey::from(std::net::IpAddr::from([1, 1, 1, 1]))
}

async fn next(rows: &mut Rows) -> feed_v1::WatchHeadsResponse {
    timeout(Duration::from_secs(3_600), rows.next())
        .await
        .expect("a row arrives")
        .unwrap()
        .unwrap()
}

async fn nothing_for(rows: &mut Rows, millis: u64) {
    let row = timeout(Duration::from_millis(millis), rows.next()).await;
    assert!(row.is_err(), "a row arrived too soon: {row:?}");
}

#[tokio::test(start_paused = true)]
async fn the_initial_rows_end_with_a_mark_and_changes_follow() {
    let source = Arc::new(MemorySource::new());
    let groups = [1, 2, 3].map(|seed| source.add_group(seed));
    for group in &groups {
        source.publish(group, "a", Some("x"));
    }
    let mut rows = watch(&source, "");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let row = next(&mut rows).await;
        seen.push((row.group_id, row.caught_up));
    }
    assert_eq!(
        seen,
        [
            (groups[0].to_vec(), false),
            (groups[1].to_vec(), false),
            (groups[2].to_vec(), true)
        ]
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    source.publish(&groups[1], "b", Some("y"));
    let row = next(&mut rows).await;
    assert_eq!((row.group_id, row.caught_up), (groups[1].to_vec(), false));
}

#[tokio::test(start_paused = true)]
async fn a_watcher_resumes_where_it_stopped_even_within_the_initial_rows() {
    let source = Arc::new(MemorySource::new());
    let groups = [1, 2, 3].map(|seed| source.add_group(seed));
    for group in &groups {
        source.publish(group, "a", Some("x"));
    }
    let cursor = next(&mut watch(&source, "")).await.cursor;
    let mut rows = watch(&source, &cursor);
    assert_eq!(next(&mut rows).await.group_id, groups[1].to_vec());
    assert_eq!(next(&mut rows).await.group_id, groups[2].to_vec());
}

#[tokio::test(start_paused = true)]
async fn a_watcher_without_news_gets_the_mark_alone() {
    let source = Arc::new(MemorySource::new());
    let group = source.add_group(1);
    source.publish(&group, "a", Some("x"));
    let cursor = next(&mut watch(&source, "")).await.cursor;
    let mut rows = watch(&source, &cursor);
    let mark = next(&mut rows).await;
    assert!(mark.caught_up && mark.group_id.is_empty() && mark.row.is_none());
    assert_eq!(mark.cursor, cursor);
    nothing_for(&mut rows, 5_000).await;
    source.publish(&group, "b", Some("y"));
    let row = next(&mut rows).await;
    assert_eq!((row.group_id, row.caught_up), (group.to_vec(), false));
    assert!(
        next(&mut watch(&Arc::new(MemorySource::new()), ""))
            .await
            .caught_up
    );
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_takes_the_place_of_the_oldest_watcher() {
    let source: Arc<dyn FeedSource> = Arc::new(MemorySource::new());
    let watchers = PeerLimiter::new(1, 1).evicting(EVICT_AFTER);
    let request = feed_v1::WatchHeadsRequest::default;
    let place = acquire(&watchers, peer()).unwrap();
    let limits = FeedLimits::default();
    let mut rows = watch_heads(Arc::clone(&source), &limits, place, request());
    assert!(next(&mut rows).await.caught_up);
    let other = PeerKey::from(std::net::IpAddr::from([2, 2, 2, 2]));
    assert_eq!(
        acquire(&watchers, other).err().unwrap().reason(),
        "too_many_watchers"
    );
    tokio::time::sleep(EVICT_AFTER).await;
    let _place = acquire(&watchers, other).unwrap();
    let ended = rows.next().await.unwrap().unwrap_err();
    let ended = hedgerow_transport::failure::CallFailure::from(ended);
    assert_eq!(ended.reason, "call_evicted");
    assert!(ended.retry_after.is_some());
}

#[tokio::test(start_paused = true)]
async fn only_the_latest_head_of_a_busy_group_is_sent_once_a_second() {
    let source = Arc::new(MemorySource::new());
    let (busy, quiet) = (source.add_group(1), source.add_group(2));
    source.publish(&busy, "a", Some("0"));
    let mut rows = watch(&source, "");
    next(&mut rows).await;
    for version in 1..=20 {
        source.publish(&busy, "a", Some(&version.to_string()));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    nothing_for(&mut rows, 700).await;
    let row = next(&mut rows).await;
    let Some(watch_heads_response::Row::Head(head)) = row.row else {
        panic!("no head: {row:?}");
    };
    let newest = source.head_hash(&busy);
    let sent = hedgerow_core::head::peek(&head).unwrap();
    assert_eq!(sent.hash, newest);
    nothing_for(&mut rows, 5_000).await;
    source.publish(&quiet, "a", Some("x"));
    assert_eq!(next(&mut rows).await.group_id, quiet.to_vec());
}

#[tokio::test(start_paused = true)]
async fn a_cursor_of_another_stream_ends_the_watch_with_a_reason() {
    let source = Arc::new(MemorySource::new());
    let mut rows = watch(&source, "other:7");
    let status = rows.next().await.unwrap().unwrap_err();
    assert_eq!(
        hedgerow_transport::failure::CallFailure::from(status).reason,
        "cursor_unknown"
    );
    assert!(rows.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_slow_watcher_uses_little_memory_and_misses_no_row() {
    let source = Arc::new(MemorySource::new());
    let groups: Vec<_> = (1..=100).map(|seed| source.add_group(seed)).collect();
    for group in &groups {
        source.publish(group, "a", Some("x"));
    }
    let mut rows = watch(&source, "");
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(rows.as_ref().len() <= CHANNEL_CAPACITY);
    for group in &groups {
        assert_eq!(next(&mut rows).await.group_id, group.to_vec());
    }
}

#[tokio::test(start_paused = true)]
async fn a_permit_is_free_again_after_the_watcher_has_left() {
    let source: Arc<dyn FeedSource> = Arc::new(MemorySource::new());
    let watchers = PeerLimiter::new(10, 1);
    let place = acquire(&watchers, peer()).unwrap();
    let rejected = acquire(&watchers, peer()).err().unwrap();
    assert_eq!(rejected.reason(), "watches_per_peer");
    let rows = watch_heads(
        source,
        &FeedLimits::default(),
        place,
        feed_v1::WatchHeadsRequest::default(),
    );
    drop(rows);
    timeout(Duration::from_secs(5), async {
        while watchers.in_use() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("the permit is released");
}
