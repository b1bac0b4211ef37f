use std::net::IpAddr;

use super::*;

const MS: Duration = Duration::from_millis(1);
const SLICE: Duration = Duration::from_millis(5);
/// As on a machine with two cores.
const LIMITS: QueueLimits = QueueLimits {
    cores: 2,
    places: 4,
    per_peer: 64,
    total: 256,
};
/// With one place, so that the order shows.
const ONE_PLACE: QueueLimits = QueueLimits {
    cores: 1,
    places: 1,
    per_peer: 3,
    total: 5,
};

fn peer(ip: &str) -> PeerKey {
    PeerKey::from(ip.parse::<IpAddr>().unwrap())
}

/// Runs all work, each piece for a time, and returns the order.
fn drain(queue: &mut FairQueue<&'static str>, length: Duration) -> Vec<&'static str> {
    drain_by(queue, |_| length)
}

fn drain_by(
    queue: &mut FairQueue<&'static str>,
    length: impl Fn(PeerKey) -> Duration,
) -> Vec<&'static str> {
    let mut order = Vec::new();
    while let Some((peer, name)) = queue.next() {
        queue.charge(peer, length(peer));
        queue.release(peer);
        order.push(name);
    }
    order
}

#[test]
fn peers_take_turns_and_idle_ones_are_forgotten() {
    let mut queue = FairQueue::new(ONE_PLACE);
    for name in ["one a", "one b", "one c"] {
        queue.push(peer("1.1.1.1"), name).unwrap();
    }
    for name in ["other a", "other b"] {
        queue.push(peer("2.2.2.2"), name).unwrap();
    }
    let order = drain(&mut queue, 8 * MS);
    assert_eq!(order, ["one a", "other a", "one b", "other b", "one c"]);
    assert!(queue.peers.is_empty());
}

#[test]
fn work_is_charged_by_its_length() {
    let mut queue = FairQueue::new(ONE_PLACE);
    let (costly, cheap) = (peer("6.6.6.6"), peer("1.1.1.1"));
    for name in ["costly a", "costly b"] {
        queue.push(costly, name).unwrap();
    }
    for name in ["cheap a", "cheap b", "cheap c"] {
        queue.push(cheap, name).unwrap();
    }
    let order = drain_by(
        &mut queue,
        |peer| if peer == costly { 20 * MS } else { 2 * MS },
    );
    let expected = ["costly a", "cheap a", "cheap b", "cheap c", "costly b"];
    assert_eq!(order, expected);
}

#[test]
fn what_a_peer_used_alone_does_not_count_against_it() {
    let mut queue = FairQueue::new(ONE_PLACE);
    let (regular, newcomer) = (peer("1.1.1.1"), peer("6.6.6.6"));
    for _ in 0..1_000 {
        queue.push(regular, "alone").unwrap();
        drain(&mut queue, 10 * MS);
    }
    for _ in 0..3 {
        queue.push(newcomer, "newcomer").unwrap();
    }
    queue.push(regular, "regular").unwrap();
    let order = drain(&mut queue, 10 * MS);
    assert_eq!(order, ["newcomer", "regular", "newcomer", "newcomer"]);
}

#[test]
fn paused_work_resumes_before_the_other_work_of_its_peer() {
    let mut queue = FairQueue::new(ONE_PLACE);
    let one = peer("1.1.1.1");
    queue.push(one, "a").unwrap();
    queue.push(one, "b").unwrap();
    assert_eq!(queue.next(), Some((one, "a")));
    assert!(queue.is_contended());
    queue.push_paused(one, "a, second half");
    queue.release(one);
    assert_eq!(drain(&mut queue, MS), ["a, second half", "b"]);
}

#[test]
fn a_full_queue_drops_work_of_the_peer_that_has_used_most() {
    let mut queue = FairQueue::new(ONE_PLACE);
    let (flood, other, newcomer) = (peer("6.6.6.6"), peer("6.6.6.7"), peer("1.1.1.1"));
    for _ in 0..3 {
        queue.push(flood, "flood").unwrap();
    }
    assert_eq!(queue.push(flood, "flood"), Err(QueueFull::Peer));
    queue.push(other, "other").unwrap();
    queue.push(other, "other").unwrap();
    queue.charge(flood, 20 * MS);
    queue.charge(other, 10 * MS);
    queue.push(newcomer, "newcomer a").unwrap();
    queue.push(newcomer, "newcomer b").unwrap();
    assert_eq!(queue.waiting, ONE_PLACE.total);
    let order = drain(&mut queue, Duration::ZERO);
    // The newcomer begins where the peer that has used least is.
    let left = ["other", "other", "newcomer a", "newcomer b", "flood"];
    assert_eq!(order, left);
}

