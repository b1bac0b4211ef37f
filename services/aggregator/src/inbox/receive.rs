//! Messages that come in by the pages' form, sealed by the visitor's browser or here.

use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::random::RandomExt as _;
use hedgerow_core::seal::{ContactMessage, SealedFor, SealedKind, check_length};
use hedgerow_server::peer::NetworkKey;
use hedgerow_store::{Addition, InboxBounds, WaitingMessage};
use hedgerow_transport::failure::Failure;

use super::context::Inbox;
use crate::admission::status;
use crate::failure::OrFailure as _;
use crate::transfer::stored_event;

/// A group that takes messages here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receiver {
    pub(crate) group: GroupId,
    /// Of the key event with the encryption key.
    pub(crate) key_index: u32,
    pub(crate) encryption_key: [u8; 32],
}

/// Why a message was not taken.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// Too many came from one network.
    Pace,
    /// As many wait as may, for the group or for all.
    Full,
    /// The group takes none here, or no longer.
    Closed,
    /// Not a sealed message, or under a key that the group never had.
    Malformed,
    Failed(Failure),
}

impl From<Failure> for NotTaken {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Inbox {
    /// Finds a group that is shown and takes messages here.
    pub(crate) async fn receiver(&self, group: &GroupId) -> Result<Option<Receiver>, Failure> {
        if !self.config.offered {
            return Ok(None);
        }
        let now = self.clock.now();
        let until = self.store.inbox_open_until(group).await.or_failure()?;
        if until.is_none_or(|until| until <= now) {
            return Ok(None);
        }
        let row = self.store.group(group).await.or_failure()?;
        // A forked log has two keys, one of them a thief's.
        let row = row.filter(|row| status::is_shown(row, now) && !row.forked);
        let Some(row) = row else {
            return Ok(None);
        };
        let tip = stored_event(&self.store, group, row.tip_index).await?;
        let key = tip.and_then(|tip| tip.encryption_key);
        Ok(key.map(|encryption_key| Receiver {
            group: *group,
            key_index: row.tip_index,
            encryption_key,
        }))
    }

    /// Seals a message in memory and stores it. The words are dropped, whatever happens.
    pub(crate) async fn seal(
        &self,
        receiver: &Receiver,
        message: ContactMessage,
        network: NetworkKey,
    ) -> Result<(), NotTaken> {
        let id = RequestId::from_bytes(self.random.bytes());
        let place = SealedFor {
            kind: SealedKind::ContactMessage,
            sender: None,
            receiver: receiver.group,
            id,
        };
        let sealed = place.seal(
            &receiver.encryption_key,
            &message.encode(),
            self.random.as_ref(),
        );
        drop(message);
        // The key was checked with its key event, and the form is shorter than the largest size.
        let sealed = sealed.map_err(|_| NotTaken::Malformed)?;
        self.add(receiver, (id, receiver.key_index, sealed), network)
            .await
    }

    /// Stores a message that a browser has sealed. Its key may have been replaced since the page
    /// was loaded: the group's node keeps it for 30 days.
    pub(crate) async fn take(
        &self,
        receiver: &Receiver,
        (id, key_index, sealed): (RequestId, u32, Vec<u8>),
        network: NetworkKey,
    ) -> Result<(), NotTaken> {
        if check_length(sealed.len()).is_err() || key_index > receiver.key_index {
            return Err(NotTaken::Malformed);
        }
        self.add(receiver, (id, key_index, sealed), network).await
    }

    async fn add(
        &self,
        receiver: &Receiver,
        (id, key_index, sealed): (RequestId, u32, Vec<u8>),
        network: NetworkKey,
    ) -> Result<(), NotTaken> {
        let at = self.clock.now();
        if !self.pace.take(network, at) {
            return Err(NotTaken::Pace);
        }
        let bounds = InboxBounds {
            per_group: self.config.per_group,
            all: self.config.waiting,
        };
        let message = WaitingMessage {
            id,
            key_index,
            sealed,
            at,
        };
        let added = self.store.add_waiting(receiver.group, message, bounds);
        match added.await.or_failure()? {
            Addition::Added => Ok(()),
            Addition::Closed => Err(NotTaken::Closed),
            Addition::GroupFull | Addition::Full => Err(NotTaken::Full),
        }
    }
}
