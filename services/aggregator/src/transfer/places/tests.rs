use std::net::IpAddr;

use futures::{StreamExt as _, stream};
use hedgerow_transport::failure::CallFailure;

use super::*;

/// The most that pushes may hold in these tests.
const LIMIT: u64 = 300_000;

fn places() -> Places {
    let config = IngestConfig {
        transfer_memory_bytes: LIMIT,
        ..IngestConfig::default()
    };
    Places::new(&config, Gauge::default())
}

fn peer(last: u8) -> PeerKey {
    PeerKey::from(IpAddr::from([192, 0, 2, last]))
}

/// An item that takes this memory, or a little more.
fn key_event(memory: u64) -> feed_v1::SyncItem {
    let bytes = usize::try_from(memory / MEMORY_FACTOR).unwrap();
    feed_v1::SyncItem {
        item: Some(Item::KeyEvent(vec![0; bytes])),
    }
}

fn body(bytes: u64) -> feed_v1::SyncItem {
    let record = vec![0; usize::try_from(bytes).unwrap()];
    feed_v1::SyncItem {
        item: Some(Item::Body(feed_v1::RecordBody { record })),
    }
}

#[test]
fn all_pushes_together_hold_a_number_of_bytes_but_a_small_one_always_passes() {
    let places = places();
    let mut large = places.memory();
    large.add(&key_event(LIMIT - 10_000)).unwrap();
    let mut other = places.memory();
    other.add(&key_event(ALWAYS_HELD_BYTES - 5_000)).unwrap();
    let rejected = other.add(&key_event(10_000)).unwrap_err();
    assert_eq!(rejected.reason(), "transfer_memory");
    let mut small = places.memory();
    small.add(&key_event(5_000)).unwrap();
    drop((large, other));
    small.add(&key_event(LIMIT / 2)).unwrap();
    // Nothing of the others is counted any more, and one push alone may exceed the limit.
    drop(small);
    assert_eq!(places.held.get(), 0);
    let mut alone = places.memory();
    alone.add(&key_event(2 * LIMIT)).unwrap();
}

#[test]
fn bodies_are_counted_up_to_the_size_at_which_they_are_staged() {
    let places = places();
    let mut push = places.memory();
    for _ in 0..3 {
        push.add(&body(MAX_BUFFERED_BYTES)).unwrap();
    }
    assert_eq!(places.held.get().cast_unsigned(), MAX_BUFFERED_BYTES);
}

#[tokio::test(start_paused = true)]
async fn a_push_without_memory_is_rejected_until_another_has_waited_for_its_sender() {
    let places = places();
    let (stalled, newcomer) = (Arc::new(Progress::begin()), Arc::new(Progress::begin()));
    let _place = places.take(peer(1), &stalled, false).unwrap();
    let _other = places.take(peer(2), &newcomer, false).unwrap();
    let then_nothing = |item| stream::iter([Ok(item)]).chain(stream::pending());
    let mut first = Box::pin(watched(
        then_nothing(key_event(LIMIT - 10_000)),
        &places,
        &stalled,
    ));
    first.next().await.unwrap().unwrap();
    assert!(futures::FutureExt::now_or_never(first.next()).is_none());
    let bring = async || {
        let items = then_nothing(key_event(LIMIT / 2));
        let mut items = Box::pin(watched(items, &places, &newcomer));
        items.next().await.unwrap().map(drop)
    };
    let rejected = CallFailure::from(bring().await.unwrap_err());
    assert_eq!(rejected.reason, "transfer_memory");
    assert!(rejected.retry_after.is_some());
    tokio::time::advance(EVICT_AFTER).await;
    bring().await.unwrap();
    let evicted = first.next().await.unwrap().unwrap_err();
    assert_eq!(CallFailure::from(evicted).reason, "call_evicted");
}
