//! Decides whether a group may sign: not before an aggregator has reported the newest head
//! that it holds, and not while one holds a head that was not signed here.

use std::time::Duration;

use hedgerow_core::key_log::KeyLog;
use hedgerow_core::time::Timestamp;
use parking_lot::Mutex;

use crate::store::{StoredHead, StoredStop};

/// Why a head cannot be signed now. Edits are stored and wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningBlocked {
    /// No aggregator has responded since the node started.
    WaitingForAnswer,
    /// Waiting does not help: the host or the steward must act.
    Stopped(Stop),
}

/// A stop of signing, with the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    pub reason: StopReason,
    /// For the steward: what happened, and what to do next.
    pub message: String,
}

/// Why signing is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// An aggregator holds a newer head or key log.
    Behind,
    /// An aggregator holds another head at the same position.
    Equivocation,
    /// The key log has ended.
    Deactivated,
    /// All sequence numbers under the current key are used.
    SeqExhausted,
    /// The clock is before the newest head, or before the protocol.
    ClockBehind,
}

impl StopReason {
    /// The stable name, in the store and in errors.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::Equivocation => "equivocation",
            Self::Deactivated => "deactivated",
            Self::SeqExhausted => "seq_exhausted",
            Self::ClockBehind => "clock_behind",
        }
    }
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
    answered: bool,
    leave_gap: bool,
    /// The steward has confirmed the clock, although the newest head has a later date.
    clock_confirmed: bool,
    stop: Option<Stop>,
}

impl SigningGuard {
    /// Creates a guard that stays closed until [`SigningGuard::record_answer`], or opens at
    /// once if no aggregator is configured.
    pub fn new(has_aggregators: bool, stop: Option<Stop>) -> Self {
        Self(Mutex::new(State {
            answered: !has_aggregators,
            leave_gap: false,
            clock_confirmed: false,
            stop,
        }))
    }

    /// Records that an aggregator has reported what it holds. Returns true the first time.
    pub fn record_answer(&self) -> bool {
        !std::mem::replace(&mut self.0.lock().answered, true)
    }

    /// Records that the steward forces a signature: without an answer, and with the date that
    /// the clock shows. An early date is harmless, because heads are ordered by position.
    pub fn force(&self) {
        let mut state = self.0.lock();
        // Without an answer the newest position is unknown. A gap makes it unlikely that the
        // forced head takes the position of a lost one, which would be equivocation.
        state.leave_gap |= !state.answered;
        state.answered = true;
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
    /// counts as an answer.
    pub fn release(&self) {
        let mut state = self.0.lock();
        state.stop = None;
        state.answered = true;
    }

    /// Checks the in-memory state only; [`may_sign`] checks everything.
    pub fn check(&self) -> Result<SigningPermit, SigningBlocked> {
        let state = self.0.lock();
        match (&state.stop, state.answered) {
            (Some(stop), _) => Err(SigningBlocked::Stopped(stop.clone())),
            (None, false) => Err(SigningBlocked::WaitingForAnswer),
            (None, true) => Ok(SigningPermit {
                leave_gap: state.leave_gap,
            }),
        }
    }

    fn clock_confirmed(&self) -> bool {
        self.0.lock().clock_confirmed
    }
}

impl Stop {
    /// Rebuilds the message of a stored stop.
    pub fn from_stored(stop: &StoredStop, label: &str) -> Self {
        if stop.reason == StopReason::Equivocation.as_str() {
            return Self::equivocation(&stop.aggregator);
        }
        Self::behind(label, &stop.aggregator)
    }

    pub fn behind(label: &str, aggregator: &str) -> Self {
        Self {
            reason: StopReason::Behind,
            message: format!(
                "{aggregator} holds a newer head of this group, which this node has no record of \
                 signing: it may have been restored from an old backup, or run twice. Nothing is \
                 signed. Stop the node and run `hedgerow-node restore {label}`"
            ),
        }
    }

    pub fn rotated_elsewhere(aggregator: &str) -> Self {
        Self {
            reason: StopReason::Behind,
            message: format!(
                "{aggregator} holds a key log of this group that continues beyond this node's: \
                 its keys were rotated elsewhere, and this node's key no longer signs for it"
            ),
        }
    }

    pub fn equivocation(aggregator: &str) -> Self {
        Self {
            reason: StopReason::Equivocation,
            message: format!(
                "{aggregator} holds a head of this group that was not signed here and has the same \
                 number as one that was: the node runs twice, or someone else has its key. Nothing \
                 is signed until the group's keys are rotated with its phrase. Make sure that no \
                 second copy of this node runs"
            ),
        }
    }

    fn deactivated() -> Self {
        Self {
            reason: StopReason::Deactivated,
            message: "this group was deactivated with its phrase: no head is accepted after that, \
                      and nothing more can be published"
                .to_owned(),
        }
    }

    /// All sequence numbers under this key are used. In practice only a thief gets there, by
    /// signing the last number.
    pub fn seq_exhausted() -> Self {
        Self {
            reason: StopReason::SeqExhausted,
            message:
                "the group's heads have used up their numbers: rotate its keys with its phrase, \
                 and they start again at 1"
                    .to_owned(),
        }
    }

    fn clock_behind(now: Timestamp, than: &str) -> Self {
        Self {
            reason: StopReason::ClockBehind,
            message: format!(
                "this machine's clock shows {now}, which is before {than}. If the clock is wrong, \
                 set it right: waiting edits are then signed automatically. If it was wrong then \
                 and is right now, the steward can force a signature"
            ),
        }
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
    use super::*;

    const NEXT: Result<SigningPermit, SigningBlocked> = Ok(SigningPermit { leave_gap: false });
    const GAP: Result<SigningPermit, SigningBlocked> = Ok(SigningPermit { leave_gap: true });

    #[test]
    fn nothing_is_signed_before_an_answer() {
        let guard = SigningGuard::new(true, None);
        assert_eq!(guard.check(), Err(SigningBlocked::WaitingForAnswer));
        assert!(guard.record_answer(), "the first answer opens it");
        assert_eq!(guard.check(), NEXT);
        assert!(!guard.record_answer(), "the second changes nothing");
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
        guard.record_answer();
        guard.force();
        assert_eq!(guard.check(), NEXT);
    }

    #[test]
    fn a_stop_survives_answers_and_forced_signatures() {
        let guard = SigningGuard::new(true, Some(Stop::behind("us", "https://there:1")));
        guard.record_answer();
        guard.force();
        assert!(matches!(guard.check(), Err(SigningBlocked::Stopped(_))));
        guard.release();
        assert!(guard.check().is_ok());
    }
}
