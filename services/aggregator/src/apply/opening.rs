//! The beginning of a transfer: its key events, its head, and what it starts from.

use futures::Stream;
use futures::StreamExt;
use hedgerow_core::envelope::Envelope;
use hedgerow_core::envelope::MAX_ENVELOPE_BYTES;
use hedgerow_core::envelope::PayloadKind;
use hedgerow_core::head;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::MAX_EVENTS;
use hedgerow_core::key_log::MAX_LOG_BYTES;
use hedgerow_proto::v1;
use hedgerow_proto::v1::sync_item::Item;
use hedgerow_rpc::failure::CallFailure;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::transfer::LONGEST_SILENCE;
use hedgerow_rpc::transfer::ReceiveError;
use prost::Message;
use tonic::Status;

/// The most bytes of key events and head, with what each item adds.
const MAX_OPENING_BYTES: usize = MAX_LOG_BYTES + MAX_ENVELOPE_BYTES + 16 * MAX_EVENTS;

/// The items up to and with the basis, read but not verified.
pub(super) struct Opening {
    /// The group that the transfer says it is about.
    pub group_id: GroupId,
    /// Key events, the head, the basis, or whatever came instead.
    pub items: Vec<v1::SyncItem>,
}

impl Opening {
    pub(super) async fn read<S>(items: &mut S) -> Result<Self, Failure>
    where
        S: Stream<Item = Result<v1::SyncItem, Status>> + Unpin,
    {
        let mut opening = Vec::new();
        let mut bytes = 0;
        loop {
            let next = tokio::time::timeout(LONGEST_SILENCE, items.next())
                .await
                .map_err(|_| Failure::from(ReceiveError::Silent))?;
            let Some(item) = next else { break };
            let item = item.map_err(|status| {
                Failure::from(ReceiveError::Peer(Box::new(CallFailure::from(status))))
            })?;
            bytes += item.encoded_len();
            let goes_on = matches!(&item.item, Some(Item::KeyEvent(_) | Item::Head(_)));
            opening.push(item);
            if !goes_on {
                break;
            }
            // All the key events of a log, and a head.
            if bytes > MAX_OPENING_BYTES || opening.len() > MAX_EVENTS + 1 {
                return Err(malformed(
                    "key_log_too_long",
                    "the transfer begins with more key events than a key log has",
                ));
            }
        }
        Ok(Self {
            group_id: group_of(opening.first())?,
            items: opening,
        })
    }

    /// Whether the transfer carries the whole manifest.
    pub(super) fn is_whole(&self) -> bool {
        self.items.iter().any(
            |item| matches!(&item.item, Some(Item::Basis(basis)) if basis.head_hash.is_empty()),
        )
    }
}

/// The group that the first item names. Nothing is verified yet.
fn group_of(first: Option<&v1::SyncItem>) -> Result<GroupId, Failure> {
    match first.and_then(|item| item.item.as_ref()) {
        Some(Item::KeyEvent(envelope)) => {
            let envelope = Envelope::parse(envelope, PayloadKind::KeyEvent)?;
            let event = v1::KeyEvent::decode(envelope.payload())
                .map_err(|_| malformed("key_event_malformed", "the key event does not decode"))?;
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
