//! A clock that a test moves.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hedgerow_core::time::Clock;
use hedgerow_core::time::Timestamp;
use hedgerow_rpc::clock::SystemClock;

/// The machine's time, moved on by as much as the test says.
#[derive(Debug, Default)]
pub struct HeldClock {
    ahead_millis: AtomicI64,
}

impl HeldClock {
    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).expect("a test moves by less than an age");
        self.ahead_millis.fetch_add(by, Ordering::SeqCst);
    }

    /// Moves the clock back.
    pub fn turn_back(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).expect("a test moves by less than an age");
        self.ahead_millis.fetch_sub(by, Ordering::SeqCst);
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead_millis.load(Ordering::SeqCst);
        Timestamp::from_millis(SystemClock.now().as_millis() + ahead)
    }
}
