//! The operator's decisions. Commands make them next to a running aggregator.

use std::time::Duration;

use async_trait::async_trait;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Decisions, Exclude, Exclusion, Moderation, Result};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::decode;
use crate::decode::{row_limit, unsigned};
use crate::sqlite_store::SqliteStore;
use crate::view::{erase_records, hide_records};
use crate::write_tx::{Done, WriteTx};

/// Somewhat more than the interval of two seconds in which a running aggregator refreshes.
const REFRESH_TIME: Duration = Duration::from_secs(3);

#[async_trait]
impl Moderation for SqliteStore {
    async fn exclude(&self, change: Exclude) -> Result<u64> {
        let revision = self.writer.execute_hiding(change, exclude).await?;
        self.notify_processes().await;
        Ok(revision)
    }

    async fn include(&self, group: &GroupId) -> Result<bool> {
        let included = self.writer.execute(*group, include).await?;
        self.notify_processes().await;
        Ok(included)
    }

    async fn list_exclusions(&self) -> Result<Vec<(GroupId, Exclusion)>> {
        let rows = sqlx::query(
            "SELECT group_id, reason AS excluded_reason, at AS excluded_at FROM exclusion \
             ORDER BY at DESC, group_id",
        )
        .fetch_all(&self.readers)
        .await?;
        let exclusion = |row| Ok((decode::group_id(row)?, decode::exclusion(row)?));
        rows.iter()
            .map(exclusion)
            .filter_map(|read: Result<_>| match read {
                Ok((group, exclusion)) => exclusion.map(|exclusion| Ok((group, exclusion))),
                Err(error) => Some(Err(error)),
            })
            .collect()
    }

    async fn decisions(&self, limit: usize) -> Result<Decisions> {
        // One statement for each number, in one transaction: they belong to one state.
        let mut reading = self.readers.begin().await?;
        let by_reason = sqlx::query(
            "SELECT reason, COUNT(*) AS number FROM exclusion GROUP BY reason \
             ORDER BY number DESC, MAX(at) DESC, reason LIMIT +?",
        )
        .bind(row_limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        let latest = sqlx::query(
            "SELECT reason AS excluded_reason, at AS excluded_at FROM exclusion \
             ORDER BY at DESC, group_id LIMIT 1",
        )
        .fetch_optional(&mut *reading)
        .await?;
        let all = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM exclusion) AS exclusions, COUNT(*) AS entries, \
             MAX(at) AS at FROM hidden_entry",
        )
        .fetch_one(&mut *reading)
        .await?;
        let latest = latest.as_ref().map(decode::exclusion).transpose()?;
        let reason =
            |row: &SqliteRow| Ok((row.try_get("reason")?, unsigned(row.try_get("number")?)));
        let hidden_entries = unsigned(all.try_get("entries")?);
        Ok(Decisions {
            exclusions: unsigned(all.try_get("exclusions")?),
            reasons: by_reason.iter().map(reason).collect::<Result<_>>()?,
            latest: latest.flatten(),
            hidden_entries,
            last_hidden: match hidden_entries {
                0 => None,
                _ => Some(decode::time(&all, "at")?),
            },
        })
    }

    async fn hide_entry(&self, group: &GroupId, name: &RecordName, now: Timestamp) -> Result<bool> {
        let change = (*group, name.clone(), now);
        let was_shown = self.writer.execute_hiding(change, hide_entry).await?;
        self.notify_processes().await;
        Ok(was_shown)
    }

    async fn show_entry(&self, group: &GroupId, name: &RecordName) -> Result<bool> {
        let change = (*group, name.clone());
        let was_hidden = self.writer.execute(change, show_entry).await?;
        self.notify_processes().await;
        Ok(was_hidden)
    }

    async fn list_hidden_entries(&self) -> Result<Vec<(GroupId, RecordName, Timestamp)>> {
        let rows = sqlx::query(
            "SELECT group_id, collection, key, at FROM hidden_entry \
             ORDER BY at DESC, group_id, collection, key",
        )
        .fetch_all(&self.readers)
        .await?;
        let entry = |row| {
            let name = decode::name(row, "hidden_entry")?;
            Ok((decode::group_id(row)?, name, decode::time(row, "at")?))
        };
        rows.iter().map(entry).collect()
    }

    async fn erase_excluded(&self, group: &GroupId) -> Result<()> {
        self.writer.execute_hiding(*group, erase_excluded).await
    }
}

