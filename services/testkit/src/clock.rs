use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hedgerow_core::time::{Clock, Timestamp};

/// A clock that moves only when a test moves it, unless it was made to run.
pub struct ManualClock {
    /// The time of a stopped clock; of a running one, how far it is ahead of its base.
    millis: AtomicI64,
    base: Option<Box<dyn Clock>>,
}

impl ManualClock {
    /// A clock stopped at a time.
    pub fn at(time: Timestamp) -> Self {
        Self {
            millis: AtomicI64::new(time.as_millis()),
            base: None,
        }
    }

    /// A clock that runs with another one, and that a test can move ahead or back: for
    /// programs whose own timers run in real time.
    pub fn running(base: impl Clock + 'static) -> Self {
        Self {
            millis: AtomicI64::new(0),
            base: Some(Box::new(base)),
        }
    }

    pub fn advance(&self, by: Duration) {
        self.millis.fetch_add(millis(by), Ordering::SeqCst);
    }

    pub fn turn_back(&self, by: Duration) {
        self.millis.fetch_sub(millis(by), Ordering::SeqCst);
    }

    /// Sets a stopped clock.
    ///
    /// # Panics
    ///
    /// If the clock runs.
    pub fn set(&self, time: Timestamp) {
        assert!(self.base.is_none(), "only a stopped clock can be set");
        self.millis.store(time.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let base = self.base.as_ref().map_or(0, |base| base.now().as_millis());
        Timestamp::from_millis(base + self.millis.load(Ordering::SeqCst))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap()
}
