//! A verified key log: appending events, and making the next one.

use hedgerow_proto::v1::{KeyEvent, KeyEventAction};

use super::error::{KeyLogError, MAX_EVENTS, MAX_LOG_BYTES};
use super::event;
use super::event::KeyEventEntry;
use crate::envelope::{Envelope, MAX_KEY_EVENT_BYTES, PayloadKind};
use crate::id::{Commitment, GroupId, PayloadHash};
use crate::keys::{SigningKey, VerifyingKey};

/// The result of [`KeyLog::append`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// The event is the new tip.
    Added,
    /// The event was in the log before.
    AlreadyHeld,
}

/// A key log whose every event was verified under the one before it. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLog {
    group_id: GroupId,
    events: Vec<KeyEventEntry>,
}

impl KeyLog {
    /// Starts a log with its event 0. The hash of that event's payload is the group's id.
    pub fn start(envelope: &[u8]) -> Result<Self, KeyLogError> {
        let first = event::verify_first(envelope)?;
        Ok(Self {
            group_id: GroupId::from_bytes(*first.hash.as_bytes()),
            events: vec![first],
        })
    }

    /// Verifies a whole log, in order from event 0. Repeated events are ignored.
    pub fn verify<I>(envelopes: I) -> Result<Self, KeyLogError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut envelopes = envelopes.into_iter();
        let mut log = Self::start(envelopes.next().ok_or(KeyLogError::Empty)?.as_ref())?;
        // Counting repeats too bounds the work for any list.
        for (count, envelope) in (1..).zip(envelopes) {
            if count >= MAX_EVENTS {
                return Err(KeyLogError::TooLong);
            }
            log.append(envelope.as_ref())?;
        }
        Ok(log)
    }

    /// Verifies a whole log from this server's own storage, without the padding that earlier
    /// versions stored.
    pub fn from_stored<I>(envelopes: I) -> Result<Self, KeyLogError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let lean = envelopes.into_iter().map(|envelope| {
            Envelope::from_stored(envelope.as_ref(), PayloadKind::KeyEvent)
                .map(Envelope::into_bytes)
        });
        Self::verify(lean.collect::<Result<Vec<_>, _>>()?)
    }

    /// Verifies one more event and appends it. A rival of an event in the log is verified before
    /// it is reported as a fork, so that an invalid event cannot freeze a group.
    pub fn append(&mut self, envelope: &[u8]) -> Result<Appended, KeyLogError> {
        let candidate = event::Candidate::parse(envelope)?;
        let index = candidate.index();
        let at = index as usize;
        match self.events.get(at) {
            Some(held) if held.hash == candidate.hash() => Ok(Appended::AlreadyHeld),
            // A group's id is the hash of its event 0, so another event 0 is another group.
            Some(_) if at == 0 => Err(KeyLogError::WrongGroup),
            Some(held) => {
                candidate.verify_after(&self.group_id, &self.events[at - 1])?;
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
            None if self.is_full(&candidate) => Err(KeyLogError::TooLong),
            None => {
                let next = candidate.verify_after(&self.group_id, self.tip())?;
                self.events.push(next);
                Ok(Appended::Added)
            }
        }
    }

    /// The log that shares this one's events below `index` and continues with a rival event.
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

    /// Makes the next rotation, signed by the recovery key that the tip commits to. The log itself
    /// does not change: pass the result to [`append`](Self::append).
    pub fn rotate(
        &self,
        recovery: &SigningKey,
        signing: &VerifyingKey,
        encryption_public: [u8; 32],
        next: Commitment,
    ) -> Result<Vec<u8>, KeyLogError> {
        self.rotate_setting_aside(recovery, signing, encryption_public, next, &[])
    }

    /// Makes a rotation that also sets rival branches aside, named by their tips.
    pub fn rotate_setting_aside(
        &self,
        recovery: &SigningKey,
        signing: &VerifyingKey,
        encryption_public: [u8; 32],
        next: Commitment,
        rival_tips: &[PayloadHash],
    ) -> Result<Vec<u8>, KeyLogError> {
        let mut event = self.next_event(recovery, KeyEventAction::Rotation);
        event.signing_key = signing.as_bytes().to_vec();
        event.encryption_key = encryption_public.to_vec();
        event.next_commitment = next.to_vec();
        event.set_aside_hashes = rival_tips.iter().map(PayloadHash::to_vec).collect();
        self.sign_next(&event, recovery)
    }

    /// Makes the deactivation, which ends the log permanently.
    pub fn deactivate(&self, recovery: &SigningKey) -> Result<Vec<u8>, KeyLogError> {
        self.deactivate_setting_aside(recovery, &[])
    }

    /// Makes a deactivation that also sets rival branches aside, named by their tips. A receiver
    /// that holds a rival would freeze the group instead of ending it.
    pub fn deactivate_setting_aside(
        &self,
        recovery: &SigningKey,
        rival_tips: &[PayloadHash],
    ) -> Result<Vec<u8>, KeyLogError> {
        let mut event = self.next_event(recovery, KeyEventAction::Deactivation);
        event.set_aside_hashes = rival_tips.iter().map(PayloadHash::to_vec).collect();
        self.sign_next(&event, recovery)
    }

    /// The fields that a rotation and a deactivation have in common.
    fn next_event(&self, recovery: &SigningKey, action: KeyEventAction) -> KeyEvent {
        KeyEvent {
            group_id: self.group_id.to_vec(),
            index: self.tip_index() + 1,
            previous_hash: self.tip_hash().to_vec(),
            recovery_key: recovery.public().as_bytes().to_vec(),
            action: action.into(),
            ..KeyEvent::default()
        }
    }

    /// Signs an event and verifies that it can be appended to this log.
    fn sign_next(&self, event: &KeyEvent, recovery: &SigningKey) -> Result<Vec<u8>, KeyLogError> {
        let envelope = event::seal(event, recovery);
        let candidate = event::Candidate::parse(&envelope)?;
        if self.is_full(&candidate) {
            return Err(KeyLogError::TooLong);
        }
        candidate.verify_after(&self.group_id, self.tip())?;
        Ok(envelope)
    }

    /// Whether one more event would exceed a bound of key logs. Envelopes do not count, because
    /// their hints are unsigned: a log would be too long at one server only.
    fn is_full(&self, next: &event::Candidate) -> bool {
        let (reserved_events, reserved_bytes) = if next.is_deactivation() {
            (0, 0)
        } else {
            (1, MAX_KEY_EVENT_BYTES)
        };
        let bytes: usize = self.events.iter().map(|event| event.payload_bytes).sum();
        self.events.len() + 1 + reserved_events > MAX_EVENTS
            || bytes + next.payload_bytes() + reserved_bytes > MAX_LOG_BYTES
    }

    /// The index of the event that an envelope names as its predecessor, or `None` if that event
    /// is not in this log. The envelope is not verified.
    #[must_use]
    pub fn parent_of(&self, envelope: &[u8]) -> Option<u32> {
        let candidate = event::Candidate::parse(envelope).ok()?;
        let parent = candidate.index().checked_sub(1)?;
        let held = self.event(parent)?;
        (candidate.previous_hash() == held.hash.as_bytes()).then_some(parent)
    }

    /// The group that the log belongs to.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.group_id
    }

    /// The payload hash of the newest event.
    #[must_use]
    pub fn tip_hash(&self) -> PayloadHash {
        self.tip().hash
    }

    /// The index of the newest event.
    #[must_use]
    pub fn tip_index(&self) -> u32 {
        self.tip().index
    }

    /// The newest event, whose keys are in force.
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

    /// All envelopes as they arrived, from event 0.
    #[must_use]
    pub fn envelopes(&self) -> Vec<Vec<u8>> {
        self.events
            .iter()
            .map(|event| event.envelope.clone())
            .collect()
    }

    /// The events after the one with this hash, or `None` if that event is not in the log.
    #[must_use]
    pub fn after(&self, hash: &PayloadHash) -> Option<&[KeyEventEntry]> {
        let at = self.events.iter().position(|event| event.hash == *hash)?;
        Some(&self.events[at + 1..])
    }

    /// The event at an index, or `None` beyond the tip.
    #[must_use]
    pub fn event(&self, index: u32) -> Option<&KeyEventEntry> {
        self.events.get(index as usize)
    }

    /// The key that signs heads under event `index`, or `None` if there is no such event or it is
    /// a deactivation.
    #[must_use]
    pub fn signing_key(&self, index: u32) -> Option<&VerifyingKey> {
        self.event(index)?.signing_key.as_ref()
    }

    /// Whether the group was deactivated.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.tip().is_deactivation()
    }

    /// All commitments in the log. `FindGroup` finds a group by any of them.
    pub fn commitments(&self) -> impl Iterator<Item = Commitment> {
        self.events.iter().filter_map(|event| event.commitment)
    }
}
