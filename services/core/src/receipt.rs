//! Receipts: an aggregator's signed statement that it has stored a head durably.

use hedgerow_proto::v1;
use prost::Message;

use crate::envelope::{Envelope, EnvelopeError, PayloadKind};
use crate::id::{GroupId, PayloadHash};
use crate::key_log::KeyLog;
use crate::keys::SigningKey;
use crate::name::View;
use crate::time::Timestamp;
use crate::{envelope, wire};

/// `in_effect_by_time` and `issue_time`.
const MESSAGE_FIELDS: [u64; 2] = [5, 6];

/// The reason why a receipt is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The envelope or its signature is invalid.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload does not decode, or a field is missing or of the wrong size.
    #[error("the receipt is malformed: {0}")]
    Malformed(&'static str),
    /// The receipt names another aggregator than the key log.
    #[error("the receipt names another aggregator")]
    WrongAggregator,
    /// The aggregator's key log has no signing key at that index.
    #[error("the aggregator's key log has no signing key at index {0}")]
    KeyUnknown(u32),
}

impl ReceiptError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Envelope(error) => error.reason(),
            Self::Malformed(_) => "receipt_malformed",
            Self::WrongAggregator => "receipt_wrong_aggregator",
            Self::KeyUnknown(_) => "receipt_key_unknown",
        }
    }
}

/// The fields of a receipt, before it is signed or after it was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptDraft {
    /// The id of the aggregator that signs; aggregators have key logs like groups.
    pub aggregator_id: GroupId,
    /// The index of the aggregator's key event whose key signs.
    pub aggregator_key_index: u32,
    /// The group whose head was stored.
    pub group_id: GroupId,
    /// The view of the head.
    pub view: View,
    /// The payload hash of the head.
    pub head_hash: PayloadHash,
    /// The latest time at which the head is in effect everywhere at this aggregator.
    pub in_effect_by_time: Timestamp,
    /// The time of signing, by the aggregator's clock.
    pub issue_time: Timestamp,
}

impl ReceiptDraft {
    /// Signs the receipt and returns the encoded envelope.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let payload = v1::Receipt {
            aggregator_id: self.aggregator_id.to_vec(),
            group_id: self.group_id.to_vec(),
            view: self.view.as_str().to_owned(),
            head_hash: self.head_hash.to_vec(),
            in_effect_by_time: Some(self.in_effect_by_time.to_proto()),
            issue_time: Some(self.issue_time.to_proto()),
            aggregator_key_index: self.aggregator_key_index,
        };
        envelope::sign(PayloadKind::Receipt, &payload.encode_to_vec(), key)
    }
}

/// A receipt whose signature was verified under the aggregator's key log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    envelope: Vec<u8>,
    fields: ReceiptDraft,
}

impl VerifiedReceipt {
    /// Verifies a receipt under the key log of the aggregator that is expected to have signed it.
    pub fn verify(envelope: &[u8], aggregator: &KeyLog) -> Result<Self, ReceiptError> {
        let envelope = Envelope::parse(envelope, PayloadKind::Receipt)?;
        let fields = decode(envelope.payload())?;
        if fields.aggregator_id != aggregator.group_id() {
            return Err(ReceiptError::WrongAggregator);
        }
        let index = fields.aggregator_key_index;
        let key = aggregator
            .signing_key(index)
            .ok_or(ReceiptError::KeyUnknown(index))?;
        envelope.verify(key)?;
        Ok(Self {
            envelope: envelope.into_bytes(),
            fields,
        })
    }

    /// The id of the aggregator that signed.
    #[must_use]
    pub fn aggregator_id(&self) -> GroupId {
        self.fields.aggregator_id
    }

    /// The index of the aggregator's key event whose key signed.
    #[must_use]
    pub fn aggregator_key_index(&self) -> u32 {
        self.fields.aggregator_key_index
    }

