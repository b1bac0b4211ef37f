//! The messages that a sender puts into a stream.

use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::sync_item::Item;

use crate::id::{PayloadHash, RecordHash};
use crate::name::RecordName;
use crate::tree::Leaf;

/// The most leaves or names in one message. Keeps it well below gRPC's usual limit of 4 MiB.
pub const MAX_BATCH: usize = 1000;

/// The contents of a stream, apart from its bodies and its end.
#[derive(Debug, Clone, Default)]
pub struct SyncPlan {
    /// The envelopes of key events that the receiver lacks, in order.
    pub key_events: Vec<Vec<u8>>,
    /// The envelope of the head to which the stream leads, or `None` to send key events only.
    pub head: Option<Vec<u8>>,
    /// The receiver's head, from which the leaves differ, or `None` to send the whole manifest.
    pub basis: Option<PayloadHash>,
    /// The names to remove. Must be empty with a whole manifest.
    pub removals: Vec<RecordName>,
    /// The leaves to put, or all leaves in order for a whole manifest.
    pub leaves: Vec<Leaf>,
}

impl SyncPlan {
    /// Converts to messages in order: key events, head, basis, removals, leaves. The caller
    /// appends the bodies and the end.
    pub fn into_items(self) -> impl Iterator<Item = feed_v1::SyncItem> {
        let Self {
            key_events,
            head,
            basis,
            removals,
            leaves,
        } = self;
        // Without a head, the reader accepts nothing but key events.
        let with_head = head.is_some();
        let key_events = key_events.into_iter().map(Item::KeyEvent);
        let basis = with_head.then(|| {
            let head_hash = basis.map(|hash| hash.to_vec()).unwrap_or_default();
            Item::Basis(feed_v1::SyncBasis { head_hash })
        });
        let removals = batches(if with_head { removals } else { Vec::new() })
            .map(|names| names.iter().map(RecordName::to_proto).collect())
            .map(|names| Item::Removals(feed_v1::NameBatch { names }));
        let leaves =
            batches(if with_head { leaves } else { Vec::new() }).map(|leaves| leaves_item(&leaves));
        key_events
            .chain(head.map(Item::Head))
            .chain(basis)
            .chain(removals)
            .map(item)
            .chain(leaves)
    }
}

/// Makes the message that carries up to [`MAX_BATCH`] leaves.
#[must_use]
pub fn leaves_item(leaves: &[Leaf]) -> feed_v1::SyncItem {
    let leaves = leaves.iter().map(Leaf::to_proto).collect();
    item(Item::Leaves(feed_v1::LeafBatch { leaves }))
}

/// Makes the message that carries a record's bytes.
#[must_use]
pub fn body_item(record: Vec<u8>) -> feed_v1::SyncItem {
    item(Item::Body(feed_v1::RecordBody { record }))
}

/// Makes the message for a record whose bytes the sender does not have.
#[must_use]
pub fn missing_record_item(hash: &RecordHash) -> feed_v1::SyncItem {
    item(Item::MissingRecordHash(hash.to_vec()))
}

/// Makes the message that completes a stream of `bodies` records.
#[must_use]
pub fn end_item(bodies: u32) -> feed_v1::SyncItem {
    item(Item::End(feed_v1::SyncEnd { bodies }))
}

fn item(item: Item) -> feed_v1::SyncItem {
    feed_v1::SyncItem { item: Some(item) }
}

fn batches<T>(all: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut all = all.into_iter();
    std::iter::from_fn(move || {
        let batch: Vec<T> = all.by_ref().take(MAX_BATCH).collect();
        (!batch.is_empty()).then_some(batch)
    })
}
