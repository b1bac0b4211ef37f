//! The progress of one call or connection, from which limits see whether it waits for its
//! caller.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Time between the end of a call and the reset of its stream. The failure and its reason are
/// sent meanwhile, if the caller reads at all.
const GRACE: Duration = Duration::from_secs(1);

/// Age from which the average rate of a transfer counts. Before it, round trips dominate.
const RATE_AFTER: Duration = Duration::from_secs(30);

/// Bounds of the interval at which a call is checked.
const MIN_CHECK: Duration = Duration::from_millis(50);
const MAX_CHECK: Duration = Duration::from_secs(5);

/// Why the server ended a call before its handler did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlyEnd {
    /// It waited for its caller, and a newcomer needed its place.
    Evicted,
    /// Its caller sent and read nothing for too long.
    Stalled,
    /// It transferred too few bytes for its age.
    TooSlow,
    /// Its deadline has passed, and the caller does not read the failure.
    Overdue,
    /// Its peer caused too many refusals.
    Penalised,
}

/// When a call is ended for lack of progress.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProgressRules {
    /// Longest wait for the caller to send or read something.
    pub(crate) stall: Duration,
    /// Lowest average rate of a transfer; zero for none.
    pub(crate) min_bytes_per_second: u64,
}

/// Whether a call or connection waits for its caller, since when, and how many bytes it moved.
#[derive(Debug)]
pub struct Progress {
    began: Instant,
    waiting_since: Mutex<Option<Instant>>,
    bytes: AtomicU64,
    is_transfer: OnceLock<()>,
    /// Until its first items are complete, bytes do not count as progress.
    opening: AtomicBool,
    deadline: OnceLock<Instant>,
    early: OnceLock<EarlyEnd>,
    ended: CancellationToken,
}

impl Progress {
    /// Begins a call that does not wait for its caller.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            began: Instant::now(),
            waiting_since: Mutex::new(None),
            bytes: AtomicU64::new(0),
            is_transfer: OnceLock::new(),
            opening: AtomicBool::new(false),
            deadline: OnceLock::new(),
            early: OnceLock::new(),
            ended: CancellationToken::new(),
        }
    }

    /// Begins one that waits for its caller already.
    #[must_use]
    pub fn begin_waiting() -> Self {
        let progress = Self::begin();
        progress.wait();
        progress
    }

    /// The next step is the caller's: to send, or to read.
    pub fn wait(&self) {
        self.waiting_since.lock().get_or_insert_with(Instant::now);
    }

    /// Makes it wait for its caller until [`Progress::opened`], whatever that sends.
    pub(crate) fn set_opening(&self) {
        self.opening.store(true, Ordering::Relaxed);
        self.wait();
    }

    /// The first items of a push are complete.
    pub fn opened(&self) {
        self.opening.store(false, Ordering::Relaxed);
        self.advance(0);
    }

    /// The caller has sent or read something.
    pub fn advance(&self, bytes: usize) {
        if !self.opening.load(Ordering::Relaxed) {
            *self.waiting_since.lock() = None;
        }
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Makes the lowest rate of the rules apply.
    pub(crate) fn set_transfer(&self) {
        let _ = self.is_transfer.set(());
    }

    /// Sets the time after which the call is ended even if its caller does not read.
    pub(crate) fn set_deadline(&self, at: Instant) {
        let _ = self.deadline.set(at);
    }

    /// Returns how long it has waited for its caller, if it waits.
    #[must_use]
    pub fn waiting_for(&self) -> Option<Duration> {
        self.waiting_since.lock().map(|since| since.elapsed())
    }

    /// Returns the progress of a request's call. Requests that did not come through the server,
    /// as in tests, get one that nothing else uses.
    #[must_use]
    pub fn of<T>(request: &tonic::Request<T>) -> Arc<Self> {
        let progress = request.extensions().get::<Arc<Self>>();
        progress.map_or_else(|| Arc::new(Self::begin()), Arc::clone)
    }

    /// Ends it. Only the first reason counts.
    pub fn end(&self, early: EarlyEnd) {
        let _ = self.early.set(early);
        self.ended.cancel();
    }

    /// Returns why the server ended it, if it did.
    #[must_use]
    pub fn early_end(&self) -> Option<EarlyEnd> {
        self.early.get().copied()
    }

    /// Returns the token that [`Progress::end`] cancels.
    #[must_use]
    pub fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    fn overdue(&self, rules: &ProgressRules) -> Option<EarlyEnd> {
        if self.deadline.get().is_some_and(|at| at.elapsed() >= GRACE) {
            return Some(EarlyEnd::Overdue);
        }
        let waiting = self.waiting_for()?;
        if waiting >= rules.stall {
            return Some(EarlyEnd::Stalled);
        }
        let age = self.began.elapsed();
        let expected = age.as_secs().saturating_mul(rules.min_bytes_per_second);
        let is_slow = self.is_transfer.get().is_some()
            && age >= RATE_AFTER
            && self.bytes.load(Ordering::Relaxed) < expected;
        is_slow.then_some(EarlyEnd::TooSlow)
    }

    /// Returns when its stream must be reset: some time after it was ended, by these rules or
    /// by [`Progress::end`].
    ///
    /// The rules are checked at intervals rather than by a timer that each byte resets, because
    /// bytes are frequent.
    pub(crate) async fn run(&self, rules: &ProgressRules) {
        while !self.check(rules) {
            tokio::select! {
                () = self.ended.cancelled() => {}
                () = tokio::time::sleep(rules.interval()) => {}
            }
        }
        tokio::time::sleep(GRACE).await;
    }

    /// Does the same, but returns false if nothing else uses the progress any more.
    pub(crate) async fn run_weak(progress: &Weak<Self>, rules: &ProgressRules) -> bool {
        loop {
            match progress.upgrade() {
                None => return false,
                Some(progress) if progress.check(rules) => break,
                Some(_) => {}
            }
            tokio::time::sleep(rules.interval()).await;
        }
        tokio::time::sleep(GRACE).await;
        progress.strong_count() > 0
    }

    /// Ends it if the rules require it, and returns whether it has ended.
    fn check(&self, rules: &ProgressRules) -> bool {
        if let Some(early) = self.overdue(rules) {
            self.end(early);
        }
        self.ended.is_cancelled()
    }
}

