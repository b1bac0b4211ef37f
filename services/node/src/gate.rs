//! Whether a group's node may sign: not before an aggregator has said what it holds,
//! and not while one holds a head that was not signed here.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use hedgerow_core::key_log::KeyLog;
use hedgerow_core::time::Timestamp;

use crate::store::KeptHead;
use crate::store::Stop;

/// Why a head cannot be signed now. Edits are kept and wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// No aggregator has answered since the node started.
    WaitingForAnswer,
    /// It will not pass by waiting.
    Stopped(Stopped),
}

/// Why signing is stopped, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// A stable reason.
    pub reason: &'static str,
    /// The same in words, with what to do next.
    pub words: String,
}

/// A group's permission to sign, for as long as the process lives.
#[derive(Debug)]
pub struct Gate(Mutex<State>);

#[derive(Debug)]
struct State {
    answered: bool,
    /// The next head skips far ahead, over heads that may have been signed and forgotten.
    skip: bool,
    /// The steward says that the clock is right, whatever the newest head's date says.
    clock_is_right: bool,
    stopped: Option<Stopped>,
}

impl Gate {
    /// Shut until an answer comes, where there is somebody to ask.
    pub fn new(somebody_to_ask: bool, stopped: Option<Stopped>) -> Self {
        Self(Mutex::new(State {
            answered: !somebody_to_ask,
            skip: false,
            clock_is_right: false,
            stopped,
        }))
    }

    /// An aggregator has said what it holds. True when nobody had before.
    pub fn answered(&self) -> bool {
        !std::mem::replace(&mut self.state().answered, true)
    }

    /// The steward signs without an answer, and at the time that the clock says: order
    /// never rests on it.
    pub fn overridden(&self) {
        let mut state = self.state();
        state.skip |= !state.answered;
        state.answered = true;
        state.clock_is_right = true;
    }

    /// A head was signed: it has skipped ahead, if it had to, and has today's date.
    pub fn signed(&self) {
        let mut state = self.state();
        state.skip = false;
        state.clock_is_right = false;
    }

    /// Stops until [`Gate::released`].
    pub fn stop(&self, stopped: Stopped) {
        self.state().stopped = Some(stopped);
    }

    /// What stopped it is settled.
    pub fn released(&self) {
        let mut state = self.state();
        state.stopped = None;
        state.answered = true;
    }

    /// Whether the next head skips ahead; or why there can be none.
    pub fn may_sign(&self) -> Result<bool, Obstacle> {
        let state = self.state();
        match (&state.stopped, state.answered) {
            (Some(stopped), _) => Err(Obstacle::Stopped(stopped.clone())),
            (None, false) => Err(Obstacle::WaitingForAnswer),
            (None, true) => Ok(state.skip),
        }
    }

