//! Events that came from a calendar file, by a hash of the name that the calendar has for them.

use hedgerow_core::id::GroupId;

use super::database::Transaction;
use super::error::StoreError;

impl Transaction {
    /// The key of the event that was made from a calendar's event.
    pub async fn imported_event(
        &mut self,
        group: &GroupId,
        uid_hash: &[u8; 32],
    ) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_as::<_, (String,)>(
            "SELECT key FROM imported_event WHERE group_id = ? AND uid_hash = ?",
        )
        .bind(group.to_vec())
        .bind(uid_hash.to_vec());
        Ok(self.fetch_optional(query).await?.map(|row| row.0))
    }

    pub async fn put_imported_event(
        &mut self,
        group: &GroupId,
        uid_hash: &[u8; 32],
        key: &str,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO imported_event (group_id, uid_hash, key) VALUES (?, ?, ?)
             ON CONFLICT (group_id, uid_hash) DO UPDATE SET key = excluded.key",
        )
        .bind(group.to_vec())
        .bind(uid_hash.to_vec())
        .bind(key);
        self.execute(query).await.map(drop)
    }

    /// Forgets the events whose record is gone.
    pub async fn forget_gone_imports(&mut self, group: &GroupId) -> Result<(), StoreError> {
        let query = sqlx::query(
            "DELETE FROM imported_event WHERE group_id = ?1 AND NOT EXISTS (
                 SELECT 1 FROM record r WHERE r.group_id = ?1 AND r.collection = 'event'
                     AND r.key = imported_event.key)",
        )
        .bind(group.to_vec());
        self.execute(query).await.map(drop)
    }
}
