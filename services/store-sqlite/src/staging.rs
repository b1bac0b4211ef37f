//! Bodies and verdicts that wait for a commit.

use async_trait::async_trait;
use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Result, Staged, StagedRow, Staging, Verdict};
use sqlx::{QueryBuilder, Row};

use crate::commit::bodies::push_where;
use crate::decode;
use crate::decode::{row_limit, unsigned};
use crate::sqlite_store::SqliteStore;
use crate::write_tx::{Done, WriteTx};

/// Hashes in one query.
const MAX_HASHES: usize = 500;
/// Counted for each entry besides its body, so that entries without bodies are bounded too.
const ROW_OVERHEAD: usize = 256;

#[async_trait]
impl Staging for SqliteStore {
    async fn stage(&self, group: &GroupId, items: Vec<Staged>, now: Timestamp) -> Result<()> {
        self.writer.execute((*group, items, now), stage).await
    }

    async fn staged(&self, group: &GroupId, hashes: &[RecordHash]) -> Result<Vec<StagedRow>> {
        let mut staged = Vec::new();
        for hashes in hashes.chunks(MAX_HASHES) {
            let mut query = QueryBuilder::new(
                "SELECT record_hash, collection, key, reason, detail, LENGTH(record) AS length \
                 FROM staged",
            );
            push_where(&mut query, group, hashes.iter().copied());
            for row in query.build().fetch_all(&self.readers).await? {
                let length: Option<i64> = row.try_get("length")?;
                let collection: Option<String> = row.try_get("collection")?;
                staged.push(StagedRow {
                    record_hash: decode::record_hash(&row, "staged")?,
                    name: collection
                        .map(|_| decode::name(&row, "staged"))
                        .transpose()?,
                    length: length.and_then(|length| u32::try_from(length).ok()),
                    refused: decode::refusal(&row)?,
                });
            }
        }
        Ok(staged)
    }

    async fn existing_bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<(RecordHash, RecordName)>> {
        let mut existing = Vec::new();
        for hashes in hashes.chunks(MAX_HASHES) {
            let mut query = QueryBuilder::new("SELECT record_hash, collection, key FROM leaf");
            push_where(&mut query, group, hashes.iter().copied());
            query.push(" AND state = 0 AND view = ");
            query.push_bind(view.as_str().to_owned());
            for row in query.build().fetch_all(&self.readers).await? {
                existing.push((
                    decode::record_hash(&row, "leaf")?,
                    decode::name(&row, "leaf")?,
                ));
            }
        }
        Ok(existing)
    }

    async fn staged_bytes(&self, group: &GroupId) -> Result<(u64, u64)> {
        // Triggers keep the sums: adding up `staged` would read every body.
        let (own, all): (i64, i64) = sqlx::query_as(
            "SELECT COALESCE(SUM(bytes) FILTER (WHERE group_id = ?), 0), \
             COALESCE(SUM(bytes), 0) FROM staged_group",
        )
        .bind(group.as_bytes().as_slice())
        .fetch_one(&self.readers)
        .await?;
        Ok((unsigned(own), unsigned(all)))
    }

    async fn evict_staged(&self, sparing: &GroupId, own: u64, room: u64) -> Result<bool> {
        self.writer.execute((*sparing, own, room), evict).await
    }

    async fn expire_staged(&self, before: Timestamp) -> Result<u64> {
        self.writer.execute(before, expire).await
    }
}

async fn stage(
    tx: &mut WriteTx,
    (group, items, now): &(GroupId, Vec<Staged>, Timestamp),
) -> Result<Done<()>> {
    for item in items {
        let (record, reason, detail) = match &item.verdict {
            Verdict::Keep(record) => (Some(record), None, None),
            Verdict::Refuse(refusal) => (None, Some(&refusal.reason), Some(&refusal.detail)),
        };
        let size = record.map_or(0, Vec::len) + ROW_OVERHEAD;
        // `staged_at` is not updated: sending a body again must not extend its time.
        sqlx::query(
            "INSERT INTO staged (group_id, record_hash, collection, key, record, reason, \
             detail, size, staged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (group_id, record_hash) DO UPDATE SET collection = excluded.collection, \
             key = excluded.key, record = excluded.record, reason = excluded.reason, \
             detail = excluded.detail, size = excluded.size",
        )
        .bind(group.as_bytes().as_slice())
        .bind(item.record_hash.as_bytes().as_slice())
        .bind(item.name.as_ref().map(|name| name.collection.to_string()))
        .bind(item.name.as_ref().map(|name| name.key.to_string()))
        .bind(record)
        .bind(reason)
        .bind(detail)
        .bind(row_limit(size))
        .bind(now.as_millis())
        .execute(tx.db())
        .await?;
    }
    Ok(Done::Commit(()))
}

async fn evict(tx: &mut WriteTx, (sparing, own, room): &(GroupId, u64, u64)) -> Result<Done<bool>> {
    let all: i64 = sqlx::query_scalar("SELECT COALESCE(SUM(bytes), 0) FROM staged_group")
        .fetch_one(tx.db())
        .await?;
    let mut all = unsigned(all);
    while all > *room {
        // The largest first: a sender that fills the staging loses its own entries.
        let largest: Option<(Vec<u8>, i64)> = sqlx::query_as(
            "SELECT group_id, bytes FROM staged_group WHERE group_id <> ? \
             ORDER BY bytes DESC LIMIT 1",
        )
        .bind(sparing.as_bytes().as_slice())
        .fetch_optional(tx.db())
        .await?;
        let Some((group, bytes)) = largest.filter(|(_, bytes)| unsigned(*bytes) > *own) else {
            return Ok(Done::Rollback(false));
        };
        sqlx::query("DELETE FROM staged WHERE group_id = ?")
            .bind(group)
            .execute(tx.db())
            .await?;
        all = all.saturating_sub(unsigned(bytes));
    }
    Ok(Done::Commit(true))
}

async fn expire(tx: &mut WriteTx, before: &Timestamp) -> Result<Done<u64>> {
    let deleted = sqlx::query("DELETE FROM staged WHERE staged_at < ?")
        .bind(before.as_millis())
        .execute(tx.db())
        .await?;
    Ok(Done::Commit(deleted.rows_affected()))
}
