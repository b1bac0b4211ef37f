//! The first items of a transfer: key events, the head and the basis.

use std::time::Duration;

use futures::{Stream, StreamExt};
use hedgerow_core::envelope::{Envelope, MAX_ENVELOPE_BYTES, PayloadKind};
use hedgerow_core::head;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::{MAX_EVENTS, MAX_LOG_BYTES};
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_proto::{feed_v1, v1};
use hedgerow_transport::failure::Failure;
use hedgerow_transport::transfer::ReceiveError;
use prost::Message;
use tonic::Status;

/// The most bytes of a whole key log and a head, with the overhead of each envelope and item.
const MAX_PREAMBLE_BYTES: usize = MAX_LOG_BYTES + MAX_ENVELOPE_BYTES + 160 * MAX_EVENTS;

/// Longest wait for the first items of a transfer. A whole key log takes this long at 60 KiB a
/// second.
const MAX_PREAMBLE_TIME: Duration = Duration::from_secs(20);

/// The items up to and including the basis, read but not verified. The store is read by the
/// group that they name before the rest is received.
pub(super) struct Preamble {
    pub group_id: GroupId,
    /// Key events, the head and the basis, or what came in their place.
    pub items: Vec<feed_v1::SyncItem>,
}

impl Preamble {
    pub(super) async fn read<S>(stream: &mut S) -> Result<Self, Failure>
    where
        S: Stream<Item = Result<feed_v1::SyncItem, Status>> + Unpin,
    {
        let mut items = Vec::new();
        let mut bytes = 0;
        // For all of them together: item by item, a sender could hold its call for very long.
        let until = tokio::time::Instant::now() + MAX_PREAMBLE_TIME;
        loop {
            let next = tokio::time::timeout_at(until, stream.next())
                .await
                .map_err(|_| Failure::from(ReceiveError::Silent))?;
            let Some(item) = next else { break };
            let item = item.map_err(|status| Failure::from(ReceiveError::from(status)))?;
            bytes += item.encoded_len();
            let is_last = !matches!(&item.item, Some(Item::KeyEvent(_) | Item::Head(_)));
            items.push(item);
            if is_last {
                break;
            }
            // Nothing is verified yet, so memory is bounded here: a key log and one head.
            if bytes > MAX_PREAMBLE_BYTES || items.len() > MAX_EVENTS + 1 {
                return Err(malformed(
                    "key_log_too_long",
                    "the transfer begins with more key events than a key log may have",
                ));
            }
        }
        Ok(Self {
            group_id: group_of(items.first())?,
            items,
        })
    }

    /// Returns the envelope of the head, not verified.
    pub(super) fn head(&self) -> Option<&[u8]> {
        self.items.iter().find_map(|item| match &item.item {
            Some(Item::Head(envelope)) => Some(envelope.as_slice()),
            _ => None,
        })
    }

    /// Returns whether the transfer carries the whole manifest.
    pub(super) fn is_whole(&self) -> bool {
        self.items.iter().any(
            |item| matches!(&item.item, Some(Item::Basis(basis)) if basis.head_hash.is_empty()),
        )
    }
}

/// Returns the group that the first item names, not verified.
fn group_of(first: Option<&feed_v1::SyncItem>) -> Result<GroupId, Failure> {
    match first.and_then(|item| item.item.as_ref()) {
        Some(Item::KeyEvent(envelope)) => {
            let envelope = Envelope::parse(envelope, PayloadKind::KeyEvent)?;
            let event = v1::KeyEvent::decode(envelope.payload())
                .map_err(|_| malformed("key_event_malformed", "the key event does not decode"))?;
            // The first event names no group: its hash is the group's id.
            if event.index == 0 {
                return Ok(GroupId::from_bytes(*envelope.payload_hash().as_bytes()));
            }
            Ok(GroupId::try_from(event.group_id.as_slice())?)
        }
        Some(Item::Head(envelope)) => Ok(head::peek(envelope)?.group_id),
        _ => Err(malformed(
            "sync_out_of_order",
            "a transfer begins with a key event or a head",
        )),
    }
}

fn malformed(reason: &'static str, message: &'static str) -> Failure {
    Failure::invalid_field("item", reason, message)
}
