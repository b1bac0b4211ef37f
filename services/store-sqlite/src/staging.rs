//! Bodies and verdicts that wait for a commit.

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use sqlx::QueryBuilder;
use sqlx::Row;
use sqlx::Sqlite;

use super::SqliteStore;
use super::decode;
use super::decode::unsigned;
use super::write_tx::Done;
use super::write_tx::Write;
use hedgerow_store::Result;
use hedgerow_store::Staged;
use hedgerow_store::StagedRow;
use hedgerow_store::Verdict;

/// How many hashes are asked for in one statement.
const CHUNK: usize = 500;
/// What a verdict counts for, so that verdicts alone are bounded too.
const ROW_OVERHEAD: usize = 256;

pub(super) async fn stage(
    write: &mut Write,
    (group, items, now): &(GroupId, Vec<Staged>, Timestamp),
) -> Result<Done<()>> {
    for item in items {
        let (record, reason, detail) = match &item.verdict {
            Verdict::Keep(record) => (Some(record), None, None),
            Verdict::Refuse { reason, detail } => (None, Some(reason), Some(detail)),
        };
        let size = record.map_or(0, Vec::len) + ROW_OVERHEAD;
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
        .bind(decode::rows(size))
        .bind(now.as_millis())
        .execute(write.db())
        .await?;
    }
    Ok(Done::Kept(()))
}

pub(super) async fn staged(
    store: &SqliteStore,
    group: &GroupId,
    hashes: &[RecordHash],
) -> Result<Vec<StagedRow>> {
    let mut found = Vec::new();
    for chunk in hashes.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT record_hash, collection, key, reason, detail, LENGTH(record) AS length \
             FROM staged WHERE group_id = ",
        );
        query.push_bind(group.to_vec());
        push_hashes(&mut query, chunk);
        for row in query.build().fetch_all(&store.readers).await? {
            let reason: Option<String> = row.try_get("reason")?;
            let detail: Option<String> = row.try_get("detail")?;
            let length: Option<i64> = row.try_get("length")?;
            let named: Option<String> = row.try_get("collection")?;
            found.push(StagedRow {
                record_hash: decode::record_hash(&row, "staged")?,
                name: named.map(|_| decode::name(&row, "staged")).transpose()?,
                length: length.and_then(|length| u32::try_from(length).ok()),
                refused: reason.map(|reason| (reason, detail.unwrap_or_default())),
            });
        }
    }
    Ok(found)
}

pub(super) async fn bodies_held(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    hashes: &[RecordHash],
) -> Result<Vec<(RecordHash, RecordName)>> {
    let mut found = Vec::new();
    for chunk in hashes.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT record_hash, collection, key FROM leaf WHERE state = 0 AND view = ",
        );
        query.push_bind(view.as_str().to_owned());
        query.push(" AND group_id = ");
        query.push_bind(group.to_vec());
        push_hashes(&mut query, chunk);
        for row in query.build().fetch_all(&store.readers).await? {
            found.push((
                decode::record_hash(&row, "leaf")?,
                decode::name(&row, "leaf")?,
            ));
        }
    }
    Ok(found)
}

fn push_hashes(query: &mut QueryBuilder<Sqlite>, hashes: &[RecordHash]) {
    query.push(" AND record_hash IN (");
    let mut list = query.separated(", ");
    for hash in hashes {
        list.push_bind(hash.to_vec());
    }
    query.push(")");
}

pub(super) async fn staged_bytes(store: &SqliteStore, group: &GroupId) -> Result<(u64, u64)> {
    let (own, all): (i64, i64) = sqlx::query_as(
        "SELECT COALESCE(SUM(bytes) FILTER (WHERE group_id = ?), 0), COALESCE(SUM(bytes), 0) \
         FROM staged_group",
    )
    .bind(group.as_bytes().as_slice())
    .fetch_one(&store.readers)
    .await?;
    Ok((unsigned(own), unsigned(all)))
}

pub(super) async fn evict(
    write: &mut Write,
    (sparing, own, room): &(GroupId, u64, u64),
) -> Result<Done<bool>> {
    let all: i64 = sqlx::query_scalar("SELECT COALESCE(SUM(bytes), 0) FROM staged_group")
        .fetch_one(write.db())
        .await?;
    let mut all = unsigned(all);
    while all > *room {
        let most: Option<(Vec<u8>, i64)> = sqlx::query_as(
            "SELECT group_id, bytes FROM staged_group WHERE group_id <> ? \
             ORDER BY bytes DESC LIMIT 1",
        )
        .bind(sparing.as_bytes().as_slice())
        .fetch_optional(write.db())
        .await?;
        let Some((group, bytes)) = most.filter(|(_, bytes)| unsigned(*bytes) > *own) else {
            return Ok(Done::Undone(false));
        };
        sqlx::query("DELETE FROM staged WHERE group_id = ?")
            .bind(group)
            .execute(write.db())
            .await?;
        all = all.saturating_sub(unsigned(bytes));
    }
    Ok(Done::Kept(true))
}

pub(super) async fn expire(write: &mut Write, before: &Timestamp) -> Result<Done<u64>> {
    let gone = sqlx::query("DELETE FROM staged WHERE staged_at < ?")
        .bind(before.as_millis())
        .execute(write.db())
        .await?;
    Ok(Done::Kept(gone.rows_affected()))
}