impl SqliteStore {
    /// Signals the change to a running aggregator. If that fails, waits until the aggregator has
    /// refreshed, so that the change is in effect when the command returns.
    async fn notify_processes(&self) {
        if let Err(error) = self.change_signal.notify() {
            tracing::warn!(
                %error,
                "cannot signal the change to a running aggregator: waiting until it has refreshed"
            );
            tokio::time::sleep(REFRESH_TIME).await;
        }
    }
}

async fn exclude(tx: &mut WriteTx, change: &Exclude) -> Result<Done<u64>> {
    sqlx::query(
        "INSERT INTO exclusion (group_id, reason, at) VALUES (?, ?, ?) \
         ON CONFLICT (group_id) DO UPDATE SET reason = excluded.reason, at = excluded.at",
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(&change.reason)
    .bind(change.now.as_millis())
    .execute(tx.db())
    .await?;
    tx.touch(&change.group_id).await?;
    Ok(Done::Commit(unsigned(tx.last_revision())))
}

async fn hide_entry(
    tx: &mut WriteTx,
    (group, name, now): &(GroupId, RecordName, Timestamp),
) -> Result<Done<bool>> {
    sqlx::query(
        "INSERT INTO hidden_entry (group_id, collection, key, at) VALUES (?, ?, ?, ?) \
         ON CONFLICT DO NOTHING",
    )
    .bind(group.as_bytes().as_slice())
    .bind(name.collection.as_str())
    .bind(name.key.as_str())
    .bind(now.as_millis())
    .execute(tx.db())
    .await?;
    let of = (group, &View::public());
    let hidden = hide_records(tx, of, std::slice::from_ref(name)).await?;
    Ok(Done::Commit(hidden > 0))
}

async fn show_entry(tx: &mut WriteTx, (group, name): &(GroupId, RecordName)) -> Result<Done<bool>> {
    let done =
        sqlx::query("DELETE FROM hidden_entry WHERE group_id = ? AND collection = ? AND key = ?")
            .bind(group.as_bytes().as_slice())
            .bind(name.collection.as_str())
            .bind(name.key.as_str())
            .execute(tx.db())
            .await?;
    if done.rows_affected() == 0 {
        return Ok(Done::NoChange(false));
    }
    // Under a throttle or rival heads it may be hidden for that reason too: then the next head
    // shows it.
    let revision = tx.next_revision();
    sqlx::query(
        "UPDATE leaf SET hidden = 0, revision = ?1 \
         WHERE group_id = ?2 AND view = ?3 AND collection = ?4 AND key = ?5 AND hidden = 1 \
         AND NOT EXISTS (SELECT 1 FROM view_state v WHERE v.group_id = ?2 AND v.view = ?3 \
         AND (v.limit_name IS NOT NULL OR v.frozen_index IS NOT NULL))",
    )
    .bind(revision)
    .bind(group.as_bytes().as_slice())
    .bind(View::public().as_str())
    .bind(name.collection.as_str())
    .bind(name.key.as_str())
    .execute(tx.db())
    .await?;
    Ok(Done::Commit(true))
}

async fn erase_excluded(tx: &mut WriteTx, group: &GroupId) -> Result<Done<()>> {
    let excluded: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM exclusion WHERE group_id = ?)")
            .bind(group.as_bytes().as_slice())
            .fetch_one(tx.db())
            .await?;
    if !excluded {
        return Ok(Done::NoChange(()));
    }
    erase_records(tx, (group, &View::public())).await?;
    tx.touch(group).await?;
    Ok(Done::Commit(()))
}

async fn include(tx: &mut WriteTx, group: &GroupId) -> Result<Done<bool>> {
    let done = sqlx::query("DELETE FROM exclusion WHERE group_id = ?")
        .bind(group.as_bytes().as_slice())
        .execute(tx.db())
        .await?;
    if done.rows_affected() == 0 {
        return Ok(Done::NoChange(false));
    }
    // The crawler skipped the group meanwhile: any source may have its newer head.
    sqlx::query("UPDATE source SET missed = 1 WHERE group_id = ?")
        .bind(tx.own().to_vec())
        .execute(tx.db())
        .await?;
    tx.touch(group).await?;
    Ok(Done::Commit(true))
}
