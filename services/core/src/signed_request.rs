//! Signed requests: what a group asks of a server in its own name, once and for a short time.

use std::time::Duration;

use hedgerow_proto::v1;
use prost::Message;

use crate::digest::sha256;
use crate::envelope::{Envelope, EnvelopeError, PayloadKind};
use crate::id::{GroupId, PayloadHash, RequestId};
use crate::key_log::KeyEventEntry;
use crate::keys::SigningKey;
use crate::time::Timestamp;
use crate::{envelope, wire};

/// The longest time between the signing of a request and its end.
pub const MAX_REQUEST_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// How far a sender's clock may be ahead of the receiver's.
pub const MAX_REQUEST_SKEW: Duration = Duration::from_secs(5 * 60);

/// `issue_time` and `expire_time`.
const MESSAGE_FIELDS: [u64; 2] = [6, 7];

/// The reason why a signed request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The envelope or its signature is invalid.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload does not decode, or a field is missing or of the wrong size.
    #[error("the signed request is malformed: {0}")]
    Malformed(&'static str),
    /// It names another method than the one that was called.
    #[error("the signed request is for another method")]
    WrongMethod,
    /// It names another server.
    #[error("the signed request is for another server: call `GetAdmission` for this server's id")]
    WrongReceiver,
    /// The body is not the one that was signed.
    #[error("the body is not the one that was signed")]
    BodyMismatch,
    /// The group's key log is known up to an earlier event only.
    #[error(
        "the signed request's key is unknown: the key log is known up to event {known}, \
         push the newer events first"
    )]
    KeyUnknown {
        /// The index of the last known event.
        known: u32,
    },
    /// A later key event has replaced the key.
    #[error("the signed request's key has ended: sign with that of event {current}")]
    KeyEnded {
        /// The index of the last event.
        current: u32,
    },
    /// The group was deactivated.
    #[error("the group has ended: nothing is done in its name")]
    GroupEnded,
    /// The times are not in order, or too far apart.
    #[error(
        "the signed request's times are invalid: expected an end after its issue, by at most 10 \
         minutes"
    )]
    Lifetime,
    /// Its end has passed.
    #[error("the signed request has expired: sign again with the time of this refusal")]
    Expired,
    /// It was signed by a clock that is ahead.
    #[error("the signed request is from the future: sign again with the time of this refusal")]
    FromTheFuture,
}

impl RequestError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Envelope(error) => error.reason(),
            Self::Malformed(_) => "request_malformed",
            Self::WrongMethod => "request_wrong_method",
            Self::WrongReceiver => "request_wrong_receiver",
            Self::BodyMismatch => "request_body_mismatch",
            Self::KeyUnknown { .. } => "request_key_unknown",
            Self::KeyEnded { .. } => "request_key_ended",
            Self::GroupEnded => "group_ended",
            Self::Lifetime => "request_lifetime",
            Self::Expired => "request_expired",
            Self::FromTheFuture => "request_from_the_future",
        }
    }

    /// Whether the sender's clock differs too much: signed again with the receiver's time, the
    /// request would be accepted.
    #[must_use]
    pub fn is_about_time(&self) -> bool {
        matches!(self, Self::Expired | Self::FromTheFuture)
    }
}

/// The contents of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDraft {
    /// The full name of the method, such as `hedgerow.inbox.v1.InboxService/FetchMessages`.
    pub method: String,
    /// The group that signs.
    pub sender: GroupId,
    /// The key event whose signing key signs.
    pub sender_key_index: u32,
    /// The server's own group id.
    pub receiver: GroupId,
    /// Random, and used once.
    pub request_id: RequestId,
    /// The time of signing.
    pub issue_time: Timestamp,
    /// The end, at most [`MAX_REQUEST_LIFETIME`] later.
    pub expire_time: Timestamp,
    /// The hash of the body that comes with it.
    pub body_hash: PayloadHash,
}

impl RequestDraft {
    /// Signs the request. Returns the envelope.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let payload = v1::SignedRequest {
            method: self.method.clone(),
            sender_id: self.sender.to_vec(),
            sender_key_index: self.sender_key_index,
            receiver_id: self.receiver.to_vec(),
            request_id: self.request_id.as_bytes().to_vec(),
            issue_time: Some(self.issue_time.to_proto()),
            expire_time: Some(self.expire_time.to_proto()),
            body_hash: self.body_hash.to_vec(),
        };
        envelope::sign(PayloadKind::Request, &payload.encode_to_vec(), key)
    }
}

/// The hash of a body, as a request names it.
#[must_use]
pub fn body_hash(body: &[u8]) -> PayloadHash {
    PayloadHash::from_bytes(sha256(&[body]))
}

