//! Key logs: which key signs for a group, and how a stolen one is turned out.
//!
//! A log is pre-rotated: every event commits to the recovery key that alone may sign the next one.
//! Recovery keys come from the phrase on paper, so that whoever steals a node can sign as long as
//! nobody rotates, and can never rotate.

mod branches;
mod event;

pub use branches::Branches;
pub use branches::Resolution;
pub use event::KeyEventEntry;
pub use event::incept;

use crate::envelope::EnvelopeError;
use crate::id::Commitment;
use crate::id::GroupId;
use crate::id::PayloadHash;
use crate::keys::KeyError;
use crate::keys::SigningKey;
use crate::keys::VerifyingKey;
use hedgerow_proto::v1::KeyEventAction;

/// The most events of a key log.
pub const MAX_EVENTS: usize = 1000;

/// The most bytes of a key log: of all its envelopes together.
pub const MAX_LOG_BYTES: usize = 1024 * 1024;

/// The most rival branches that one event sets aside.
pub const MAX_SET_ASIDE: usize = 16;

/// Why a key event, or a log of them, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyLogError {
    /// There is no event at all.
    #[error("the key log is empty")]
    Empty,
    /// The envelope or its signature.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is no key event, or a field is missing, too many, or of the wrong size.
    #[error("the key event is malformed: {0}")]
    Malformed(&'static str),
    /// A public key that does not count.
    #[error("the {field} of the key event does not count")]
    Key {
        /// Which key.
        field: &'static str,
        /// Why.
        source: KeyError,
    },
    /// An event of another group, or another group's inception.
    #[error("the key event belongs to another group")]
    WrongGroup,
    /// An event later than the next one.
    #[error("key event {found} came where {expected} was due")]
    OutOfOrder {
        /// The index that was due.
        expected: u32,
        /// The index that came.
        found: u32,
    },
    /// The previous event is not the one that this log holds.
    #[error("key event {0} does not follow the one before it in this log")]
    BrokenChain(u32),
    /// The recovery key is not the one committed to.
    #[error("key event {0} is not signed by the recovery key that was committed to")]
    NotCommitted(u32),
    /// The log ended with a deactivation.
    #[error("the group was deactivated: nothing can follow")]
    Ended,
    /// More than [`MAX_EVENTS`], or than [`MAX_LOG_BYTES`].
    #[error("a key log has at most {MAX_EVENTS} events and {MAX_LOG_BYTES} bytes")]
    TooLong,
    /// Two valid events at one index. Both envelopes are the proof.
    #[error("two rival key events at index {index}")]
    Fork {
        /// Where the branches part.
        index: u32,
        /// The envelope that the log holds.
        held: Vec<u8>,
        /// The rival's envelope.
        rival: Vec<u8>,
    },
}

impl KeyLogError {
    /// The stable name of this error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => "key_log_missing",
            Self::Envelope(error) => error.reason(),
            Self::Malformed(_) => "key_event_malformed",
            Self::Key { source, .. } => source.reason(),
            Self::WrongGroup => "key_event_wrong_group",
            Self::OutOfOrder { .. } => "key_event_out_of_order",
            Self::BrokenChain(_) => "key_event_broken_chain",
            Self::NotCommitted(_) => "key_event_not_committed",
            Self::Ended => "group_ended",
            Self::TooLong => "key_log_too_long",
            Self::Fork { .. } => "key_log_forked",
        }
    }
}

/// What became of an event given to [`KeyLog::append`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is the new tip.
    Added,
    /// The log held it already.
    AlreadyHeld,
}

/// A verified key log: every event follows from the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLog {
    group_id: GroupId,
    events: Vec<KeyEventEntry>,
}

impl KeyLog {
    /// Starts a log with its event 0; the group's id is the hash of that event's payload.
    pub fn start(envelope: &[u8]) -> Result<Self, KeyLogError> {
        let first = event::verify_first(envelope)?;
        Ok(Self {
            group_id: GroupId::from_bytes(*first.hash.as_bytes()),
            events: vec![first],
        })
    }