#[test]
fn of_peers_that_have_used_the_same_the_one_with_most_waiting_work_makes_room() {
    let mut queue = FairQueue::new(ONE_PLACE);
    for (ip, count) in [("6.6.6.6", 3), ("6.6.6.7", 2)] {
        for _ in 0..count {
            queue.push(peer(ip), "flood").unwrap();
        }
    }
    for ip in ["1.1.1.1", "1.1.1.2", "1.1.1.3"] {
        queue.push(peer(ip), "newcomer").unwrap();
    }
    assert!(queue.peers.values().all(|work| work.waiting.len() == 1));
    let refused = queue.push(peer("1.1.1.4"), "newcomer");
    assert_eq!(refused, Err(QueueFull::All));
}

#[test]
fn paused_work_is_never_dropped_for_a_newcomer() {
    let limits = QueueLimits {
        total: 1,
        ..ONE_PLACE
    };
    let mut queue = FairQueue::new(limits);
    let flood = peer("6.6.6.6");
    queue.push(flood, "flood").unwrap();
    assert!(queue.next().is_some());
    queue.charge(flood, 10 * MS);
    queue.push_paused(flood, "paused");
    let refused = queue.push(peer("1.1.1.1"), "newcomer");
    assert_eq!(refused, Err(QueueFull::All));
}

#[test]
fn the_addresses_of_one_network_count_as_a_few_peers() {
    let limits = QueueLimits {
        total: 256,
        ..ONE_PLACE
    };
    let mut queue = FairQueue::new(limits);
    for number in 0..100 {
        let address = format!("2a00:1:2:{number:x}::1");
        queue.push(peer(&address), "network").unwrap();
    }
    for _ in 0..3 {
        queue.push(peer("1.1.1.1"), "other").unwrap();
    }
    let order = drain(&mut queue, 10 * MS);
    let positions = order.iter().enumerate();
    let others = positions.filter(|(_, name)| **name == "other");
    let others: Vec<usize> = others.map(|(at, _)| at).collect();
    // Four of the network for each of the other peer, whichever comes first of equal ones.
    assert!(others[2] <= 13, "{others:?}");
}

#[test]
fn a_place_beyond_the_cores_is_for_a_peer_that_has_used_much_less() {
    let mut queue = FairQueue::new(LIMITS);
    let (seeker, newcomer) = (peer("1.1.1.1"), peer("2.2.2.2"));
    queue.push(seeker, "cheap").unwrap();
    assert!(queue.next().is_some());
    for ip in ["6.6.6.1", "6.6.6.2", "6.6.6.3"] {
        queue.push(peer(ip), "costly").unwrap();
        queue.charge(peer(ip), 100 * MS);
    }
    queue.release(seeker);
    assert!(queue.next().is_some());
    assert!(queue.next().is_some());
    assert_eq!(queue.next(), None, "each core has work");
    queue.push(seeker, "cheap").unwrap();
    assert_eq!(queue.next(), Some((seeker, "cheap")));
    queue.push(newcomer, "new").unwrap();
    assert_eq!(queue.next(), None, "the seeker has used as little");
}

#[test]
fn a_single_peer_may_have_every_place() {
    let mut queue = FairQueue::new(LIMITS);
    for _ in 0..5 {
        queue.push(peer("1.1.1.1"), "work").unwrap();
    }
    let running = std::iter::from_fn(|| queue.next()).count();
    assert_eq!(running, LIMITS.places);
}

/// One piece of work of the simulation.
#[derive(Debug, Clone)]
struct Work {
    caller: usize,
    queued: u32,
    left_ms: f64,
    slice_ms: f64,
}

/// Latencies of the seeker's searches in ms, and the time that all callers have used.
struct Simulated {
    latencies: Vec<u32>,
    used_ms: f64,
    used_ms_by_caller: Vec<f64>,
}

