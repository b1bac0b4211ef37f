//! The stream of revisions, and the store as a whole.

use async_trait::async_trait;
use tokio::sync::watch;

use crate::error::Result;

/// The position of the store's newest change.
#[async_trait]
pub trait RevisionStream: Send + Sync {
    /// Returns the name of this store's stream of revisions. A restore from backup starts a new
    /// stream, because revisions may then be used again.
    async fn stream_id(&self) -> Result<String>;

    /// Returns the revision of the newest change; 0 in an empty store.
    async fn latest_revision(&self) -> Result<u64>;

    /// Returns the revision of the newest change without a query, or `None` if it is uncertain:
    /// another process has changed the store since the last [`refresh`](Lifecycle::refresh), or
    /// the outcome of a commit is unknown.
    fn cached_revision(&self) -> Option<u64>;

    /// Subscribes to rises of [`latest_revision`](Self::latest_revision).
    fn changed(&self) -> watch::Receiver<u64>;
}

/// Operations on the whole store, for the program that opened it.
#[async_trait]
pub trait Lifecycle: RevisionStream {
    /// Checks whether another process has written, and notifies the subscribers of
    /// [`changed`](RevisionStream::changed) if so.
    async fn refresh(&self) -> Result<()>;

    /// Starts a new stream of revisions and marks every head as *unconfirmed*, after the store
    /// was restored from a backup.
    async fn begin_stream(&self, stream_id: &str) -> Result<()>;

    /// Finishes queued writes and closes the store, so that its files can be copied or opened
    /// elsewhere.
    async fn close(&self);
}