impl ProgressRules {
    fn interval(&self) -> Duration {
        (self.stall / 4).clamp(MIN_CHECK, MAX_CHECK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: ProgressRules = ProgressRules {
        stall: Duration::from_secs(20),
        min_bytes_per_second: 256,
    };

    async fn end_of(progress: &Progress) -> (Option<EarlyEnd>, u64) {
        let start = Instant::now();
        let limit = Duration::from_secs(600);
        let ended = tokio::time::timeout(limit, progress.run(&RULES)).await;
        assert_eq!(ended.is_ok(), progress.early_end().is_some());
        (progress.early_end(), start.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waits_for_its_caller_ends_and_a_busy_one_does_not() {
        let (early, seconds) = end_of(&Progress::begin_waiting()).await;
        assert_eq!(early, Some(EarlyEnd::Stalled));
        assert!((20..=26).contains(&seconds), "{seconds}");
        assert_eq!(end_of(&Progress::begin()).await.0, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_transfer_that_moves_a_few_bytes_now_and_then_ends() {
        let progress = std::sync::Arc::new(Progress::begin_waiting());
        progress.set_transfer();
        let trickle = std::sync::Arc::clone(&progress);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(2)).await;
                trickle.advance(10);
                trickle.wait();
            }
        });
        let (early, seconds) = end_of(&progress).await;
        assert_eq!(early, Some(EarlyEnd::TooSlow));
        assert!((30..=40).contains(&seconds), "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_of_a_push_are_no_progress_until_its_first_items_are_complete() {
        let progress = Progress::begin();
        progress.set_opening();
        tokio::time::advance(Duration::from_secs(3)).await;
        progress.advance(1);
        assert_eq!(progress.waiting_for(), Some(Duration::from_secs(3)));
        progress.opened();
        assert_eq!(progress.waiting_for(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_past_its_deadline_ends_although_nothing_polls_its_body() {
        let progress = Progress::begin();
        progress.set_deadline(Instant::now() + Duration::from_secs(30));
        let (early, seconds) = end_of(&progress).await;
        assert_eq!(early, Some(EarlyEnd::Overdue));
        assert!((31..=40).contains(&seconds), "{seconds}");
    }
}
