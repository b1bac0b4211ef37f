//! Key logs of the hosted groups.

use hedgerow_core::id::{Commitment, GroupId, PayloadHash};

use super::database::Transaction;
use super::error::{StoreError, group_id};

impl Transaction {
    /// Appends an event. A second event at the same index fails on the primary key, so a
    /// stored log can never fork.
    pub async fn add_key_event(
        &mut self,
        group: &GroupId,
        index: u32,
        hash: &PayloadHash,
        envelope: &[u8],
        commitment: Option<&Commitment>,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO key_event (group_id, key_index, hash, envelope, commitment)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(group.to_vec())
        .bind(index)
        .bind(hash.to_vec())
        .bind(envelope)
        .bind(commitment.map(Commitment::to_vec));
        self.execute(query).await.map(drop)
    }

    /// Reads the envelopes of a key log, from event 0. Empty for a group that is not hosted
    /// here.
    pub async fn key_log(&mut self, group: &GroupId) -> Result<Vec<Vec<u8>>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT envelope FROM key_event WHERE group_id = ? ORDER BY key_index",
        )
        .bind(group.to_vec());
        let rows = self.fetch_all(query).await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// Reads the index of a key log's last event, and whether that ends the log. `None` for a
    /// group that is not hosted here.
    pub async fn key_log_tip(
        &mut self,
        group: &GroupId,
    ) -> Result<Option<(u32, bool)>, StoreError> {
        // Only a deactivation commits to no further key.
        let query = sqlx::query_as::<_, (u32, bool)>(
            "SELECT key_index, commitment IS NULL FROM key_event WHERE group_id = ?
             ORDER BY key_index DESC LIMIT 1",
        )
        .bind(group.to_vec());
        self.fetch_optional(query).await
    }

    /// Whether the key log has ended: only a deactivation commits to no further key.
    pub async fn is_deactivated(&mut self, group: &GroupId) -> Result<bool, StoreError> {
        let query = sqlx::query_as::<_, (bool,)>(
            "SELECT EXISTS (SELECT 1 FROM key_event WHERE group_id = ? AND commitment IS NULL)",
        )
        .bind(group.to_vec());
        Ok(self.fetch_one(query).await?.0)
    }

    /// Whether the stored key log has an event.
    pub async fn has_key_event(
        &mut self,
        group: &GroupId,
        hash: &PayloadHash,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query_as::<_, (bool,)>(
            "SELECT EXISTS (SELECT 1 FROM key_event WHERE group_id = ? AND hash = ?)",
        )
        .bind(group.to_vec())
        .bind(hash.to_vec());
        Ok(self.fetch_one(query).await?.0)
    }

    /// Finds the group by a commitment to one of its recovery keys: a holder of the phrase
    /// can compute it without knowing the group id.
    pub async fn group_by_commitment(
        &mut self,
        commitment: &Commitment,
    ) -> Result<Option<GroupId>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT group_id FROM key_event WHERE commitment = ? LIMIT 1",
        )
        .bind(commitment.to_vec());
        let row = self.fetch_optional(query).await?;
        row.map(|row| group_id(&row.0, "key_event.group_id"))
            .transpose()
    }
}