    /// The group whose head was stored.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.fields.group_id
    }

    /// The view of the head.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.fields.view
    }

    /// The payload hash of the head.
    #[must_use]
    pub fn head_hash(&self) -> PayloadHash {
        self.fields.head_hash
    }

    /// The latest time at which the head is in effect everywhere at the aggregator.
    #[must_use]
    pub fn in_effect_by_time(&self) -> Timestamp {
        self.fields.in_effect_by_time
    }

    /// The time of signing, by the aggregator's clock.
    #[must_use]
    pub fn issue_time(&self) -> Timestamp {
        self.fields.issue_time
    }

    /// The envelope's bytes as they arrived.
    #[must_use]
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }
}

fn decode(payload: &[u8]) -> Result<ReceiptDraft, ReceiptError> {
    let malformed = ReceiptError::Malformed;
    let receipt: v1::Receipt = wire::decode(payload, &MESSAGE_FIELDS)
        .map_err(|_| malformed("the payload does not decode"))?;
    if receipt.view.is_empty() {
        return Err(malformed("its view is empty"));
    }
    let group = |bytes: &[u8], what| GroupId::try_from(bytes).map_err(|_| malformed(what));
    let time = |time: &Option<prost_types::Timestamp>, what| {
        time.as_ref()
            .and_then(|time| Timestamp::try_from(time).ok())
            .ok_or(malformed(what))
    };
    Ok(ReceiptDraft {
        aggregator_id: group(
            &receipt.aggregator_id,
            "its aggregator's id is not 32 bytes",
        )?,
        aggregator_key_index: receipt.aggregator_key_index,
        group_id: group(&receipt.group_id, "its group id is not 32 bytes")?,
        view: View::parse(&receipt.view).map_err(|_| malformed("its view is not a valid name"))?,
        head_hash: PayloadHash::try_from(receipt.head_hash.as_slice())
            .map_err(|_| malformed("its head's hash is not 32 bytes"))?,
        in_effect_by_time: time(
            &receipt.in_effect_by_time,
            "its in_effect_by_time is not a valid time",
        )?,
        issue_time: time(&receipt.issue_time, "its issue_time is not a valid time")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Commitment;
    use crate::key_log;

    fn aggregator(seed: u8) -> (SigningKey, KeyLog) {
        let key = SigningKey::from_seed([seed; 32]);
        let event = key_log::incept(&key, [9; 32], Commitment::from_bytes([8; 32]), [seed; 16]);
        (key, KeyLog::start(&event).unwrap())
    }

    fn draft(log: &KeyLog) -> ReceiptDraft {
        ReceiptDraft {
            aggregator_id: log.group_id(),
            aggregator_key_index: 0,
            group_id: GroupId::from_bytes([3; 32]),
            view: View::public(),
            head_hash: PayloadHash::from_bytes([4; 32]),
            in_effect_by_time: Timestamp::from_seconds(1_800_000_060),
            issue_time: Timestamp::from_seconds(1_800_000_000),
        }
    }

    #[test]
    fn a_receipt_contains_what_the_aggregator_signed() {
        let (key, log) = aggregator(1);
        let receipt = VerifiedReceipt::verify(&draft(&log).sign(&key), &log).unwrap();
        assert_eq!(receipt.fields, draft(&log));
    }

    #[test]
    fn a_receipt_under_another_key_log_is_refused() {
        let (key, log) = aggregator(1);
        let (other_key, other_log) = aggregator(2);
        let reason = |bytes: &[u8], log| VerifiedReceipt::verify(bytes, log).unwrap_err().reason();
        assert_eq!(
            reason(&draft(&log).sign(&other_key), &log),
            "signature_mismatch"
        );
        assert_eq!(
            reason(&draft(&log).sign(&key), &other_log),
            "receipt_wrong_aggregator"
        );
        let later = ReceiptDraft {
            aggregator_key_index: 1,
            ..draft(&log)
        };
        assert_eq!(reason(&later.sign(&key), &log), "receipt_key_unknown");
    }
}
