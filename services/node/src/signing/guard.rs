//! Decides whether a group may sign: not before an aggregator has reported the newest head
//! that it holds, and not while one holds a head that was not signed here.

use std::time::Duration;

use hedgerow_core::key_log::KeyLog;
use hedgerow_core::time::Timestamp;
use parking_lot::Mutex;

use crate::store::StoredHead;

pub use super::stop::{Stop, StopReason, Subject};

/// Why a head cannot be signed now. Edits are stored and wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningBlocked {
    /// No aggregator has responded since the node started.
    WaitingForAggregator,
    /// Waiting does not help: the host or the steward must act.
    Stopped(Stop),
}

/// Permission to sign one head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningPermit {
    /// Whether the head must leave a gap in the sequence, over heads that this node may have
    /// signed and lost.
    pub leave_gap: bool,
}

/// The in-memory part of a group's permission to sign. It starts closed in every process,
/// because only an aggregator can show that the database was not restored from a backup.
#[derive(Debug)]
pub struct SigningGuard(Mutex<State>);

#[derive(Debug)]
struct State {
    responded: bool,
    leave_gap: bool,
    /// The steward has confirmed the clock, although the newest head has a later date.
    clock_confirmed: bool,
    stop: Option<Stop>,
}

impl SigningGuard {
    /// Creates a guard that stays closed until [`SigningGuard::record_response`], or opens at
    /// once unless `must_wait`: without aggregators, and without a restored backup.
    pub fn new(must_wait: bool, stop: Option<Stop>) -> Self {
        Self(Mutex::new(State {
            responded: !must_wait,
            leave_gap: false,
            clock_confirmed: false,
            stop,
        }))
    }

    /// Records that an aggregator has reported what it holds. Returns true the first time.
    pub fn record_response(&self) -> bool {
        !std::mem::replace(&mut self.0.lock().responded, true)
    }

    /// Records that the steward forces a signature: without a response, and with the date that
    /// the clock shows. An early date is harmless, because heads are ordered by position.
    pub fn force(&self) {
        let mut state = self.0.lock();
        // Without a response the newest position is unknown. A gap makes it unlikely that the
        // forced head takes the position of a lost one, which would be equivocation.
        state.leave_gap |= !state.responded;
        state.responded = true;
        state.clock_confirmed = true;
    }

    /// Records a signed head: it has left the gap, and its date replaces the later one.
    pub fn record_signed(&self) {
        let mut state = self.0.lock();
        state.leave_gap = false;
        state.clock_confirmed = false;
    }

    /// Blocks signing until [`SigningGuard::release`].
    pub fn stop(&self, stop: Stop) {
        self.0.lock().stop = Some(stop);
    }

    /// Removes the stop, after a restore from the aggregator that caused it. A restore also
    /// counts as a response.
    pub fn release(&self) {
        let mut state = self.0.lock();
        state.stop = None;
        state.responded = true;
    }

    /// The stop in force, if there is one.
    pub fn stopped(&self) -> Option<Stop> {
        self.0.lock().stop.clone()
    }

    /// Checks the in-memory state only; [`may_sign`] checks everything.
    pub fn check(&self) -> Result<SigningPermit, SigningBlocked> {
        let state = self.0.lock();
        match (&state.stop, state.responded) {
            (Some(stop), _) => Err(SigningBlocked::Stopped(stop.clone())),
            (None, false) => Err(SigningBlocked::WaitingForAggregator),
            (None, true) => Ok(SigningPermit {
                leave_gap: state.leave_gap,
            }),
        }
    }

    fn clock_confirmed(&self) -> bool {
        self.0.lock().clock_confirmed
    }
}

/// The start of the protocol, 1 January 2026: no honest head is older.
const PROTOCOL_START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// How far the newest head may be dated ahead of the clock. Clocks are corrected by seconds
/// or an hour; a day avoids stopping anyone for that.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Checks everything that can block a group's signing. Signing and the state shown to the
/// steward use this one function, so that they cannot disagree.
pub fn may_sign(
    guard: &SigningGuard,
    key_log: &KeyLog,
    newest: Option<&StoredHead>,
    now: Timestamp,
) -> Result<SigningPermit, SigningBlocked> {
    if key_log.is_ended() {
        return Err(SigningBlocked::Stopped(Stop::deactivated()));
    }
    // A machine without a battery clock starts in 1970. No steward can confirm such a date.
    if now < PROTOCOL_START {
        let than = "any head could be signed";
        return Err(SigningBlocked::Stopped(Stop::clock_behind(now, than)));
    }
    let later = newest.filter(|newest| newest.issue_time.minus(CLOCK_TOLERANCE) > now);
    if let Some(newest) = later.filter(|_| !guard.clock_confirmed()) {
        let than = format!("its newest head was signed ({})", newest.issue_time);
        return Err(SigningBlocked::Stopped(Stop::clock_behind(now, &than)));
    }
    guard.check()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const NEXT: Result<SigningPermit, SigningBlocked> = Ok(SigningPermit { leave_gap: false });
    const GAP: Result<SigningPermit, SigningBlocked> = Ok(SigningPermit { leave_gap: true });

    #[test]
    fn nothing_is_signed_before_an_answer() {
        let guard = SigningGuard::new(true, None);
        assert_eq!(guard.check(), Err(SigningBlocked::WaitingForAggregator));
        assert!(guard.record_response(), "the first response opens it");
        assert_eq!(guard.check(), NEXT);
        assert!(!guard.record_response(), "the second changes nothing");
    }

    #[test]
    fn without_aggregators_it_signs_at_once() {
        assert_eq!(SigningGuard::new(false, None).check(), NEXT);
    }

    #[test]
    fn a_forced_head_leaves_one_gap() {
        let guard = SigningGuard::new(true, None);
        guard.force();
        assert_eq!(guard.check(), GAP);
        guard.record_signed();
        assert_eq!(guard.check(), NEXT);
    }

    #[test]
    fn a_forced_head_after_an_answer_leaves_no_gap() {
        let guard = SigningGuard::new(true, None);
        guard.record_response();
        guard.force();
        assert_eq!(guard.check(), NEXT);
    }

    #[test]
    fn a_stop_survives_answers_and_forced_signatures() {
        let subject = Subject {
            dir: Path::new("node"),
            label: "us",
        };
        let guard = SigningGuard::new(true, Some(Stop::behind(subject, "https://there:1")));
        guard.record_response();
        guard.force();
        assert!(matches!(guard.check(), Err(SigningBlocked::Stopped(_))));
        guard.release();
        assert!(guard.check().is_ok());
    }
}