/// A request whose signature is not verified yet: the receiver must first find the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedRequest {
    envelope: Envelope,
    fields: RequestDraft,
}

impl UnverifiedRequest {
    /// Parses a request and checks that it is for this method, server and body.
    ///
    /// # Errors
    /// For malformed bytes, and for another method, server or body.
    pub fn parse(
        bytes: &[u8],
        method: &str,
        receiver: &GroupId,
        body: &[u8],
    ) -> Result<Self, RequestError> {
        let envelope = Envelope::parse(bytes, PayloadKind::Request)?;
        let fields = decode(envelope.payload())?;
        if fields.method != method {
            return Err(RequestError::WrongMethod);
        }
        if fields.receiver != *receiver {
            return Err(RequestError::WrongReceiver);
        }
        if fields.body_hash != body_hash(body) {
            return Err(RequestError::BodyMismatch);
        }
        Ok(Self { envelope, fields })
    }

    /// The group that the request names as its sender.
    #[must_use]
    pub fn sender(&self) -> &GroupId {
        &self.fields.sender
    }

    /// Verifies the signature by the last event of the sender's key log, then the times by the
    /// receiver's clock. The clock comes last, so that only the group learns the receiver's time.
    ///
    /// # Errors
    /// For a group that has ended, another key, a wrong signature, and times that do not fit.
    pub fn verify(
        self,
        tip: &KeyEventEntry,
        now: Timestamp,
    ) -> Result<VerifiedRequest, RequestError> {
        let fields = self.fields;
        let key = tip.signing_key.ok_or(RequestError::GroupEnded)?;
        if fields.sender_key_index > tip.index {
            return Err(RequestError::KeyUnknown { known: tip.index });
        }
        if fields.sender_key_index < tip.index {
            return Err(RequestError::KeyEnded { current: tip.index });
        }
        self.envelope.verify(&key)?;
        let (issue, expire) = (fields.issue_time, fields.expire_time);
        if expire <= issue || expire.since(issue) > MAX_REQUEST_LIFETIME {
            return Err(RequestError::Lifetime);
        }
        if issue > now.plus(MAX_REQUEST_SKEW) {
            return Err(RequestError::FromTheFuture);
        }
        if expire <= now {
            return Err(RequestError::Expired);
        }
        Ok(VerifiedRequest {
            hash: self.envelope.payload_hash(),
            fields,
        })
    }
}

/// A request that its group signed, for this method, server and body, and that has not expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRequest {
    hash: PayloadHash,
    fields: RequestDraft,
}

impl VerifiedRequest {
    /// The group that signed it.
    #[must_use]
    pub fn sender(&self) -> &GroupId {
        &self.fields.sender
    }

    /// The id, which the receiver must remember until [`Self::expire_time`].
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.fields.request_id
    }

    /// The time after which the request is refused by the clock alone.
    #[must_use]
    pub fn expire_time(&self) -> Timestamp {
        self.fields.expire_time
    }

    /// The hash of the payload: another one with the same id is another request.
    #[must_use]
    pub fn hash(&self) -> &PayloadHash {
        &self.hash
    }
}

fn decode(payload: &[u8]) -> Result<RequestDraft, RequestError> {
    let malformed = RequestError::Malformed;
    let request: v1::SignedRequest = wire::decode(payload, &MESSAGE_FIELDS)
        .map_err(|_| malformed("the payload does not decode"))?;
    let group = |bytes: &[u8], what| GroupId::try_from(bytes).map_err(|_| malformed(what));
    let time = |time: &Option<prost_types::Timestamp>, what| {
        time.as_ref()
            .and_then(|time| Timestamp::try_from(time).ok())
            .ok_or(malformed(what))
    };
    if request.method.is_empty() {
        return Err(malformed("its method is empty"));
    }
    Ok(RequestDraft {
        sender: group(&request.sender_id, "its sender's id is not 32 bytes")?,
        sender_key_index: request.sender_key_index,
        receiver: group(&request.receiver_id, "its receiver's id is not 32 bytes")?,
        request_id: RequestId::try_from(request.request_id.as_slice())
            .map_err(|_| malformed("its id is not 16 bytes"))?,
        issue_time: time(&request.issue_time, "its issue_time is not a valid time")?,
        expire_time: time(&request.expire_time, "its expire_time is not a valid time")?,
        body_hash: PayloadHash::try_from(request.body_hash.as_slice())
            .map_err(|_| malformed("its body's hash is not 32 bytes"))?,
        method: request.method,
    })
}
