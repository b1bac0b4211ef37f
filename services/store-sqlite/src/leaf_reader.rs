//! Reading leaves without a stored body.

use async_trait::async_trait;
use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::View;
use hedgerow_store::{LeafReader, RefusalRow, Result};

use crate::decode;
use crate::decode::row_limit;
use crate::sqlite_store::SqliteStore;

#[async_trait]
impl LeafReader for SqliteStore {
    async fn list_refusals(
        &self,
        group: &GroupId,
        view: &View,
        limit: usize,
    ) -> Result<Vec<RefusalRow>> {
        let rows = sqlx::query(
            "SELECT collection, key, reason, detail FROM leaf \
             WHERE group_id = ? AND view = ? AND state = 2 AND hidden = 0 \
             ORDER BY collection, key LIMIT +?",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(RefusalRow {
                    name: decode::name(row, "leaf")?,
                    refusal: decode::refusal(row)?.unwrap_or_default(),
                })
            })
            .collect()
    }

    async fn list_wanted(
        &self,
        group: &GroupId,
        view: &View,
        limit: usize,
    ) -> Result<Vec<RecordHash>> {
        let rows = sqlx::query(
            "SELECT record_hash FROM leaf \
             WHERE group_id = ? AND view = ? AND state = 1 AND hidden = 0 LIMIT +?",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| decode::record_hash(row, "leaf"))
            .collect()
    }

    async fn list_groups_wanting(
        &self,
        after: Option<&GroupId>,
        limit: usize,
    ) -> Result<Vec<GroupId>> {
        let rows = sqlx::query(
            "SELECT DISTINCT group_id FROM leaf WHERE state = 1 AND group_id > ? \
             ORDER BY group_id LIMIT +?",
        )
        // Without `after`, an empty blob, which comes before every id.
        .bind(after.map(GroupId::to_vec).unwrap_or_default())
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(decode::group_id).collect()
    }
}