/// Simulates ten seconds on two cores. A seeker (the last caller) sends a search of 2 ms every 20
/// ms; after a second, sixteen callers send work of 40 ms without a pause.
fn simulate(address: impl Fn(usize) -> PeerKey) -> Simulated {
    const CALLERS: usize = 16;
    let mut queue = FairQueue::new(LIMITS);
    let work = |caller, queued| Work {
        caller,
        queued,
        left_ms: if caller == CALLERS { 2.0 } else { 40.0 },
        slice_ms: 0.0,
    };
    let mut running: Vec<Work> = Vec::new();
    let mut result = Simulated {
        latencies: Vec::new(),
        used_ms: 0.0,
        used_ms_by_caller: vec![0.0; CALLERS + 1],
    };
    for ms in 0..10_000 {
        if ms == 1_000 {
            for caller in 0..CALLERS {
                queue.push(address(caller), work(caller, ms)).unwrap();
            }
        }
        if ms % 20 == 0 {
            let seeker = address(CALLERS);
            queue.push(seeker, work(CALLERS, ms)).unwrap();
        }
        while let Some((_, next)) = queue.next() {
            running.push(next);
        }
        // Running threads share the cores.
        let part = (LIMITS.cores as f64 / running.len().max(1) as f64).min(1.0);
        for mut one in std::mem::take(&mut running) {
            one.left_ms -= part;
            one.slice_ms += 1.0;
            result.used_ms += part;
            result.used_ms_by_caller[one.caller] += part;
            let peer = address(one.caller);
            let is_slice_over = one.slice_ms >= SLICE.as_secs_f64() * 1_000.0;
            if one.left_ms <= 0.0 {
                queue.charge(peer, MS.mul_f64(one.slice_ms));
                queue.release(peer);
                if one.caller == CALLERS {
                    result.latencies.push(ms + 1 - one.queued);
                } else {
                    queue.push(peer, work(one.caller, ms)).unwrap();
                }
            } else if is_slice_over && queue.is_contended() {
                queue.charge(peer, MS.mul_f64(one.slice_ms));
                one.slice_ms = 0.0;
                queue.push_paused(peer, one);
                queue.release(peer);
            } else {
                running.push(one);
            }
        }
    }
    result
}

#[test]
fn a_seeker_waits_at_most_a_slice_while_sixteen_callers_keep_every_core_busy() {
    let result = simulate(|caller| peer(&format!("6.6.6.{}", caller / 4)));
    assert_eq!(result.latencies.len(), 500);
    // When the callers come, they take turns with the seeker until they have used more.
    let slice_ms = SLICE.as_millis() as u32;
    let worst = result.latencies.iter().max().unwrap();
    assert!(*worst <= 2 + 4 * slice_ms, "{worst} ms");
    let later = result.latencies[75..].iter().max().unwrap();
    assert!(*later <= 2 + slice_ms, "{later} ms");
    assert!(result.used_ms > 0.98 * 18_000.0, "no core idles");
    let by_peer = result.used_ms_by_caller.chunks(4).take(4);
    let by_peer: Vec<f64> = by_peer.map(|callers| callers.iter().sum()).collect();
    let equal = by_peer.iter().sum::<f64>() / 4.0;
    let is_equal = |used: &f64| (used / equal - 1.0).abs() < 0.05;
    assert!(by_peer.iter().all(is_equal), "{by_peer:?}");
}

#[test]
fn without_peers_the_same_seeker_waits_for_all_callers() {
    // The simulation shows the difference: with one peer, the queue is first come, first served.
    let result = simulate(|_| peer("6.6.6.6"));
    let worst = result.latencies.iter().max().unwrap();
    assert!(*worst > 100, "{worst} ms");
}

#[test]
fn peers_of_one_network_neither_pause_much_work_nor_shut_others_out() {
    let mut queue = FairQueue::new(LIMITS);
    for number in 0..LIMITS.total {
        let flood = peer(&format!("2a00:1:2:{number:x}::1"));
        queue.push(flood, "flood").unwrap();
    }
    let newcomer = peer("1.1.1.1");
    for _ in 0..500 {
        let running: Vec<_> = std::iter::from_fn(|| queue.next()).collect();
        assert!(!running.is_empty());
        for (peer, work) in running {
            queue.charge(peer, SLICE);
            queue.push_paused(peer, work);
            queue.release(peer);
        }
        let waiting = queue.peers.values().flat_map(|work| &work.waiting);
        let paused = waiting.filter(|waiting| waiting.is_paused).count();
        assert!(paused <= 16, "{paused} pieces of work have a thread");
        assert_eq!(queue.waiting, LIMITS.total);
        queue.push(newcomer, "newcomer").expect("room for another");
        assert_eq!(queue.waiting, LIMITS.total);
        queue.retain(|work| *work != "newcomer");
        let again = peer("2a00:1:2:ffff::1");
        queue.push(again, "flood").unwrap();
    }
}
