//! A head that its group's key log vouches for.

use hedgerow_proto::v1;
use prost::Message;

use super::ERASED_AFTER;
use super::HeadError;
use super::Indexing;
use super::LAPSES_AFTER;
use super::MAX_CLOCK_SKEW;
use super::MAX_LIFETIME;
use super::Position;
use super::Seq;
use crate::endpoint::Endpoint;
use crate::envelope::Envelope;
use crate::envelope::PayloadKind;
use crate::id::GroupId;
use crate::id::PayloadHash;
use crate::id::Root;
use crate::key_log::KeyEventEntry;
use crate::key_log::KeyLog;
use crate::name::View;
use crate::time::Timestamp;
use crate::tree::Manifest;

/// What a head says of itself, with nothing verified: enough to find the key log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadPeek {
    /// The group that it names.
    pub group_id: GroupId,
    /// The view that it names.
    pub view: View,
    /// Where it would stand in the order.
    pub position: Position,
    /// The hash of its payload.
    pub hash: PayloadHash,
    /// The key event that it names.
    pub key_event_hash: PayloadHash,
}

/// Looks at an unverified head.
pub fn peek(envelope: &[u8]) -> Result<HeadPeek, HeadError> {
    let envelope = Envelope::parse(envelope, PayloadKind::Head)?;
    let fields = Fields::decode(envelope.payload())?;
    Ok(HeadPeek {
        group_id: fields.group_id,
        view: fields.view,
        position: fields.position,
        hash: envelope.payload_hash(),
        key_event_hash: fields.key_event_hash,
    })
}

/// How old a head is, by the receiver's clock. A label, never an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freshness {
    /// Not expired.
    Fresh,
    /// Expired: shown, and labelled so.
    Stale,
    /// Expired for 180 days: not shown.
    Lapsed,
    /// Expired for 365 days: its bodies are erased.
    Erasable,
}

/// A head whose signature, key event and fields were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedHead {
    envelope: Vec<u8>,
    hash: PayloadHash,
    fields: Fields,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fields {
    group_id: GroupId,
    view: View,
    position: Position,
    key_event_hash: PayloadHash,
    root: Root,
    count: u32,
    previous: Option<PayloadHash>,
    issue_time: Timestamp,
    expire_time: Timestamp,
    endpoint: Option<Endpoint>,
    indexing: Indexing,
}

fn opened(envelope: &[u8]) -> Result<(Envelope, Fields), HeadError> {
    let envelope = Envelope::parse(envelope, PayloadKind::Head)?;
    let fields = Fields::decode(envelope.payload())?;
    Ok((envelope, fields))
}

impl VerifiedHead {
    /// Verifies a head that is to count now: it is signed under the newest event of the key log,
    /// and the group is not deactivated.
    pub fn verify(envelope: &[u8], log: &KeyLog) -> Result<Self, HeadError> {
        let head = Self::verify_past(envelope, log)?;
        head.check_current(log)?;
        Ok(head)
    }

    /// Verifies a head that may have been ended since, by a rotation or a deactivation: for what
    /// is kept as proof, or as the highest ever accepted.
    pub fn verify_past(envelope: &[u8], log: &KeyLog) -> Result<Self, HeadError> {
        let (envelope, fields) = opened(envelope)?;
        if fields.group_id != log.group_id() {
            return Err(HeadError::WrongGroup);
        }
        let index = fields.position.key_index;
        let event = log.event(index).ok_or(HeadError::KeyEventUnknown {
            index,
            tip: log.tip_index(),
        })?;
        Self::check(envelope, fields, &log.group_id(), event)
    }

    /// Verifies a head by the one key event under which it is signed: for whoever has verified
    /// that event as part of the group's key log before, and need not read the log again. Whether
    /// a later event ended the head is not looked at.
    pub fn verify_under(
        envelope: &[u8],
        group: &GroupId,
        event: &KeyEventEntry,
    ) -> Result<Self, HeadError> {
        let (envelope, fields) = opened(envelope)?;
        let index = fields.position.key_index;
        if index != event.index {
            let tip = event.index;
            return Err(HeadError::KeyEventUnknown { index, tip });
        }
        Self::check(envelope, fields, group, event)
    }

