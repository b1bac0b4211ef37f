//! Fetches what waits for one group at one aggregator.

use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::keys::EncryptionSecret;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::inbox_v1::SealedMessage;

use super::call::Caller;
use super::error::InboxError;
use super::open::open;
use crate::delivery::Aggregator;
use crate::messages::{Fetched, MAX_WAIT, MessageError, keep_fetched};
use crate::shared::Shared;
use crate::store::MessageId;

/// Pages of messages that are fetched at a time. The rest comes at the next time.
const MAX_PAGES: usize = 8;

/// Fetches, stores and acknowledges messages. Keeps the inbox open, or closes it once nothing waits
/// in it.
pub(super) async fn fetch(
    shared: &Shared,
    aggregator: &Aggregator,
    group: GroupId,
    keep_open: bool,
) -> Result<(), InboxError> {
    let caller = Caller::new(shared, aggregator, group).await?;
    if keep_open {
        // Before the call: whatever happens after it, the inbox will be closed when that is wanted.
        let mut writing = shared.store.write().await?;
        writing.add_open_inbox(&group, &aggregator.name).await?;
        writing.commit().await?;
    }
    for _ in 0..MAX_PAGES {
        let page = caller.fetch(keep_open).await?;
        let mut stored = Vec::with_capacity(page.messages.len());
        let mut must_wait = false;
        for message in page.messages {
            // No sender makes another id, and none could be acknowledged by it.
            let Ok(id) = RequestId::try_from(message.request_id.as_slice()) else {
                continue;
            };
            if keep(shared, aggregator, &group, id, &message).await? {
                stored.push(message.request_id);
            } else {
                must_wait = true;
            }
        }
        if !stored.is_empty() {
            caller.acknowledge(stored).await?;
        }
        if must_wait {
            return Ok(());
        }
        if !page.has_more {
            return if keep_open {
                Ok(())
            } else {
                forget(shared, aggregator, &group).await
            };
        }
    }
    Ok(())
}

/// Forgets an inbox that is closed.
pub(super) async fn forget(
    shared: &Shared,
    aggregator: &Aggregator,
    group: &GroupId,
) -> Result<(), InboxError> {
    let mut writing = shared.store.write().await?;
    writing.remove_open_inbox(group, &aggregator.name).await?;
    Ok(writing.commit().await?)
}

/// Stores a message. Returns false for one that must wait, because the group has as many as are
/// kept.
async fn keep(
    shared: &Shared,
    aggregator: &Aggregator,
    group: &GroupId,
    id: RequestId,
    message: &SealedMessage,
) -> Result<bool, InboxError> {
    let mut reading = shared.store.read().await?;
    let index = message.receiver_key_index;
    let seeds = reading.encryption_seeds(group, index).await?;
    drop(reading);
    let secrets: Vec<_> = seeds
        .iter()
        .map(|seed| EncryptionSecret::from_seed(**seed))
        .collect();
    let fetched = Fetched {
        id: MessageId(*id.as_bytes()),
        received: received(message, shared.now()),
        source: aggregator.name.clone(),
        message: open(&secrets, group, id, message),
    };
    match keep_fetched(shared, group, &fetched).await {
        Ok(()) => Ok(true),
        Err(MessageError::Full) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// When the aggregator took the message, as far as that can be true.
fn received(message: &SealedMessage, now: Timestamp) -> Timestamp {
    let theirs = message.receive_time.as_ref();
    let theirs = theirs.and_then(|time| Timestamp::try_from(time).ok());
    theirs.unwrap_or(now).clamp(now.minus(MAX_WAIT), now)
}
