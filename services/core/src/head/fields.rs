//! Decodes a head and checks its fields one by one, without verifying its signature.

use hedgerow_proto::v1;

use super::draft::HeadDraft;
use super::error::HeadError;
use super::freshness::MAX_LIFETIME;
use super::indexing::Indexing;
use super::position::{Position, Seq};
use crate::endpoint::Endpoint;
use crate::envelope::{Envelope, PayloadKind};
use crate::id::{GroupId, PayloadHash, Root};
use crate::name::View;
use crate::time::Timestamp;
use crate::tree::Manifest;
use crate::wire;

/// `issue_time`, `expire_time`, `endpoint` and `indexing`.
const MESSAGE_FIELDS: [u64; 4] = [9, 10, 11, 12];

/// The unverified fields of a head that are needed to find the group's key log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadPeek {
    /// The group that the head names.
    pub group_id: GroupId,
    /// The view that the head names.
    pub view: View,
    /// The position that the head claims.
    pub position: Position,
    /// The hash of the head's payload.
    pub hash: PayloadHash,
    /// The payload hash of the key event that the head names.
    pub key_event_hash: PayloadHash,
}

/// Reads a head without verifying its signature.
pub fn peek(envelope: &[u8]) -> Result<HeadPeek, HeadError> {
    let (envelope, fields) = open(envelope)?;
    Ok(HeadPeek {
        group_id: fields.group_id,
        position: fields.position(),
        view: fields.view,
        hash: envelope.payload_hash(),
        key_event_hash: fields.key_event_hash,
    })
}

/// Opens an envelope that holds a head, without checking its signature.
pub(super) fn open(envelope: &[u8]) -> Result<(Envelope, HeadDraft), HeadError> {
    let envelope = Envelope::parse(envelope, PayloadKind::Head)?;
    let fields = decode(envelope.payload())?;
    Ok((envelope, fields))
}

/// Opens a head from storage, without the padding that earlier versions stored.
pub(super) fn open_stored(envelope: &[u8]) -> Result<(Envelope, HeadDraft), HeadError> {
    let envelope = Envelope::from_stored(envelope, PayloadKind::Head)?;
    let fields = decode(envelope.payload())?;
    Ok((envelope, fields))
}

fn decode(payload: &[u8]) -> Result<HeadDraft, HeadError> {
    let malformed = HeadError::Malformed;
    let head: v1::Head = wire::decode(payload, &MESSAGE_FIELDS)
        .map_err(|_| malformed("the payload does not decode"))?;
    let view = View::parse(&head.view).map_err(|_| malformed("its view is not a valid name"))?;
    if head.view.is_empty() {
        return Err(malformed("its view is empty"));
    }
    let seq = Seq::new(head.seq)?;
    let previous = optional_hash(&head.previous_hash)?;
    if seq == Seq::FIRST && previous.is_some() {
        return Err(malformed(
            "the first head under a key event has no previous head",
        ));
    }
    let root =
        Root::try_from(head.root.as_slice()).map_err(|_| malformed("its root is not 32 bytes"))?;
    if (head.count == 0) != (root == Manifest::empty().root()) {
        return Err(malformed("its count and its root contradict each other"));
    }
    let (issue_time, expire_time) = lifetime(&head)?;
    Ok(HeadDraft {
        group_id: GroupId::try_from(head.group_id.as_slice())
            .map_err(|_| malformed("its group id is not 32 bytes"))?,
        view,
        key_index: head.key_index,
        seq,
        key_event_hash: PayloadHash::try_from(head.key_event_hash.as_slice())
            .map_err(|_| malformed("its key event's hash is not 32 bytes"))?,
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

fn optional_hash(bytes: &[u8]) -> Result<Option<PayloadHash>, HeadError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let hash = PayloadHash::try_from(bytes);
    hash.map(Some)
        .map_err(|_| HeadError::Malformed("its previous head's hash is not 32 bytes"))
}

/// The times of issue and expiry. They are compared before [`Timestamp`] cuts them to milliseconds:
/// a head that lives a nanosecond too long is refused.
fn lifetime(head: &v1::Head) -> Result<(Timestamp, Timestamp), HeadError> {
    let (Some(issued), Some(expires)) = (&head.issue_time, &head.expire_time) else {
        return Err(HeadError::Malformed("a time is missing"));
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