    fn check(
        envelope: Envelope,
        fields: Fields,
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

    /// Whether it still counts under a key log that may have grown since it was verified.
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

    /// Postpones a head that is dated more than [`MAX_CLOCK_SKEW`] ahead of this clock.
    pub fn check_issued(&self, now: Timestamp) -> Result<(), HeadError> {
        let issue_time = self.fields.issue_time;
        if issue_time > now.plus(MAX_CLOCK_SKEW) {
            Err(HeadError::FromTheFuture { issue_time })
        } else {
            Ok(())
        }
    }

    /// How old it is.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        let expires = self.fields.expire_time;
        if now < expires {
            Freshness::Fresh
        } else if now < expires.plus(LAPSES_AFTER) {
            Freshness::Stale
        } else if now < expires.plus(ERASED_AFTER) {
            Freshness::Lapsed
        } else {
            Freshness::Erasable
        }
    }

    /// The group.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.fields.group_id
    }

    /// The view.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.fields.view
    }

    /// Where it stands in the order.
    #[must_use]
    pub fn position(&self) -> Position {
        self.fields.position
    }

    /// The payload hash of the key event that it is signed under.
    #[must_use]
    pub fn key_event_hash(&self) -> PayloadHash {
        self.fields.key_event_hash
    }

    /// The hash of its payload.
    #[must_use]
    pub fn hash(&self) -> PayloadHash {
        self.hash
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Root {
        self.fields.root
    }

    /// The tree's size.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.fields.count
    }

    /// The payload hash of the head before it, where it names one.
    #[must_use]
    pub fn previous(&self) -> Option<PayloadHash> {
        self.fields.previous
    }

    /// When it was signed, by its node's clock.
    #[must_use]
    pub fn issue_time(&self) -> Timestamp {
        self.fields.issue_time
    }

    /// When it goes stale.
    #[must_use]
    pub fn expire_time(&self) -> Timestamp {
        self.fields.expire_time
    }

    /// Where the group's node is reached, where it says so.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.fields.endpoint.as_ref()
    }

    /// Who may index.
    #[must_use]
    pub fn indexing(&self) -> &Indexing {
        &self.fields.indexing
    }

    /// The envelope's bytes as they came.
    #[must_use]
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }
}

impl Fields {
    fn decode(payload: &[u8]) -> Result<Self, HeadError> {
        let malformed = HeadError::Malformed;
        let head = v1::Head::decode(payload).map_err(|_| malformed("the payload is no head"))?;
        let view = View::parse(&head.view).map_err(|_| malformed("its view is no name"))?;
        if head.view.is_empty() {
            return Err(malformed("its view has no name"));
        }
        let position = Position {
            key_index: head.key_index,
            seq: Seq::new(head.seq)?,
        };
        let previous = optional_hash(&head.previous_hash)?;
        if position.seq == Seq::FIRST && previous.is_some() {
            return Err(malformed("the first head under a key event follows none"));
        }
        let root = Root::try_from(head.root.as_slice()).map_err(|_| malformed("its root"))?;
        if (head.count == 0) != (root == Manifest::empty().root()) {
            return Err(malformed("its count and its root contradict each other"));
        }
        let (issue_time, expire_time) = lifetime(&head)?;
        Ok(Self {
            group_id: GroupId::try_from(head.group_id.as_slice())
                .map_err(|_| malformed("its group id"))?,
            view,
            position,
            key_event_hash: PayloadHash::try_from(head.key_event_hash.as_slice())
                .map_err(|_| malformed("its key event's hash"))?,
            root,
            count: head.count,
            previous,
            issue_time,
            expire_time,
            endpoint: head
                .endpoint
                .as_ref()
                .map(Endpoint::from_proto)
                .transpose()?,
            indexing: Indexing::from_proto(head.indexing.as_ref())?,
        })
    }
}

fn optional_hash(bytes: &[u8]) -> Result<Option<PayloadHash>, HeadError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let hash = PayloadHash::try_from(bytes);
    hash.map(Some)
        .map_err(|_| HeadError::Malformed("its previous head's hash"))
}

/// Both times, judged before they are cut to milliseconds.
fn lifetime(head: &v1::Head) -> Result<(Timestamp, Timestamp), HeadError> {
    let (Some(issued), Some(expires)) = (&head.issue_time, &head.expire_time) else {
        return Err(HeadError::Malformed("it lacks a time"));
    };
    let time = |time| {
        Timestamp::try_from(time).map_err(|_| HeadError::Malformed("a time is out of range"))
    };
    let times = (time(issued)?, time(expires)?);
    let begin = (issued.seconds, issued.nanos);
    let end = (expires.seconds, expires.nanos);
    let latest = (
        issued.seconds + MAX_LIFETIME.as_secs().cast_signed(),
        issued.nanos,
    );
    if begin < end && end <= latest {
        Ok(times)
    } else {
        Err(HeadError::Lifetime)
    }
}
