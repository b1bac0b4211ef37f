//! Receipts: an aggregator's signed word that it holds a head durably.

use hedgerow_proto::v1;
use prost::Message;

use crate::envelope;
use crate::envelope::Envelope;
use crate::envelope::EnvelopeError;
use crate::envelope::PayloadKind;
use crate::id::GroupId;
use crate::id::PayloadHash;
use crate::key_log::KeyLog;
use crate::keys::SigningKey;
use crate::name::View;
use crate::time::Timestamp;

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The envelope or its signature.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is no receipt, or a field is missing or of the wrong size.
    #[error("the receipt is malformed: {0}")]
    Malformed(&'static str),
    /// It names another aggregator than the key log is of.
    #[error("the receipt names another aggregator")]
    WrongAggregator,
    /// The aggregator's key log holds no signing key at that index.
    #[error("the aggregator has no signing key {0}")]
    KeyUnknown(u32),
}

impl ReceiptError {
    /// The stable name of this error.
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

/// A receipt about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptDraft {
    /// The aggregator that signs: its own group id.
    pub aggregator_id: GroupId,
    /// The index of the key event under which it signs.
    pub aggregator_key_index: u32,
    /// The group whose head was taken.
    pub group_id: GroupId,
    /// Its view.
    pub view: View,
    /// The head.
    pub head_hash: PayloadHash,
    /// When it is in effect everywhere at this aggregator, at the latest.
    pub in_effect_by: Timestamp,
    /// When this is signed.
    pub issue_time: Timestamp,
}

impl ReceiptDraft {
    /// Signs it and gives the envelope's bytes.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let payload = v1::Receipt {
            aggregator_id: self.aggregator_id.to_vec(),
            group_id: self.group_id.to_vec(),
            view: self.view.as_str().to_owned(),
            head_hash: self.head_hash.to_vec(),
            in_effect_by: Some(self.in_effect_by.to_proto()),
            issue_time: Some(self.issue_time.to_proto()),
            aggregator_key_index: self.aggregator_key_index,
        };
        envelope::sign(PayloadKind::Receipt, &payload.encode_to_vec(), key)
    }
}

/// A receipt that the aggregator's key log vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    envelope: Vec<u8>,
    said: ReceiptDraft,
}

impl VerifiedReceipt {
    /// Verifies a receipt by the key log of the aggregator that is meant to have signed it.
    pub fn verify(envelope: &[u8], aggregator: &KeyLog) -> Result<Self, ReceiptError> {
        let envelope = Envelope::parse(envelope, PayloadKind::Receipt)?;
        let said = decode(envelope.payload())?;
        if said.aggregator_id != aggregator.group_id() {
            return Err(ReceiptError::WrongAggregator);
        }
        let index = said.aggregator_key_index;
        let key = aggregator
            .signing_key(index)
            .ok_or(ReceiptError::KeyUnknown(index))?;
        envelope.verify(key)?;
        Ok(Self {
            envelope: envelope.into_bytes(),
            said,
        })
    }

    /// The aggregator that signed.
    #[must_use]
    pub fn aggregator_id(&self) -> GroupId {
        self.said.aggregator_id
    }

    /// The index of the key event under which it signed.
    #[must_use]
    pub fn aggregator_key_index(&self) -> u32 {
        self.said.aggregator_key_index
    }

    /// The group.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.said.group_id
    }

    /// The view.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.said.view
    }

    /// The head that is held.
    #[must_use]
    pub fn head_hash(&self) -> PayloadHash {
        self.said.head_hash
    }

    /// When it is in effect, at the latest.
    #[must_use]
    pub fn in_effect_by(&self) -> Timestamp {
        self.said.in_effect_by
    }

    /// When it was signed, by the aggregator's clock.
    #[must_use]
    pub fn issue_time(&self) -> Timestamp {
        self.said.issue_time
    }

    /// The envelope's bytes as they came.
    #[must_use]
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }
}

fn decode(payload: &[u8]) -> Result<ReceiptDraft, ReceiptError> {
    let malformed = ReceiptError::Malformed;
    let receipt =
        v1::Receipt::decode(payload).map_err(|_| malformed("the payload is no receipt"))?;
    if receipt.view.is_empty() {
        return Err(malformed("its view has no name"));
    }
    let group = |bytes: &[u8], what| GroupId::try_from(bytes).map_err(|_| malformed(what));
    let time = |time: &Option<prost_types::Timestamp>, what| {
        time.as_ref()
            .and_then(|time| Timestamp::try_from(time).ok())
            .ok_or(malformed(what))
    };
    Ok(ReceiptDraft {
        aggregator_id: group(&receipt.aggregator_id, "its aggregator's id")?,
        aggregator_key_index: receipt.aggregator_key_index,
        group_id: group(&receipt.group_id, "its group id")?,
        view: View::parse(&receipt.view).map_err(|_| malformed("its view is no name"))?,
        head_hash: PayloadHash::try_from(receipt.head_hash.as_slice())
            .map_err(|_| malformed("its head's hash"))?,
        in_effect_by: time(&receipt.in_effect_by, "when it is in effect")?,
        issue_time: time(&receipt.issue_time, "when it was issued")?,
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
            in_effect_by: Timestamp::from_seconds(1_800_000_060),
            issue_time: Timestamp::from_seconds(1_800_000_000),
        }
    }

    #[test]
    fn a_receipt_says_what_the_aggregator_signed() {
        let (key, log) = aggregator(1);
        let receipt = VerifiedReceipt::verify(&draft(&log).sign(&key), &log).unwrap();
        assert_eq!(receipt.said, draft(&log));
    }

    #[test]
    fn nobody_acknowledges_in_anothers_name() {
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
