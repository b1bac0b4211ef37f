//! Record bodies: the bytes of records, keyed by their hash.

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::View;

use super::database::Transaction;
use super::error::StoreError;

impl Transaction {
    pub async fn put_body(
        &mut self,
        group: &GroupId,
        hash: &RecordHash,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO body (group_id, record_hash, bytes) VALUES (?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(group.to_vec())
        .bind(hash.to_vec())
        .bind(bytes);
        self.execute(query).await.map(drop)
    }

    /// Reads a body regardless of its audience. Only for the group's own steward: followers
    /// and aggregators get [`Transaction::body_under_head`].
    pub async fn body(
        &mut self,
        group: &GroupId,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT bytes FROM body WHERE group_id = ? AND record_hash = ?",
        )
        .bind(group.to_vec())
        .bind(hash.to_vec());
        Ok(self.fetch_optional(query).await?.map(|row| row.0))
    }

    /// Reads a body if the newest head of the view has a leaf for it. The leaf is checked
    /// in the query, so that a hash that leaked cannot fetch a private record.
    pub async fn body_under_head(
        &mut self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT b.bytes FROM body b
             WHERE b.group_id = ?1 AND b.record_hash = ?3
               AND EXISTS (SELECT 1 FROM leaf l WHERE l.group_id = ?1 AND l.view = ?2
                           AND l.record_hash = ?3)",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(hash.to_vec());
        Ok(self.fetch_optional(query).await?.map(|row| row.0))
    }

    /// Returns whether the newest head of the view has a leaf for a record, even if its
    /// body was erased.
    pub async fn is_under_head(
        &mut self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query_as::<_, (bool,)>(
            "SELECT EXISTS (SELECT 1 FROM leaf WHERE group_id = ? AND record_hash = ?
                            AND view = ?)",
        )
        .bind(group.to_vec())
        .bind(hash.to_vec())
        .bind(view.as_str());
        Ok(self.fetch_one(query).await?.0)
    }

    /// Erases a body even if a leaf still refers to it: a withdrawn record must not wait
    /// for the next head, which may be blocked for days.
    pub async fn erase_body(
        &mut self,
        group: &GroupId,
        hash: &RecordHash,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM body WHERE group_id = ? AND record_hash = ?")
            .bind(group.to_vec())
            .bind(hash.to_vec());
        self.execute(query).await.map(drop)
    }

    /// Erases a body unless a record or a leaf still refers to it.
    pub async fn erase_body_if_unused(
        &mut self,
        group: &GroupId,
        hash: &RecordHash,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "DELETE FROM body WHERE group_id = ?1 AND record_hash = ?2
               AND NOT EXISTS (SELECT 1 FROM record WHERE group_id = ?1 AND record_hash = ?2)
               AND NOT EXISTS (SELECT 1 FROM leaf WHERE group_id = ?1 AND record_hash = ?2)",
        )
        .bind(group.to_vec())
        .bind(hash.to_vec());
        self.execute(query).await.map(drop)
    }
}
