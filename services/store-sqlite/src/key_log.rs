//! Reading key logs, and the evidence of forks.

use async_trait::async_trait;
use hedgerow_core::envelope::{PayloadKind, without_padding};
use hedgerow_core::id::{Commitment, GroupId};
use hedgerow_core::name::View;
use hedgerow_store::{KeyLogReader, Result};

use crate::decode;
use crate::decode::row_limit;
use crate::sqlite_store::SqliteStore;

/// Drops the unsigned bytes that earlier versions stored: followers reject such envelopes.
fn lean_events(envelopes: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let envelopes = envelopes.into_iter();
    envelopes
        .map(|envelope| without_padding(envelope, PayloadKind::KeyEvent))
        .collect()
}

#[async_trait]
impl KeyLogReader for SqliteStore {
    async fn key_log(&self, group: &GroupId) -> Result<Vec<Vec<u8>>> {
        let query = sqlx::query_scalar(
            "SELECT envelope FROM key_event WHERE group_id = ? ORDER BY event_index",
        )
        .bind(group.as_bytes().as_slice());
        Ok(lean_events(query.fetch_all(&self.readers).await?))
    }

    async fn key_event(&self, group: &GroupId, index: u32) -> Result<Option<Vec<u8>>> {
        let query = sqlx::query_scalar(
            "SELECT envelope FROM key_event WHERE group_id = ? AND event_index = ?",
        )
        .bind(group.as_bytes().as_slice())
        .bind(i64::from(index));
        let envelope: Option<Vec<u8>> = query.fetch_optional(&self.readers).await?;
        Ok(envelope.map(|envelope| without_padding(envelope, PayloadKind::KeyEvent)))
    }

    async fn rival_key_events(&self, group: &GroupId) -> Result<Vec<Vec<u8>>> {
        let query = sqlx::query_scalar(
            "SELECT envelope FROM rival_key_event WHERE group_id = ? ORDER BY event_index, hash",
        )
        .bind(group.as_bytes().as_slice());
        Ok(lean_events(query.fetch_all(&self.readers).await?))
    }

    async fn equivocation(
        &self,
        group: &GroupId,
        view: &View,
        key_index: u32,
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        let query = sqlx::query_as(
            "SELECT held, rival FROM equivocation \
             WHERE group_id = ? AND view = ? AND key_index = ?",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(i64::from(key_index));
        let heads: Option<(Vec<u8>, Vec<u8>)> = query.fetch_optional(&self.readers).await?;
        let lean = |head| without_padding(head, PayloadKind::Head);
        Ok(heads.map(|(held, rival)| (lean(held), lean(rival))))
    }

    async fn find_groups(&self, commitment: &Commitment, limit: usize) -> Result<Vec<GroupId>> {
        // An event after the commitment is signed by the recovery key, which only the holder of
        // the commitment has.
        let rows = sqlx::query(
            "SELECT k.group_id FROM key_event k JOIN known_group g ON g.group_id = k.group_id \
             WHERE k.commitment = ? GROUP BY k.group_id \
             ORDER BY MAX(EXISTS (SELECT 1 FROM key_event n WHERE n.group_id = k.group_id \
             AND n.event_index = k.event_index + 1)) DESC, g.first_seen, k.group_id LIMIT +?",
        )
        .bind(commitment.as_bytes().as_slice())
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(decode::group_id).collect()
    }
}
