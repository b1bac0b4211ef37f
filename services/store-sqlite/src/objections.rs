//! The operator's queue of requests about entries.

use async_trait::async_trait;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Inconsistency, Objection, Objections, Result, Wish};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::decode;
use crate::decode::{signed, unsigned};
use crate::sqlite_store::SqliteStore;
use crate::write_tx::{Done, WriteTx};

#[async_trait]
impl Objections for SqliteStore {
    async fn add_objection(&self, objection: Objection, max: u64) -> Result<bool> {
        self.writer.execute((objection, max), add).await
    }

    async fn list_objections(&self) -> Result<Vec<(u64, Objection)>> {
        let rows = sqlx::query(
            "SELECT id, group_id, collection, key, wish, words, reply, at FROM objection \
             ORDER BY id",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(objection).collect()
    }

    async fn delete_objection(&self, number: u64) -> Result<bool> {
        self.writer.execute(number, delete).await
    }

    async fn forget_objections(&self, before: Timestamp) -> Result<()> {
        self.writer.execute(before, forget).await
    }
}

fn objection(row: &SqliteRow) -> Result<(u64, Objection)> {
    let wish = match row.try_get::<i64, _>("wish")? {
        1 => Wish::Remove,
        2 => Wish::Correct,
        other => return Err(Inconsistency::new("objection", "wish", other.to_string()).into()),
    };
    let objection = Objection {
        group: decode::group_id(row)?,
        name: decode::name(row, "objection")?,
        wish,
        words: row.try_get("words")?,
        reply: row.try_get("reply")?,
        at: decode::time(row, "at")?,
    };
    Ok((unsigned(row.try_get("id")?), objection))
}

async fn add(tx: &mut WriteTx, (one, max): &(Objection, u64)) -> Result<Done<bool>> {
    let wish = match one.wish {
        Wish::Remove => 1_i64,
        Wish::Correct => 2,
    };
    let done = sqlx::query(
        "INSERT INTO objection (group_id, collection, key, wish, words, reply, at) \
         SELECT ?, ?, ?, ?, ?, ?, ? WHERE (SELECT COUNT(*) FROM objection) < ?",
    )
    .bind(one.group.as_bytes().as_slice())
    .bind(one.name.collection.as_str())
    .bind(one.name.key.as_str())
    .bind(wish)
    .bind(&one.words)
    .bind(&one.reply)
    .bind(one.at.as_millis())
    .bind(signed(*max))
    .execute(tx.db())
    .await?;
    Ok(match done.rows_affected() {
        0 => Done::NoChange(false),
        _ => Done::Commit(true),
    })
}

async fn delete(tx: &mut WriteTx, number: &u64) -> Result<Done<bool>> {
    let done = sqlx::query("DELETE FROM objection WHERE id = ?")
        .bind(signed(*number))
        .execute(tx.db())
        .await?;
    Ok(match done.rows_affected() {
        0 => Done::NoChange(false),
        _ => Done::Commit(true),
    })
}

async fn forget(tx: &mut WriteTx, before: &Timestamp) -> Result<Done<()>> {
    let done = sqlx::query("DELETE FROM objection WHERE at < ?")
        .bind(before.as_millis())
        .execute(tx.db())
        .await?;
    Ok(match done.rows_affected() {
        0 => Done::NoChange(()),
        _ => Done::Commit(()),
    })
}
