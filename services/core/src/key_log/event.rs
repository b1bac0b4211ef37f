//! Key events: making them, and verifying each against the one before it.

use hedgerow_proto::v1::{KeyEvent, KeyEventAction};
use prost::Message;

use super::error::{KeyLogError, MAX_SET_ASIDE};
use crate::digest::sha256;
use crate::envelope::{Envelope, PayloadKind};
use crate::id::{Commitment, GroupId, PayloadHash};
use crate::keys::{SigningKey, VerifyingKey, check_encryption_key};
use crate::{envelope, wire};

/// A verified event of a key log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEventEntry {
    /// The event's index in the log.
    pub index: u32,
    /// The hash of the event's payload.
    pub hash: PayloadHash,
    /// The event's envelope as it arrived.
    pub envelope: Vec<u8>,
    /// The number of bytes of the event's payload.
    pub payload_bytes: usize,
    /// The key that signs heads from here on, or `None` in a deactivation.
    pub signing_key: Option<VerifyingKey>,
    /// The key to which messages are sealed from here on, or `None` in a deactivation.
    pub encryption_key: Option<[u8; 32]>,
    /// The commitment to the next recovery key, or `None` in a deactivation.
    pub commitment: Option<Commitment>,
    /// The recovery key that signed the event, or `None` in event 0.
    pub recovery_key: Option<VerifyingKey>,
    /// The tips of rival branches that the event sets aside.
    pub set_aside: Vec<PayloadHash>,
}

impl KeyEventEntry {
    /// Reads an event that was verified before it was stored. Its signature and its predecessor
    /// are not verified again.
    pub fn from_stored(envelope: &[u8]) -> Result<Self, KeyLogError> {
        let Candidate { envelope, event } = Candidate::from_stored(envelope)?;
        if event.index == 0 {
            return first_entry(&envelope, &event);
        }
        let recovery = parse_key(&event.recovery_key, "recovery key")?;
        entry(&envelope, &event, recovery)
    }

    /// Whether the event ends the log.
    #[must_use]
    pub fn is_deactivation(&self) -> bool {
        self.signing_key.is_none()
    }
}

/// Makes event 0 of a new group, signed by the signing key that it announces: no earlier event
/// could commit to a recovery key.
#[must_use]
pub fn incept(
    key: &SigningKey,
    encryption_public: [u8; 32],
    next: Commitment,
    nonce: [u8; 16],
) -> Vec<u8> {
    let event = KeyEvent {
        signing_key: key.public().as_bytes().to_vec(),
        encryption_key: encryption_public.to_vec(),
        next_commitment: next.to_vec(),
        nonce: nonce.to_vec(),
        action: KeyEventAction::Inception.into(),
        ..KeyEvent::default()
    };
    seal(&event, key)
}

/// Derives the commitment to a recovery key: SHA-256(`hedgerow/v1/next` ‖ public key). The key
/// stays unknown until it signs.
#[must_use]
pub fn commitment_to(recovery: &VerifyingKey) -> Commitment {
    Commitment::from_bytes(sha256(&[b"hedgerow/v1/next", recovery.as_bytes()]))
}

pub(super) fn seal(event: &KeyEvent, key: &SigningKey) -> Vec<u8> {
    envelope::sign(PayloadKind::KeyEvent, &event.encode_to_vec(), key)
}

/// Verifies event 0 under the key that it announces.
pub(super) fn verify_first(envelope: &[u8]) -> Result<KeyEventEntry, KeyLogError> {
    let Candidate { envelope, event } = Candidate::parse(envelope)?;
    let entry = first_entry(&envelope, &event)?;
    envelope.verify(&parse_key(&event.signing_key, "signing key")?)?;
    Ok(entry)
}

/// Checks everything in event 0 but its signature.
fn first_entry(envelope: &Envelope, event: &KeyEvent) -> Result<KeyEventEntry, KeyLogError> {
    if event.index != 0 {
        return Err(KeyLogError::OutOfOrder {
            expected: 0,
            found: event.index,
        });
    }
    let malformed = |what| Err(KeyLogError::Malformed(what));
    if event.action() != KeyEventAction::Inception {
        return malformed("event 0 must be an inception");
    }
    if !event.group_id.is_empty() || !event.previous_hash.is_empty() {
        return malformed("event 0 must not name a group or a previous event");
    }
    if !event.recovery_key.is_empty() || !event.set_aside_hashes.is_empty() {
        return malformed("event 0 must not have a recovery key or set branches aside");
    }
    if event.nonce.len() != 16 {
        return malformed("the nonce of event 0 must be 16 random bytes");
    }
    Ok(KeyEventEntry {
        index: 0,
        hash: envelope.payload_hash(),
        payload_bytes: envelope.payload().len(),
        envelope: envelope.bytes().to_vec(),
        signing_key: Some(parse_key(&event.signing_key, "signing key")?),
        encryption_key: Some(encryption_key(event)?),
        commitment: Some(commitment(event)?),
        recovery_key: None,
        set_aside: Vec::new(),
    })
}

/// A decoded event that is not verified yet.
pub(super) struct Candidate {
    envelope: Envelope,
    event: KeyEvent,
}

