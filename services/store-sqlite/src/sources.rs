//! The stream of revisions, and the servers that are followed.

use std::collections::HashSet;

use hedgerow_core::time::Timestamp;
use sqlx::Row;

use super::SqliteStore;
use super::decode::rows;
use super::decode::unsigned;
use super::write_tx::Done;
use super::write_tx::Write;
use hedgerow_store::Result;
use hedgerow_store::SourceRow;

pub(super) async fn stream_id(store: &SqliteStore) -> Result<String> {
    Ok(
        sqlx::query_scalar("SELECT stream_id FROM server WHERE group_id = ?")
            .bind(store.own.as_bytes().as_slice())
            .fetch_one(&store.readers)
            .await?,
    )
}

pub(super) async fn latest_revision(store: &SqliteStore) -> Result<u64> {
    let revision: i64 = sqlx::query_scalar("SELECT revision FROM server WHERE group_id = ?")
        .bind(store.own.as_bytes().as_slice())
        .fetch_one(&store.readers)
        .await?;
    Ok(unsigned(revision))
}

/// Cursors of sources are forgotten too: they may be ahead of what was restored.
pub(super) async fn restored(write: &mut Write, stream_id: &String) -> Result<Done<()>> {
    let own = write.own();
    sqlx::query("UPDATE server SET stream_id = ? WHERE group_id = ?")
        .bind(stream_id)
        .bind(own.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    sqlx::query("UPDATE head SET unconfirmed = 1")
        .execute(write.db())
        .await?;
    sqlx::query("UPDATE source SET cursor = NULL")
        .execute(write.db())
        .await?;
    Ok(Done::Kept(()))
}

pub(super) async fn source(store: &SqliteStore, address: &str) -> Result<Option<SourceRow>> {
    let row = sqlx::query(
        "SELECT address, cursor, listed_at, missed, answered_at, failures FROM source \
         WHERE group_id = ? AND address = ?",
    )
    .bind(store.own.as_bytes().as_slice())
    .bind(address)
    .fetch_optional(&store.readers)
    .await?;
    row.map(|row| {
        let listed: Option<i64> = row.try_get("listed_at")?;
        let answered: Option<i64> = row.try_get("answered_at")?;
        let failures: i64 = row.try_get("failures")?;
        Ok(SourceRow {
            address: row.try_get("address")?,
            cursor: row.try_get("cursor")?,
            listed_at: listed.map(Timestamp::from_millis),
            missed: row.try_get("missed")?,
            answered_at: answered.map(Timestamp::from_millis),
            failures: u32::try_from(failures).unwrap_or(u32::MAX),
        })
    })
    .transpose()
}

/// What was missed stays missed until a new list begins: an operator's decision may have
/// noted it meanwhile.
pub(super) async fn save(write: &mut Write, row: &SourceRow) -> Result<Done<()>> {
    let own = write.own();
    sqlx::query(
        "INSERT INTO source \
         (group_id, address, cursor, listed_at, missed, answered_at, failures) \
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, address) DO UPDATE SET \
         cursor = excluded.cursor, listed_at = excluded.listed_at, \
         missed = excluded.missed OR (missed AND listed_at IS excluded.listed_at), \
         answered_at = excluded.answered_at, failures = excluded.failures",
    )
    .bind(own.as_bytes().as_slice())
    .bind(&row.address)
    .bind(&row.cursor)
    .bind(row.listed_at.map(Timestamp::as_millis))
    .bind(row.missed)
    .bind(row.answered_at.map(Timestamp::as_millis))
    .bind(i64::from(row.failures))
    .execute(write.db())
    .await?;
    Ok(Done::Kept(()))
}

pub(super) async fn announced_endpoints(store: &SqliteStore, limit: usize) -> Result<Vec<String>> {
    let found: Vec<(String,)> = sqlx::query_as(
        "SELECT h.endpoint FROM head h JOIN known_group g ON g.group_id = h.group_id \
         WHERE h.endpoint IS NOT NULL AND g.ended = 0 \
         AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.group_id = h.group_id) \
         GROUP BY h.endpoint ORDER BY MIN(g.first_seen), h.endpoint LIMIT +?",
    )
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    Ok(found.into_iter().map(|(endpoint,)| endpoint).collect())
}

pub(super) async fn forget_but(write: &mut Write, addresses: &HashSet<String>) -> Result<Done<()>> {
    let own = write.own();
    let held: Vec<(String,)> = sqlx::query_as("SELECT address FROM source WHERE group_id = ?")
        .bind(own.as_bytes().as_slice())
        .fetch_all(write.db())
        .await?;
    let gone: Vec<String> = held
        .into_iter()
        .map(|(address,)| address)
        .filter(|address| !addresses.contains(address))
        .collect();
    for address in gone {
        sqlx::query("DELETE FROM source WHERE group_id = ? AND address = ?")
            .bind(own.as_bytes().as_slice())
            .bind(address)
            .execute(write.db())
            .await?;
    }
    Ok(Done::Kept(()))
}