    fn clock_is_right(&self) -> bool {
        self.state().clock_is_right
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stopped {
    /// What a kept stop means.
    pub fn from_kept(stop: &Stop, label: &str) -> Self {
        if stop.reason == Self::EQUIVOCATION {
            return Self::equivocation(&stop.aggregator);
        }
        Self::behind(label, &stop.aggregator)
    }

    /// Another head, of the same place in the order, is out there.
    pub const EQUIVOCATION: &'static str = "equivocation";
    /// A newer head, or key log, is out there.
    pub const BEHIND: &'static str = "behind";

    /// An aggregator holds a newer head than this node remembers signing.
    pub fn behind(label: &str, aggregator: &str) -> Self {
        Self {
            reason: Self::BEHIND,
            words: format!(
                "{aggregator} holds a newer head of this group, which this node does not remember \
                 signing: it may have been restored from an old backup, or run twice. Nothing is \
                 signed. Stop the node and run `hedgerow-node take-newer {label}`"
            ),
        }
    }

    /// An aggregator holds the key log of a later rotation.
    pub fn rotated_elsewhere(aggregator: &str) -> Self {
        Self {
            reason: Self::BEHIND,
            words: format!(
                "{aggregator} holds a key log of this group that goes on where this node's ends: \
                 its keys were rotated elsewhere, and this node's key no longer signs for it"
            ),
        }
    }

    /// Two heads at one place: this node runs twice, or its key is in other hands.
    pub fn equivocation(aggregator: &str) -> Self {
        Self {
            reason: Self::EQUIVOCATION,
            words: format!(
                "{aggregator} holds a head of this group that was not signed here and has the same \
                 number as one that was: the node runs twice, or somebody else has its key. Nothing \
                 is signed until the group's keys are rotated with its phrase. See that no second \
                 copy of this node runs"
            ),
        }
    }

    fn deactivated() -> Self {
        Self {
            reason: "deactivated",
            words: "this group was deactivated with its phrase: no head is accepted after that, \
                    nothing more can be published"
                .to_owned(),
        }
    }

    /// No number is left under this key: only a thief signs the last one.
    pub fn seq_exhausted() -> Self {
        Self {
            reason: "seq_exhausted",
            words:
                "the group's heads have used up their numbers: rotate its keys with its phrase, \
                    and they begin again at 1"
                    .to_owned(),
        }
    }

    fn clock_behind(now: Timestamp, than: &str) -> Self {
        Self {
            reason: "clock_behind",
            words: format!(
                "this machine's clock says {now}, which is before {than}. If the clock is wrong, \
                 set it right: what waits is then signed by itself. If it was wrong then and is \
                 right now, the steward can sign anyway"
            ),
        }
    }
}

/// No head can honestly be older than the protocol: 1 January 2026.
const PROTOCOL_BEGAN: Timestamp = Timestamp::from_seconds(1_767_225_600);
const TOLERANCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Everything that can keep a group's node from signing, in one place: what signs asks
/// it, and what tells the steward asks it too. `Ok(true)`: the next head skips ahead.
pub fn may_sign(
    gate: &Gate,
    key_log: &KeyLog,
    newest: Option<&KeptHead>,
    now: Timestamp,
) -> Result<bool, Obstacle> {
    if key_log.is_ended() {
        return Err(Obstacle::Stopped(Stopped::deactivated()));
    }
    if now < PROTOCOL_BEGAN {
        let than = "any head could be signed";
        return Err(Obstacle::Stopped(Stopped::clock_behind(now, than)));
    }
    let later = newest.filter(|newest| newest.issued_at.minus(TOLERANCE) > now);
    if let Some(newest) = later.filter(|_| !gate.clock_is_right()) {
        let than = format!("its newest head was signed ({})", newest.issued_at);
        return Err(Obstacle::Stopped(Stopped::clock_behind(now, &than)));
    }
    gate.may_sign()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_signed_before_an_answer() {
        let gate = Gate::new(true, None);
        assert_eq!(gate.may_sign(), Err(Obstacle::WaitingForAnswer));
        assert!(gate.answered(), "the first answer opens it");
        assert_eq!(gate.may_sign(), Ok(false));
        assert!(!gate.answered(), "the second opens nothing");
    }

    #[test]
    fn with_nobody_to_ask_it_signs_at_once() {
        assert_eq!(Gate::new(false, None).may_sign(), Ok(false));
    }

    #[test]
    fn an_override_skips_once() {
        let gate = Gate::new(true, None);
        gate.overridden();
        assert_eq!(gate.may_sign(), Ok(true));
        gate.signed();
        assert_eq!(gate.may_sign(), Ok(false));
    }

    #[test]
    fn an_override_after_an_answer_skips_nothing() {
        let gate = Gate::new(true, None);
        gate.answered();
        gate.overridden();
        assert_eq!(gate.may_sign(), Ok(false));
    }

    #[test]
    fn a_stop_outlasts_answers_and_overrides() {
        let gate = Gate::new(true, Some(Stopped::behind("us", "https://there:1")));
        gate.answered();
        gate.overridden();
        assert!(matches!(gate.may_sign(), Err(Obstacle::Stopped(_))));
        gate.released();
        assert!(gate.may_sign().is_ok());
    }
}