impl Candidate {
    pub(super) fn parse(envelope: &[u8]) -> Result<Self, KeyLogError> {
        Self::decode(Envelope::parse(envelope, PayloadKind::KeyEvent)?)
    }

    /// Reads an event from storage, without the padding that earlier versions stored.
    pub(super) fn from_stored(envelope: &[u8]) -> Result<Self, KeyLogError> {
        Self::decode(Envelope::from_stored(envelope, PayloadKind::KeyEvent)?)
    }

    fn decode(envelope: Envelope) -> Result<Self, KeyLogError> {
        let event: KeyEvent = wire::decode(envelope.payload(), &[])
            .map_err(|_| KeyLogError::Malformed("the payload does not decode"))?;
        Ok(Self { envelope, event })
    }

    pub(super) fn index(&self) -> u32 {
        self.event.index
    }

    pub(super) fn hash(&self) -> PayloadHash {
        self.envelope.payload_hash()
    }

    /// Whether the event claims to end the log.
    pub(super) fn is_deactivation(&self) -> bool {
        self.event.action() == KeyEventAction::Deactivation
    }

    pub(super) fn payload_bytes(&self) -> usize {
        self.envelope.payload().len()
    }

    pub(super) fn previous_hash(&self) -> &[u8] {
        &self.event.previous_hash
    }

    /// Verifies the event as the next one after `previous` in the log of `group`.
    pub(super) fn verify_after(
        self,
        group: &GroupId,
        previous: &KeyEventEntry,
    ) -> Result<KeyEventEntry, KeyLogError> {
        let Self { envelope, event } = self;
        let index = event.index;
        let committed = previous.commitment.ok_or(KeyLogError::Ended)?;
        if event.group_id != group.as_bytes() {
            return Err(KeyLogError::WrongGroup);
        }
        if event.previous_hash != previous.hash.as_bytes() {
            return Err(KeyLogError::BrokenChain(index));
        }
        if !event.nonce.is_empty() {
            return Err(KeyLogError::Malformed("only event 0 may have a nonce"));
        }
        let recovery = parse_key(&event.recovery_key, "recovery key")?;
        if commitment_to(&recovery) != committed {
            return Err(KeyLogError::NotCommitted(index));
        }
        // The signature last: it is by far the most expensive check.
        let entry = entry(&envelope, &event, recovery)?;
        envelope.verify(&recovery)?;
        Ok(entry)
    }
}

/// Reads an event after event 0 and checks the form of its fields.
fn entry(
    envelope: &Envelope,
    event: &KeyEvent,
    recovery: VerifyingKey,
) -> Result<KeyEventEntry, KeyLogError> {
    let keys = new_keys(event)?;
    if event.set_aside_hashes.len() > MAX_SET_ASIDE {
        return Err(KeyLogError::Malformed(
            "an event may set at most 16 branches aside",
        ));
    }
    let set_aside = event
        .set_aside_hashes
        .iter()
        .map(|tip| PayloadHash::try_from(tip.as_slice()))
        .collect::<Result<_, _>>()
        .map_err(|_| KeyLogError::Malformed("the tip of a branch set aside must be 32 bytes"))?;
    Ok(KeyEventEntry {
        index: event.index,
        hash: envelope.payload_hash(),
        envelope: envelope.bytes().to_vec(),
        payload_bytes: envelope.payload().len(),
        signing_key: keys.map(|keys| keys.0),
        encryption_key: keys.map(|keys| keys.1),
        commitment: keys.map(|keys| keys.2),
        recovery_key: Some(recovery),
        set_aside,
    })
}

/// The keys that a rotation announces, or `None` for a deactivation.
fn new_keys(event: &KeyEvent) -> Result<Option<(VerifyingKey, [u8; 32], Commitment)>, KeyLogError> {
    match event.action() {
        KeyEventAction::Rotation => Ok(Some((
            parse_key(&event.signing_key, "signing key")?,
            encryption_key(event)?,
            commitment(event)?,
        ))),
        KeyEventAction::Deactivation => {
            let is_empty = event.signing_key.is_empty()
                && event.encryption_key.is_empty()
                && event.next_commitment.is_empty();
            if is_empty {
                Ok(None)
            } else {
                Err(KeyLogError::Malformed(
                    "a deactivation must not announce keys",
                ))
            }
        }
        KeyEventAction::Inception | KeyEventAction::Unspecified => Err(KeyLogError::Malformed(
            "an event after event 0 must be a rotation or a deactivation",
        )),
    }
}

fn parse_key(bytes: &[u8], field: &'static str) -> Result<VerifyingKey, KeyLogError> {
    VerifyingKey::parse(bytes).map_err(|source| KeyLogError::Key { field, source })
}

fn encryption_key(event: &KeyEvent) -> Result<[u8; 32], KeyLogError> {
    let bytes = event.encryption_key.as_slice();
    let key = bytes
        .try_into()
        .map_err(|_| KeyLogError::Malformed("the encryption key must be 32 bytes"))?;
    check_encryption_key(&key).map_err(|source| KeyLogError::Key {
        field: "encryption key",
        source,
    })?;
    Ok(key)
}

fn commitment(event: &KeyEvent) -> Result<Commitment, KeyLogError> {
    Commitment::try_from(event.next_commitment.as_slice())
        .map_err(|_| KeyLogError::Malformed("the commitment must be 32 bytes"))
}
