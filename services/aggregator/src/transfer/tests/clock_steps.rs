//! Sweeps while the clock steps by a year, ahead or back: none deletes what is not due by the
//! right time, and what is due is not kept for a year.

use std::sync::atomic::{AtomicBool, Ordering};

use hedgerow_core::time::Clock;
use hedgerow_store::Exclude;
use tokio::time::Instant;

use super::*;
use crate::retention::{EXCLUDED_KEPT, Sweeper};

const HOUR: Duration = Duration::from_secs(3_600);
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// A sweeper whose clock and timer move together, unless a test moves the clock alone.
struct Sweeps {
    bench: Bench,
    sweeper: Sweeper,
    timer: Instant,
}

impl Sweeps {
    /// Sweeps for more than a day, so that the clock is believed.
    async fn steady() -> Self {
        let bench = Bench::new().await;
        let clock = bench.clock.clone();
        Self::with_clock(bench, clock).await
    }

    async fn with_clock(bench: Bench, clock: Arc<dyn Clock>) -> Self {
        let timer = Instant::now();
        let store = Arc::clone(bench.store());
        let mut sweeps = Self {
            sweeper: Sweeper::new(store, clock, HOUR, timer),
            bench,
            timer,
        };
        sweeps.sweep_for(25).await;
        sweeps
    }

    async fn sweep(&mut self) {
        self.sweeper.sweep(self.timer).await.unwrap();
    }

    async fn sweep_for(&mut self, hours: u32) {
        for _ in 0..hours {
            self.pass(HOUR).await;
        }
    }

    /// Lets time pass, and sweeps.
    async fn pass(&mut self, time: Duration) {
        self.bench.clock.advance(time);
        self.timer += time;
        self.sweep().await;
    }

    /// Pushes a group by the clock of now.
    async fn publish(&self, number: u64) -> FakeGroup {
        let mut publisher = FakeGroup::new(number, self.bench.processor.now());
        publisher.add("one", b"first");
        self.bench.publish(&mut publisher).await;
        publisher
    }

    async fn exclude(&self, publisher: &FakeGroup) {
        let exclude = Exclude {
            group_id: publisher.id(),
            reason: "no".into(),
            now: self.bench.processor.now(),
        };
        self.bench.store().exclude(exclude).await.unwrap();
    }

    async fn is_erased(&self, publisher: &FakeGroup) -> bool {
        let store = self.bench.store();
        let manifest = store.manifest(&publisher.id(), &View::public()).await;
        manifest.unwrap().is_none()
    }
}

#[tokio::test]
async fn a_sweep_that_is_due_when_the_clock_steps_ahead_erases_nothing() {
    let mut sweeps = Sweeps::steady().await;
    let publisher = sweeps.publish(1).await;
    sweeps.sweep().await;
    sweeps.bench.clock.advance(YEAR);
    // A node on the same machine signs by the same clock: its head proves nothing.
    sweeps.publish(2).await;
    sweeps.sweep_for(23).await;
    assert!(!sweeps.is_erased(&publisher).await);
    sweeps.bench.clock.turn_back(YEAR);
    sweeps.sweep_for(25).await;
    assert_eq!(sweeps.bench.shown(&publisher).await, ["one"]);
}

#[tokio::test]
async fn a_sweep_is_as_of_one_time_although_the_clock_steps_during_it() {
    /// A year ahead from its second reading on, once that is set.
    struct Stepping {
        clock: Arc<ManualClock>,
        steps: AtomicBool,
        has_stepped: AtomicBool,
    }

    impl Clock for Stepping {
        fn now(&self) -> Timestamp {
            let now = self.clock.now();
            let steps = self.steps.load(Ordering::SeqCst);
            if steps && self.has_stepped.swap(true, Ordering::SeqCst) {
                return now.plus(YEAR);
            }
            now
        }
    }

    let bench = Bench::new().await;
    let clock = Arc::new(Stepping {
        clock: bench.clock.clone(),
        steps: AtomicBool::new(false),
        has_stepped: AtomicBool::new(false),
    });
    let mut sweeps = Sweeps::with_clock(bench, clock.clone()).await;
    let publisher = sweeps.publish(1).await;
    clock.steps.store(true, Ordering::SeqCst);
    sweeps.pass(HOUR).await;
    assert!(clock.has_stepped.load(Ordering::SeqCst));
    sweeps.pass(HOUR).await;
    assert!(!sweeps.is_erased(&publisher).await);
    assert_eq!(sweeps.bench.shown(&publisher).await, ["one"]);
}

#[tokio::test]
async fn a_clock_that_steps_back_and_is_set_right_erases_nothing() {
    let mut sweeps = Sweeps::steady().await;
    let publisher = sweeps.publish(1).await;
    sweeps.exclude(&publisher).await;
    sweeps.sweep().await;
    sweeps.bench.clock.turn_back(YEAR);
    sweeps.sweep_for(23).await;
    sweeps.bench.clock.advance(YEAR);
    sweeps.sweep_for(25).await;
    assert!(!sweeps.is_erased(&publisher).await, "in a week, not before");
    sweeps.pass(EXCLUDED_KEPT).await;
    assert!(sweeps.is_erased(&publisher).await);
}

#[tokio::test]
async fn what_an_advanced_clock_dated_is_erased_in_its_time_and_not_a_year_later() {
    let mut sweeps = Sweeps::steady().await;
    let publisher = sweeps.publish(1).await;
    sweeps.bench.clock.advance(YEAR);
    sweeps.exclude(&publisher).await;
    sweeps.bench.clock.turn_back(YEAR);
    // Believed again after a day, and dated then.
    sweeps.sweep_for(25).await;
    sweeps.pass(EXCLUDED_KEPT / 2).await;
    assert!(!sweeps.is_erased(&publisher).await);
    sweeps.pass(EXCLUDED_KEPT).await;
    assert!(sweeps.is_erased(&publisher).await);
}
