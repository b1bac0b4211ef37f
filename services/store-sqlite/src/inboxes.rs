//! Sealed messages that wait for groups.

use async_trait::async_trait;
use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::time::Timestamp;
use hedgerow_store::{
    Addition, InboxBounds, Inboxes, Inconsistency, RequestUse, Result, SpentRequest, WaitingMessage,
};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::decode;
use crate::decode::unsigned;
use crate::sqlite_store::SqliteStore;
use crate::write_tx::{Done, WriteTx};

#[async_trait]
impl Inboxes for SqliteStore {
    async fn inbox_open_until(&self, group: &GroupId) -> Result<Option<Timestamp>> {
        let until: Option<i64> = sqlx::query_scalar(OPEN_UNTIL)
            .bind(group.as_bytes().as_slice())
            .fetch_optional(&self.readers)
            .await?;
        Ok(until.map(Timestamp::from_millis))
    }

    async fn add_waiting(
        &self,
        group: GroupId,
        message: WaitingMessage,
        bounds: InboxBounds,
    ) -> Result<Addition> {
        self.writer.execute((group, message, bounds), add).await
    }

    async fn fetch_waiting(
        &self,
        request: SpentRequest,
        open_until: Option<Timestamp>,
        limit: u32,
    ) -> Result<(RequestUse, Vec<WaitingMessage>)> {
        self.writer
            .execute((request, open_until, limit), fetch)
            .await
    }

    async fn acknowledge_waiting(
        &self,
        request: SpentRequest,
        ids: Vec<RequestId>,
    ) -> Result<RequestUse> {
        self.writer.execute((request, ids), acknowledge).await
    }

    async fn forget_waiting(&self, before: Timestamp, now: Timestamp) -> Result<()> {
        self.writer.execute((before, now), forget).await
    }
}

const OPEN_UNTIL: &str = "SELECT open_until FROM inbox WHERE group_id = ?";

async fn add(
    tx: &mut WriteTx,
    (group, message, bounds): &(GroupId, WaitingMessage, InboxBounds),
) -> Result<Done<Addition>> {
    let group = group.as_bytes().as_slice();
    let until: Option<i64> = sqlx::query_scalar(OPEN_UNTIL)
        .bind(group)
        .fetch_optional(tx.db())
        .await?;
    if until.is_none_or(|until| until <= message.at.as_millis()) {
        return Ok(Done::NoChange(Addition::Closed));
    }
    // Counted where it is added, so that two at once do not exceed the number.
    let (own, all): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM inbox_message WHERE group_id = ?), \
         (SELECT COUNT(*) FROM inbox_message)",
    )
    .bind(group)
    .fetch_one(tx.db())
    .await?;
    if unsigned(own) >= bounds.per_group {
        return Ok(Done::NoChange(Addition::GroupFull));
    }
    if unsigned(all) >= bounds.all {
        return Ok(Done::NoChange(Addition::Full));
    }
    sqlx::query(
        "INSERT INTO inbox_message (group_id, message_id, key_index, sealed, at) \
         VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(group)
    .bind(message.id.as_bytes().as_slice())
    .bind(message.key_index)
    .bind(&message.sealed)
    .bind(message.at.as_millis())
    .execute(tx.db())
    .await?;
    Ok(Done::Commit(Addition::Added))
}

