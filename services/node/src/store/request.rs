//! Responses to writes, stored so that a repeated request is applied only once.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::StoreError;

/// The stored response to an earlier request.
#[derive(Clone, Debug)]
pub struct StoredResponse {
    /// SHA-256 of the request's method and content.
    pub content_hash: Vec<u8>,
    /// The encoded response message.
    pub response: Vec<u8>,
}

impl Transaction {
    /// Reads the response to a request id.
    pub async fn response(
        &mut self,
        group: &GroupId,
        request_id: &str,
    ) -> Result<Option<StoredResponse>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(
            "SELECT content_hash, response FROM request WHERE group_id = ? AND request_id = ?",
        )
        .bind(group.to_vec())
        .bind(request_id);
        let row = self.fetch_optional(query).await?;
        Ok(row.map(|(content_hash, response)| StoredResponse {
            content_hash,
            response,
        }))
    }

    pub async fn put_response(
        &mut self,
        group: &GroupId,
        request_id: &str,
        content_hash: &[u8; 32],
        response: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO request (group_id, request_id, content_hash, response, answered_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(group.to_vec())
        .bind(request_id)
        .bind(content_hash.to_vec())
        .bind(response)
        .bind(now.as_millis());
        self.execute(query).await.map(drop)
    }

    /// Deletes responses older than a time, and returns how many.
    pub async fn delete_responses_before(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let query =
            sqlx::query("DELETE FROM request WHERE answered_at < ?").bind(before.as_millis());
        self.execute(query).await
    }
}
