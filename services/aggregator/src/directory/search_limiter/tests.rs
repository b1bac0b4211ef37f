use std::sync::mpsc;

use futures::future::join_all;
use tokio::sync::oneshot;

use super::*;

const SOON: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(20);

/// One place, and slices that end at each checkpoint.
fn limiter(max_run: Duration) -> SearchLimiter {
    let limits = QueueLimits {
        cores: 1,
        places: 1,
        per_peer: 12,
        total: 20,
    };
    SearchLimiter::new(limits, Duration::ZERO, LONG, max_run)
}

fn peer(ip: &str) -> PeerKey {
    PeerKey::from(ip.parse::<IpAddr>().unwrap())
}

/// A search that runs until it is cancelled.
fn endless(turn: &Arc<Turn>) -> Result<(), IndexError> {
    loop {
        turn.checkpoint()?;
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A search that runs until `end` is dropped, and one's own side of it.
fn until_ended() -> (
    mpsc::Sender<()>,
    impl FnOnce(&Arc<Turn>) -> Result<(), IndexError> + Send,
) {
    let (end, ended) = mpsc::channel::<()>();
    let search = move |_: &Arc<Turn>| {
        let _ = ended.recv();
        Ok(())
    };
    (end, search)
}

#[tokio::test]
async fn a_search_of_another_peer_passes_all_that_wait_for_one_peer() {
    let limiter = limiter(LONG);
    let (flood, seeker) = (
        limiter.for_peer(peer("6.6.6.6")),
        limiter.for_peer(peer("1.1.1.1")),
    );
    let (end, first) = until_ended();
    let (names, order) = mpsc::channel();
    let note = |name: &'static str| {
        let names = names.clone();
        move |_: &Arc<Turn>| {
            names.send(name).unwrap();
            Ok(())
        }
    };
    let first = flood.run(first);
    let queued = join_all((0..10).map(|_| flood.run(note("flood"))));
    let seeker = seeker.run(note("seeker"));
    // Each is polled, and so queued, in this order.
    let (first, queued, seeker, ()) = tokio::join!(first, queued, seeker, async { drop(end) });
    first.unwrap();
    seeker.unwrap();
    assert!(queued.iter().all(Result::is_ok));
    assert_eq!(order.recv().unwrap(), "seeker");
}

#[tokio::test]
async fn a_cheap_search_runs_while_a_long_one_has_the_only_place() {
    let limiter = limiter(LONG);
    let (flood, seeker) = (
        limiter.for_peer(peer("6.6.6.6")),
        limiter.for_peer(peer("1.1.1.1")),
    );
    let (end, ended) = mpsc::channel::<()>();
    let long = flood.run(move |turn| {
        // Ends only after the cheap search.
        while ended.try_recv() != Err(mpsc::TryRecvError::Disconnected) {
            turn.checkpoint()?;
        }
        Ok("long")
    });
    let cheap = seeker.run(move |_| {
        drop(end);
        Ok("cheap")
    });
    let (long, cheap) = tokio::join!(long, cheap);
    assert_eq!((long.unwrap(), cheap.unwrap()), ("long", "cheap"));
}

#[tokio::test]
async fn a_search_that_takes_too_long_is_cancelled_and_releases_its_place() {
    let limiter = limiter(SOON);
    let failure = limiter.run(endless).await.unwrap_err();
    assert_eq!(failure.reason(), "search_too_slow");
    assert_eq!(limiter.run(|_| Ok(7)).await.unwrap(), 7);
}

#[tokio::test]
async fn a_search_is_cancelled_when_its_caller_leaves() {
    let limiter = limiter(LONG);
    assert!(timeout(SOON, limiter.run(endless)).await.is_err());
    assert_eq!(limiter.run(|_| Ok(7)).await.unwrap(), 7);
}

#[tokio::test]
async fn a_paused_search_ends_when_its_caller_leaves() {
    let limiter = limiter(LONG);
    let (started, starts) = oneshot::channel();
    let (running, ends) = oneshot::channel::<()>();
    let left = tokio::spawn({
        let limiter = limiter.for_peer(peer("6.6.6.6"));
        async move {
            let search = move |turn: &Arc<Turn>| {
                let _running = running;
                let _ = started.send(());
                endless(turn)
            };
            limiter.run(search).await
        }
    });
    starts.await.unwrap();
    let (end, other) = until_ended();
    let seeker = limiter.for_peer(peer("1.1.1.1"));
    let other = seeker.run(other);
    let leave = async {
        // The other search has the only place from the next checkpoint on.
        tokio::time::sleep(SOON).await;
        left.abort();
        assert!(ends.await.is_err(), "it has dropped what it owns");
        drop(end);
    };
    let (other, ()) = tokio::join!(other, leave);
    other.unwrap();
    assert_eq!(limiter.run(|_| Ok(7)).await.unwrap(), 7);
}

#[tokio::test]
async fn a_search_that_panics_releases_its_place() {
    let limiter = limiter(LONG);
    let panics = limiter.run(|_| -> Result<(), IndexError> { panic!("a fault") });
    assert!(panics.await.is_err());
    assert_eq!(limiter.run(|_| Ok(7)).await.unwrap(), 7);
}

#[tokio::test]
async fn a_search_that_waits_too_long_or_behind_too_many_is_rejected_for_a_second() {
    let limiter = SearchLimiter {
        max_wait: SOON,
        ..limiter(LONG)
    };
    let (end, first) = until_ended();
    let rejected = async {
        let waiting = join_all((0..13).map(|_| limiter.run(|_| Ok(())))).await;
        for one in waiting {
            let failure = one.unwrap_err();
            assert_eq!(failure.reason(), "search_busy");
        }
        drop(end);
    };
    let (first, ()) = tokio::join!(limiter.run(first), rejected);
    first.unwrap();
    // What was rejected no longer waits.
    let again = join_all((0..12).map(|_| limiter.run(|_| Ok(())))).await;
    assert!(again.iter().all(Result::is_ok));
}