async fn fetch(
    tx: &mut WriteTx,
    (request, open_until, limit): &(SpentRequest, Option<Timestamp>, u32),
) -> Result<Done<(RequestUse, Vec<WaitingMessage>)>> {
    let used = spend(tx, request).await?;
    if used != RequestUse::First {
        return Ok(Done::NoChange((used, Vec::new())));
    }
    let group = request.group.as_bytes().as_slice();
    match open_until {
        Some(until) => {
            sqlx::query(
                "INSERT INTO inbox (group_id, open_until) VALUES (?, ?) \
                 ON CONFLICT (group_id) DO UPDATE SET open_until = excluded.open_until",
            )
            .bind(group)
            .bind(until.as_millis())
            .execute(tx.db())
            .await?;
        }
        None => {
            sqlx::query("DELETE FROM inbox WHERE group_id = ?")
                .bind(group)
                .execute(tx.db())
                .await?;
        }
    }
    let rows = sqlx::query(
        "SELECT group_id, message_id, key_index, sealed, at FROM inbox_message \
         WHERE group_id = ? ORDER BY at, message_id LIMIT ?",
    )
    .bind(group)
    .bind(limit)
    .fetch_all(tx.db())
    .await?;
    let messages: Result<Vec<_>> = rows.iter().map(waiting).collect();
    Ok(Done::Commit((used, messages?)))
}

async fn acknowledge(
    tx: &mut WriteTx,
    (request, ids): &(SpentRequest, Vec<RequestId>),
) -> Result<Done<RequestUse>> {
    let used = spend(tx, request).await?;
    if used != RequestUse::First {
        return Ok(Done::NoChange(used));
    }
    for id in ids {
        sqlx::query("DELETE FROM inbox_message WHERE group_id = ? AND message_id = ?")
            .bind(request.group.as_bytes().as_slice())
            .bind(id.as_bytes().as_slice())
            .execute(tx.db())
            .await?;
    }
    Ok(Done::Commit(used))
}

/// Remembers a request, unless it was used before or too many of its group are remembered.
async fn spend(tx: &mut WriteTx, request: &SpentRequest) -> Result<RequestUse> {
    let group = request.group.as_bytes().as_slice();
    let id = request.id.as_bytes().as_slice();
    let known: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT hash FROM inbox_request WHERE group_id = ? AND request_id = ?")
            .bind(group)
            .bind(id)
            .fetch_optional(tx.db())
            .await?;
    if let Some(hash) = known {
        return Ok(if hash == request.hash.as_bytes() {
            RequestUse::Repeated
        } else {
            RequestUse::Reused
        });
    }
    let remembered: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM inbox_request WHERE group_id = ?")
            .bind(group)
            .fetch_one(tx.db())
            .await?;
    if unsigned(remembered) >= request.max {
        return Ok(RequestUse::TooMany);
    }
    sqlx::query(
        "INSERT INTO inbox_request (group_id, request_id, hash, expires_at) VALUES (?, ?, ?, ?)",
    )
    .bind(group)
    .bind(id)
    .bind(request.hash.as_bytes().as_slice())
    .bind(request.expires.as_millis())
    .execute(tx.db())
    .await?;
    Ok(RequestUse::First)
}

async fn forget(tx: &mut WriteTx, (before, now): &(Timestamp, Timestamp)) -> Result<Done<()>> {
    let mut deleted = 0;
    for (query, time) in [
        ("DELETE FROM inbox_message WHERE at < ?", before),
        ("DELETE FROM inbox_request WHERE expires_at < ?", now),
        ("DELETE FROM inbox WHERE open_until < ?", now),
    ] {
        let done = sqlx::query(query).bind(time.as_millis()).execute(tx.db());
        deleted += done.await?.rows_affected();
    }
    Ok(match deleted {
        0 => Done::NoChange(()),
        _ => Done::Commit(()),
    })
}

fn waiting(row: &SqliteRow) -> Result<WaitingMessage> {
    let id: Vec<u8> = row.try_get("message_id")?;
    let corrupt = |column| Inconsistency::new("inbox_message", column, hex::encode(&id));
    let key_index: i64 = row.try_get("key_index")?;
    Ok(WaitingMessage {
        id: RequestId::try_from(id.as_slice()).map_err(|_| corrupt("message_id"))?,
        key_index: u32::try_from(key_index).map_err(|_| corrupt("key_index"))?,
        sealed: row.try_get("sealed")?,
        at: decode::time(row, "at")?,
    })
}
