//! The store's revision sequence, which the cursors of WatchHeads refer to.

use hedgerow_core::id::{GroupId, PayloadHash};

use super::database::Transaction;
use super::error::{StoreError, bytes_column, group_id};

/// A group whose key log or public head has changed.
#[derive(Clone, Debug)]
pub struct ChangedGroup {
    /// The revision of its last change.
    pub revision: i64,
    pub group_id: GroupId,
    /// Payload hash of the last event of its key log.
    pub key_log_tip_hash: PayloadHash,
}

impl Transaction {
    /// Reads the stream's id and its last revision.
    pub async fn stream(&mut self) -> Result<(String, i64), StoreError> {
        let query = sqlx::query_as("SELECT stream_id, revision FROM node");
        self.fetch_one(query).await
    }

    /// Sets the stream's id in a new store. An existing one is kept: followers' cursors
    /// contain it.
    pub(super) async fn init_stream(&mut self, stream_id: &str) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO node (only_row, stream_id, revision) VALUES (1, ?, 0)
             ON CONFLICT DO NOTHING",
        )
        .bind(stream_id);
        self.execute(query).await.map(drop)
    }

    /// Allocates the next revision. Revisions are never reused after a commit, so a cursor
    /// always means the same point.
    pub(super) async fn next_revision(&mut self) -> Result<i64, StoreError> {
        let query = sqlx::query_as::<_, (i64,)>(
            "UPDATE node SET revision = revision + 1 RETURNING revision",
        );
        Ok(self.fetch_one(query).await?.0)
    }

    /// Lists the groups that have changed after `revision`, ordered by their last change.
    pub async fn changed_after(
        &mut self,
        revision: i64,
        limit: u32,
    ) -> Result<Vec<ChangedGroup>, StoreError> {
        let query = sqlx::query_as::<_, (i64, Vec<u8>, Vec<u8>)>(
            "SELECT p.revision, p.group_id,
                    (SELECT k.hash FROM key_event k WHERE k.group_id = p.group_id
                     ORDER BY k.key_index DESC LIMIT 1)
             FROM publisher p WHERE p.revision > ? ORDER BY p.revision LIMIT ?",
        )
        .bind(revision)
        .bind(limit);
        let rows = self.fetch_all(query).await?;
        rows.into_iter()
            .map(|(revision, id, tip)| {
                let group_id = group_id(&id, "publisher.group_id")?;
                Ok(ChangedGroup {
                    revision,
                    group_id,
                    key_log_tip_hash: bytes_column(&tip, "key_event.hash", group_id)?,
                })
            })
            .collect()
    }
}
