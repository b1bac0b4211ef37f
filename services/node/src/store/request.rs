//! Answers to writes, remembered so that a repeated request changes nothing twice.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::StoreError;
use super::Transaction;

/// An answer given before.
#[derive(Clone, Debug)]
pub struct Answered {
    /// SHA-256 of what was asked.
    pub content_hash: Vec<u8>,
    /// The encoded answer.
    pub response: Vec<u8>,
}

impl Transaction {
    /// The answer once given to a request id.
    pub async fn answered(
        &mut self,
        group: &GroupId,
        request_id: &str,
    ) -> Result<Option<Answered>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(
            "SELECT content_hash, response FROM request WHERE group_id = ? AND request_id = ?",
        )
        .bind(group.to_vec())
        .bind(request_id)
        .fetch_optional(self.connection())
        .await;
        Ok(self
            .noted(result)?
            .map(|(content_hash, response)| Answered {
                content_hash,
                response,
            }))
    }

    /// Remembers an answer.
    pub async fn remember_answer(
        &mut self,
        group: &GroupId,
        request_id: &str,
        content_hash: &[u8; 32],
        response: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let result = sqlx::query(
            "INSERT INTO request (group_id, request_id, content_hash, response, answered_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(group.to_vec())
        .bind(request_id)
        .bind(content_hash.to_vec())
        .bind(response)
        .bind(now.as_millis())
        .execute(self.connection())
        .await;
        self.noted(result).map(drop)
    }

    /// Forgets answers given before a time.
    pub async fn forget_answers_before(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let result = sqlx::query("DELETE FROM request WHERE answered_at < ?")
            .bind(before.as_millis())
            .execute(self.connection())
            .await;
        Ok(self.noted(result)?.rows_affected())
    }
}
