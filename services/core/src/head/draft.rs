//! A head about to be signed.

use hedgerow_proto::v1;
use prost::Message;

use super::Indexing;
use super::Seq;
use crate::endpoint::Endpoint;
use crate::envelope;
use crate::envelope::PayloadKind;
use crate::id::GroupId;
use crate::id::PayloadHash;
use crate::id::Root;
use crate::keys::SigningKey;
use crate::name::View;
use crate::time::Timestamp;

/// Everything that a head says. Every signing takes a new `seq`, and is durable before it leaves
/// the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadDraft {
    /// The group.
    pub group_id: GroupId,
    /// The view.
    pub view: View,
    /// The index of the newest key event.
    pub key_index: u32,
    /// That event's payload hash.
    pub key_event_hash: PayloadHash,
    /// Its number.
    pub seq: Seq,
    /// The tree's root.
    pub root: Root,
    /// The tree's size.
    pub count: u32,
    /// The payload hash of the head before it under the same key index.
    pub previous: Option<PayloadHash>,
    /// When it is signed.
    pub issue_time: Timestamp,
    /// When it goes stale: at most [`super::MAX_LIFETIME`] later.
    pub expire_time: Timestamp,
    /// Where the group's node is reached, for the groups that say so.
    pub endpoint: Option<Endpoint>,
    /// Who may index.
    pub indexing: Indexing,
}

impl HeadDraft {
    /// The bytes that are signed.
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

    /// Signs it and gives the envelope's bytes.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        envelope::sign(PayloadKind::Head, &self.payload(), key)
    }
}
