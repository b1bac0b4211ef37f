//! Reading heads and their leaves, as the feed sends them.

use async_trait::async_trait;
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::View;
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_store::{Difference, FeedReader, GroupRow, Inconsistency, Result, StoredHead};
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::decode;
use crate::decode::{GROUP, row_limit, signed};
use crate::groups::current_head;
use crate::sqlite_store::SqliteStore;

#[async_trait]
impl FeedReader for SqliteStore {
    async fn list_feed(&self, revision: u64, limit: usize) -> Result<Vec<GroupRow>> {
        let statement = format!("{GROUP} WHERE g.revision > ? ORDER BY g.revision LIMIT +?");
        let rows = sqlx::query(AssertSqlSafe(statement))
            .bind(signed(revision))
            .bind(row_limit(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(decode::group).collect()
    }

    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(StoredHead, Manifest)>> {
        // A transaction, so that head and leaves come from one snapshot.
        let mut tx = self.readers.begin().await?;
        let head = current_head(&mut *tx, group, view).await?;
        let Some(head) = head.filter(|head| head.whole) else {
            return Ok(None);
        };
        let leaves = leaves_after(&mut tx, group, view, 0).await?;
        let manifest = Manifest::from_sorted(leaves)
            .map_err(|_| Inconsistency::new("leaf", "key", group.to_string()))?;
        Ok(Some((head, manifest)))
    }

    async fn difference(
        &self,
        group: &GroupId,
        view: &View,
        from: &PayloadHash,
    ) -> Result<Option<Difference>> {
        let mut tx = self.readers.begin().await?;
        let head = current_head(&mut *tx, group, view).await?;
        let Some(head) = head.filter(|head| head.whole) else {
            return Ok(None);
        };
        let since: Option<i64> = sqlx::query_scalar(
            "SELECT revision FROM head_history WHERE group_id = ? AND view = ? AND hash = ?",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(from.as_bytes().as_slice())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(since) = since else {
            return Ok(None);
        };
        let puts = leaves_after(&mut tx, group, view, since).await?;
        let removed = sqlx::query(
            "SELECT collection, key FROM removal WHERE group_id = ? AND view = ? \
             AND revision > ? ORDER BY collection, key",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(since)
        .fetch_all(&mut *tx)
        .await?;
        let removals = removed
            .iter()
            .map(|row| decode::name(row, "removal"))
            .collect::<Result<Vec<_>>>()?;
        Ok(Some(Difference {
            head,
            removals,
            puts,
        }))
    }
}

/// Returns the leaves in order of name, hidden ones included: they are still part of the head.
async fn leaves_after(
    db: &mut SqliteConnection,
    group: &GroupId,
    view: &View,
    revision: i64,
) -> Result<Vec<Leaf>> {
    let rows = sqlx::query(
        "SELECT collection, key, length, record_hash FROM leaf \
         WHERE group_id = ? AND view = ? AND revision > ? ORDER BY collection, key",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(revision)
    .fetch_all(db)
    .await?;
    rows.iter().map(decode::leaf).collect()
}
