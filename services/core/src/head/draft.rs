//! The fields of heads, and signatures over them.

use hedgerow_proto::v1;
use prost::Message;

use super::indexing::Indexing;
use super::position::{Position, Seq};
use crate::endpoint::Endpoint;
use crate::envelope;
use crate::envelope::PayloadKind;
use crate::id::{GroupId, PayloadHash, Root};
use crate::keys::SigningKey;
use crate::name::View;
use crate::time::Timestamp;

/// The fields of a head, before it is signed or after it was read. Each signature needs a new `seq`, stored durably before the head leaves
/// the node: two heads with one `seq` are equivocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadDraft {
    /// The group that signs.
    pub group_id: GroupId,
    /// The view whose records the head commits to.
    pub view: View,
    /// The index of the group's newest key event.
    pub key_index: u32,
    /// The payload hash of that event.
    pub key_event_hash: PayloadHash,
    /// The head's number under that key event.
    pub seq: Seq,
    /// The root of the tree over the view's records.
    pub root: Root,
    /// The number of leaves in that tree.
    pub count: u32,
    /// The payload hash of the previous head under the same key event, if there is one.
    pub previous: Option<PayloadHash>,
    /// The time of signing.
    pub issue_time: Timestamp,
    /// The time at which the head becomes stale, at most [`super::MAX_LIFETIME`] later.
    pub expire_time: Timestamp,
    /// The endpoint of the group's node, if the group publishes it.
    pub endpoint: Option<Endpoint>,
    /// The aggregators that may index the records.
    pub indexing: Indexing,
}

impl HeadDraft {
    pub(super) fn position(&self) -> Position {
        Position {
            key_index: self.key_index,
            seq: self.seq,
        }
    }

    /// Encodes the payload that is signed.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        v1::Head {
            group_id: self.group_id.to_vec(),
            view: self.view.as_str().to_owned(),
            key_index: self.key_index,
            key_event_hash: self.key_event_hash.to_vec(),
            seq: self.seq.get(),
            root: self.root.to_vec(),
            count: self.count,
            previous_hash: self.previous.map(|hash| hash.to_vec()).unwrap_or_default(),
            issue_time: Some(self.issue_time.to_proto()),
            expire_time: Some(self.expire_time.to_proto()),
            endpoint: self.endpoint.as_ref().map(Endpoint::to_proto),
            indexing: Some(self.indexing.to_proto()),
        }
        .encode_to_vec()
    }

    /// Signs the head and returns the encoded envelope.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        envelope::sign(PayloadKind::Head, &self.payload(), key)
    }
}
