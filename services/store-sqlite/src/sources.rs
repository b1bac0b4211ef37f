//! The servers that this aggregator follows.

use std::collections::HashSet;

use async_trait::async_trait;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Result, SourceRow, SourceStore};
use sqlx::Row;

use crate::decode::row_limit;
use crate::sqlite_store::SqliteStore;
use crate::write_tx::{Done, WriteTx};

/// Number of failures in a row after which a server that responded before counts as new.
const MAX_FAILURES: u32 = 8;

#[async_trait]
impl SourceStore for SqliteStore {
    async fn source(&self, address: &str) -> Result<Option<SourceRow>> {
        let row = sqlx::query(
            "SELECT address, cursor, listed_at, missed, answered_at, failures FROM source \
             WHERE group_id = ? AND address = ?",
        )
        .bind(self.own.as_bytes().as_slice())
        .bind(address)
        .fetch_optional(&self.readers)
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

    async fn save_source(&self, row: &SourceRow) -> Result<()> {
        self.writer.execute(row.clone(), save).await
    }

    async fn announced_endpoints(&self, limit: usize) -> Result<Vec<String>> {
        // Servers that respond come first, the oldest of them before others, so that newcomers
        // cannot crowd them out. Those not tried yet are next, in a random order, so that heads
        // that name many servers that do not exist cannot occupy the places for good; those that
        // never responded are last. A source's row is named by the address without its key.
        let query = sqlx::query_scalar(
            "SELECT endpoint FROM (SELECT h.endpoint AS endpoint, MIN(g.first_seen) AS seen, \
             MIN(CASE WHEN s.address IS NULL THEN 1 \
             WHEN s.answered_at IS NULL THEN CASE WHEN s.failures = 0 THEN 1 ELSE 2 END \
             WHEN s.failures < ?1 THEN 0 ELSE 1 END) AS class \
             FROM head h JOIN known_group g ON g.group_id = h.group_id \
             LEFT JOIN source s ON s.group_id = ?2 \
             AND s.address = substr(h.endpoint, 1, instr(h.endpoint || '#', '#') - 1) \
             WHERE h.endpoint IS NOT NULL AND g.ended = 0 \
             AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.group_id = h.group_id) \
             GROUP BY h.endpoint) \
             ORDER BY class, CASE WHEN class = 0 THEN seen ELSE random() END LIMIT +?3",
        )
        .bind(MAX_FAILURES)
        .bind(self.own.as_bytes().as_slice())
        .bind(row_limit(limit));
        Ok(query.fetch_all(&self.readers).await?)
    }

    async fn retain_sources(&self, addresses: &HashSet<String>) -> Result<()> {
        self.writer.execute(addresses.clone(), retain).await
    }
}

async fn save(tx: &mut WriteTx, row: &SourceRow) -> Result<Done<()>> {
    // `missed` stays set until a new listing begins: an operator may have included a group since
    // the caller read the row.
    sqlx::query(
        "INSERT INTO source \
         (group_id, address, cursor, listed_at, missed, answered_at, failures) \
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, address) DO UPDATE SET \
         cursor = excluded.cursor, listed_at = excluded.listed_at, \
         missed = excluded.missed OR (missed AND listed_at IS excluded.listed_at), \
         answered_at = excluded.answered_at, failures = excluded.failures",
    )
    .bind(tx.own().to_vec())
    .bind(&row.address)
    .bind(&row.cursor)
    .bind(row.listed_at.map(Timestamp::as_millis))
    .bind(row.missed)
    .bind(row.answered_at.map(Timestamp::as_millis))
    .bind(i64::from(row.failures))
    .execute(tx.db())
    .await?;
    Ok(Done::Commit(()))
}

async fn retain(tx: &mut WriteTx, addresses: &HashSet<String>) -> Result<Done<()>> {
    // Compared here rather than with NOT IN: there may be more addresses than parameters.
    let stored: Vec<String> = sqlx::query_scalar("SELECT address FROM source WHERE group_id = ?")
        .bind(tx.own().to_vec())
        .fetch_all(tx.db())
        .await?;
    for address in stored {
        if addresses.contains(&address) {
            continue;
        }
        sqlx::query("DELETE FROM source WHERE group_id = ? AND address = ?")
            .bind(tx.own().to_vec())
            .bind(address)
            .execute(tx.db())
            .await?;
    }
    Ok(Done::Commit(()))
}