    /// Verifies a whole log, in order from event 0. Repeated events are let pass.
    pub fn verify<I>(envelopes: I) -> Result<Self, KeyLogError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut envelopes = envelopes.into_iter();
        let mut log = Self::start(envelopes.next().ok_or(KeyLogError::Empty)?.as_ref())?;
        // Repeats are bounded too: no list is longer than a log may be.
        for (count, envelope) in (1..).zip(envelopes) {
            if count >= MAX_EVENTS {
                return Err(KeyLogError::TooLong);
            }
            log.append(envelope.as_ref())?;
        }
        Ok(log)
    }

    /// Takes one more event, or says why not. A rival of an event held is verified before it is
    /// reported as a fork.
    pub fn append(&mut self, envelope: &[u8]) -> Result<Appended, KeyLogError> {
        let candidate = event::Candidate::parse(envelope)?;
        let index = candidate.index();
        let at = index as usize;
        match self.events.get(at) {
            Some(held) if held.hash == candidate.hash() => Ok(Appended::AlreadyHeld),
            // Another event 0 is another group.
            Some(_) if at == 0 => Err(KeyLogError::WrongGroup),
            Some(held) => {
                candidate.follow(&self.group_id, &self.events[at - 1])?;
                Err(KeyLogError::Fork {
                    index,
                    held: held.envelope.clone(),
                    rival: envelope.to_vec(),
                })
            }
            None if at > self.events.len() => Err(KeyLogError::OutOfOrder {
                expected: self.tip_index() + 1,
                found: index,
            }),
            None if self.is_full(envelope) => Err(KeyLogError::TooLong),
            None => {
                let next = candidate.follow(&self.group_id, self.tip())?;
                self.events.push(next);
                Ok(Appended::Added)
            }
        }
    }

    /// The log that shares this one's events below `index` and goes on with a rival.
    pub fn branch(&self, index: u32, rival: &[u8]) -> Result<Self, KeyLogError> {
        let shared = self
            .events
            .get(..index as usize)
            .filter(|events| !events.is_empty());
        let events = shared.ok_or(KeyLogError::WrongGroup)?.to_vec();
        let mut log = Self {
            group_id: self.group_id,
            events,
        };
        log.append(rival)?;
        Ok(log)
    }

    /// Makes the rotation that would follow, signed by the recovery key committed to. The log
    /// itself does not change: give the result to [`append`](Self::append).
    pub fn rotate(
        &self,
        recovery: &SigningKey,
        signing: &VerifyingKey,
        encryption_public: [u8; 32],
        next: Commitment,
    ) -> Result<Vec<u8>, KeyLogError> {
        self.rotate_setting_aside(recovery, signing, encryption_public, next, &[])
    }

    /// A rotation that also sets rival branches aside, by their tips.
    pub fn rotate_setting_aside(
        &self,
        recovery: &SigningKey,
        signing: &VerifyingKey,
        encryption_public: [u8; 32],
        next: Commitment,
        rival_tips: &[PayloadHash],
    ) -> Result<Vec<u8>, KeyLogError> {
        let mut event = event::following(self, recovery, KeyEventAction::Rotation);
        event.signing_key = signing.as_bytes().to_vec();
        event.encryption_key = encryption_public.to_vec();
        event.next_commitment = next.to_vec();
        event.set_aside = rival_tips.iter().map(PayloadHash::to_vec).collect();
        self.sign_next(&event, recovery)
    }

    /// Makes the deactivation that would end the log for good.
    pub fn deactivate(&self, recovery: &SigningKey) -> Result<Vec<u8>, KeyLogError> {
        let event = event::following(self, recovery, KeyEventAction::Deactivation);
        self.sign_next(&event, recovery)
    }

    /// Signs an event and makes sure that this very log would take it.
    fn sign_next(
        &self,
        event: &hedgerow_proto::v1::KeyEvent,
        recovery: &SigningKey,
    ) -> Result<Vec<u8>, KeyLogError> {
        let envelope = event::seal(event, recovery);
        if self.is_full(&envelope) {
            return Err(KeyLogError::TooLong);
        }
        event::Candidate::parse(&envelope)?.follow(&self.group_id, self.tip())?;
        Ok(envelope)
    }

    /// Whether there is no room for one more event.
    fn is_full(&self, next: &[u8]) -> bool {
        let bytes: usize = self.events.iter().map(|event| event.envelope.len()).sum();
        self.events.len() >= MAX_EVENTS || bytes + next.len() > MAX_LOG_BYTES
    }

    /// The index of the event that an envelope names as the one before it; none where this log
    /// does not hold that one. Nothing is verified.
    #[must_use]
    pub fn parent_of(&self, envelope: &[u8]) -> Option<u32> {
        let candidate = event::Candidate::parse(envelope).ok()?;
        let parent = candidate.index().checked_sub(1)?;
        let held = self.event(parent)?;
        (candidate.previous_hash() == held.hash.as_bytes()).then_some(parent)
    }

    /// The group.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.group_id
    }

    /// The hash of the newest event's payload.
    #[must_use]
    pub fn tip_hash(&self) -> PayloadHash {
        self.tip().hash
    }

    /// The index of the newest event.
    #[must_use]
    pub fn tip_index(&self) -> u32 {
        self.tip().index
    }

    /// The newest event.
    #[must_use]
    pub fn tip(&self) -> &KeyEventEntry {
        self.events
            .last()
            .expect("a key log begins with its event 0")
    }

    /// All events, from 0.
    #[must_use]
    pub fn events(&self) -> &[KeyEventEntry] {
        &self.events
    }

    /// All envelopes as they came, from event 0.
    #[must_use]
    pub fn envelopes(&self) -> Vec<Vec<u8>> {
        self.events
            .iter()
            .map(|event| event.envelope.clone())
            .collect()
    }

    /// The events after the one with this hash; none where the log does not hold that one.
    #[must_use]
    pub fn after(&self, hash: &PayloadHash) -> Option<&[KeyEventEntry]> {
        let at = self.events.iter().position(|event| event.hash == *hash)?;
        Some(&self.events[at + 1..])
    }

    /// The event at an index.
    #[must_use]
    pub fn event(&self, index: u32) -> Option<&KeyEventEntry> {
        self.events.get(index as usize)
    }

    /// The key that signs heads under event `index`; none where there is no such event or it is a
    /// deactivation.
    #[must_use]
    pub fn signing_key(&self, index: u32) -> Option<&VerifyingKey> {
        self.event(index)?.signing_key.as_ref()
    }

    /// Whether the group was deactivated.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.tip().is_deactivation()
    }

    /// Every commitment in it, by which `FindGroup` finds it.
    pub fn commitments(&self) -> impl Iterator<Item = Commitment> {
        self.events.iter().filter_map(|event| event.commitment)
    }
}

#[cfg(test)]
mod tests;
