//! Heads verified under their group's key log.

use super::draft::HeadDraft;
use super::error::HeadError;
use super::fields::{open, open_stored};
use super::freshness::{Freshness, MAX_CLOCK_SKEW};
use super::indexing::Indexing;
use super::position::Position;
use crate::endpoint::Endpoint;
use crate::envelope::Envelope;
use crate::id::{GroupId, PayloadHash, Root};
use crate::key_log::{KeyEventEntry, KeyLog};
use crate::name::View;
use crate::time::Timestamp;

/// A head whose signature, key event and fields were verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedHead {
    envelope: Vec<u8>,
    hash: PayloadHash,
    fields: HeadDraft,
}

impl VerifiedHead {
    /// Verifies a head as currently valid: signed under the newest event of the key log, in a
    /// group that is not deactivated.
    pub fn verify(envelope: &[u8], log: &KeyLog) -> Result<Self, HeadError> {
        let head = Self::check_under_log(open(envelope)?, log)?;
        head.check_current(log)?;
        Ok(head)
    }

    /// Verifies a head that a rotation or deactivation may have ended since: for heads kept as
    /// proof, or as the highest ever accepted. Padding of the envelope is dropped: what a group has
    /// signed counts, even if an earlier version stored it with unsigned bytes.
    pub fn verify_past(envelope: &[u8], log: &KeyLog) -> Result<Self, HeadError> {
        Self::check_under_log(open_stored(envelope)?, log)
    }

    fn check_under_log(
        (envelope, fields): (Envelope, HeadDraft),
        log: &KeyLog,
    ) -> Result<Self, HeadError> {
        if fields.group_id != log.group_id() {
            return Err(HeadError::WrongGroup);
        }
        let index = fields.key_index;
        let event = log.event(index).ok_or(HeadError::KeyEventUnknown {
            index,
            tip: log.tip_index(),
        })?;
        Self::check(envelope, fields, &log.group_id(), event)
    }

    /// Verifies a head under one key event, which the caller has verified before as part of the
    /// group's key log, so that the log need not be read again. Does not check whether a later
    /// event ended the head.
    pub fn verify_under(
        envelope: &[u8],
        group: &GroupId,
        event: &KeyEventEntry,
    ) -> Result<Self, HeadError> {
        Self::check_under_event(open(envelope)?, group, event)
    }

    /// Verifies a head from this server's own storage under one key event, without the padding
    /// that earlier versions stored.
    pub fn from_stored(
        envelope: &[u8],
        group: &GroupId,
        event: &KeyEventEntry,
    ) -> Result<Self, HeadError> {
        Self::check_under_event(open_stored(envelope)?, group, event)
    }

    fn check_under_event(
        (envelope, fields): (Envelope, HeadDraft),
        group: &GroupId,
        event: &KeyEventEntry,
    ) -> Result<Self, HeadError> {
        let index = fields.key_index;
        if index != event.index {
            let tip = event.index;
            return Err(HeadError::KeyEventUnknown { index, tip });
        }
        Self::check(envelope, fields, group, event)
    }

    fn check(
        envelope: Envelope,
        fields: HeadDraft,
        group: &GroupId,
        event: &KeyEventEntry,
    ) -> Result<Self, HeadError> {
        if fields.group_id != *group {
            return Err(HeadError::WrongGroup);
        }
        if event.hash != fields.key_event_hash {
            return Err(HeadError::KeyEventMismatch {
                index: event.index,
                found: fields.key_event_hash,
            });
        }
        envelope.verify(event.signing_key.as_ref().ok_or(HeadError::GroupEnded)?)?;
        Ok(Self {
            hash: envelope.payload_hash(),
            envelope: envelope.into_bytes(),
            fields,
        })
    }

    /// Checks that the head is still valid under a key log that may have grown since.
    pub fn check_current(&self, log: &KeyLog) -> Result<(), HeadError> {
        let (index, tip) = (self.position().key_index, log.tip_index());
        if self.group_id() != log.group_id() {
            Err(HeadError::WrongGroup)
        } else if log.is_ended() {
            Err(HeadError::GroupEnded)
        } else if index > tip {
            Err(HeadError::KeyEventUnknown { index, tip })
        } else if index < tip {
            Err(HeadError::KeyEnded { index, tip })
        } else if self.fields.key_event_hash != log.tip_hash() {
            Err(HeadError::KeyEventMismatch {
                index,
                found: self.fields.key_event_hash,
            })
        } else {
            Ok(())
        }
    }

    /// Checks that the head is dated at most [`MAX_CLOCK_SKEW`] ahead of the receiver's clock.
    pub fn check_issued(&self, now: Timestamp) -> Result<(), HeadError> {
        let issue_time = self.fields.issue_time;
        if issue_time > now.plus(MAX_CLOCK_SKEW) {
            Err(HeadError::FromTheFuture { issue_time })
        } else {
            Ok(())
        }
    }

    /// The label for the head's age at `now`.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        Freshness::of(self.fields.expire_time, now)
    }

    /// The group that signed.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.fields.group_id
    }

    /// The view whose records the head commits to.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.fields.view
    }

    /// The head's position among those of its group and view.
    #[must_use]
    pub fn position(&self) -> Position {
        self.fields.position()
    }

    /// The payload hash of the key event whose key signed the head.
    #[must_use]
    pub fn key_event_hash(&self) -> PayloadHash {
        self.fields.key_event_hash
    }

    /// The hash of the head's payload, by which the next head refers to it.
    #[must_use]
    pub fn hash(&self) -> PayloadHash {
        self.hash
    }

    /// The root of the tree over the view's records.
    #[must_use]
    pub fn root(&self) -> Root {
        self.fields.root
    }

    /// The number of leaves in that tree.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.fields.count
    }

    /// The payload hash of the previous head, if the head names one.
    #[must_use]
    pub fn previous(&self) -> Option<PayloadHash> {
        self.fields.previous
    }

    /// The time of signing, by the node's clock.
    #[must_use]
    pub fn issue_time(&self) -> Timestamp {
        self.fields.issue_time
    }

    /// The time at which the head becomes stale.
    #[must_use]
    pub fn expire_time(&self) -> Timestamp {
        self.fields.expire_time
    }

    /// The endpoint of the group's node, if the group publishes it.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.fields.endpoint.as_ref()
    }

    /// The aggregators that may index the records.
    #[must_use]
    pub fn indexing(&self) -> &Indexing {
        &self.fields.indexing
    }

    /// The envelope's bytes as they arrived.
    #[must_use]
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }
}
