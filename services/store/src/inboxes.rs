//! Messages that wait for groups, sealed, and the signed requests by which their nodes fetch them.

use async_trait::async_trait;
use hedgerow_core::id::{GroupId, PayloadHash, RequestId};
use hedgerow_core::time::Timestamp;

use crate::error::Result;

/// A message that waits. Only its group can open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMessage {
    pub id: RequestId,
    /// Of the key event to whose encryption key it is sealed.
    pub key_index: u32,
    pub sealed: Vec<u8>,
    pub at: Timestamp,
}

/// The most messages that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxBounds {
    pub per_group: u64,
    pub all: u64,
}

/// What became of a new message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addition {
    /// Stored, or stored before: the sender repeated it.
    Added,
    /// The group takes no messages here, or no longer.
    Closed,
    /// As many wait for the group as may.
    GroupFull,
    /// As many wait for all groups as may.
    Full,
}

/// A signed request, to be remembered until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpentRequest {
    pub group: GroupId,
    pub id: RequestId,
    /// Of the request's payload.
    pub hash: PayloadHash,
    pub expires: Timestamp,
    /// The most requests of a group that are remembered.
    pub max: u64,
}

/// Whether a request is used for the first time. If it is not, nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestUse {
    First,
    /// The same request was answered before.
    Repeated,
    /// Another request with this id was answered before.
    Reused,
    /// As many are remembered as may be.
    TooMany,
}

/// The inboxes of groups.
#[async_trait]
pub trait Inboxes: Send + Sync {
    /// Returns the time until which messages are taken for a group; `None` if they are not.
    async fn inbox_open_until(&self, group: &GroupId) -> Result<Option<Timestamp>>;

    /// Stores a message, if the group's inbox is open at the message's time.
    async fn add_waiting(
        &self,
        group: GroupId,
        message: WaitingMessage,
        bounds: InboxBounds,
    ) -> Result<Addition>;

    /// Opens the inbox until a time, or closes it, and returns the oldest messages, at most
    /// `limit`. None are returned unless the request is used for the first time.
    async fn fetch_waiting(
        &self,
        request: SpentRequest,
        open_until: Option<Timestamp>,
        limit: u32,
    ) -> Result<(RequestUse, Vec<WaitingMessage>)>;

    /// Deletes messages of the request's group. Ids that are not there have no effect.
    async fn acknowledge_waiting(
        &self,
        request: SpentRequest,
        ids: Vec<RequestId>,
    ) -> Result<RequestUse>;

    /// Deletes messages from before `before`, and requests and inboxes that ended before `now`.
    async fn forget_waiting(&self, before: Timestamp, now: Timestamp) -> Result<()>;
}
