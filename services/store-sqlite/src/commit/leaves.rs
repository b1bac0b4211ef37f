//! The leaves that a head commit removes, inserts and replaces, each with its own revision.

use std::collections::HashMap;

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_store::{HeadCommit, Inconsistency, LeafPut, Result};
use sqlx::{QueryBuilder, Row, Sqlite};

use super::bodies;
use crate::decode;
use crate::insert::{LEAF, MAX_ROWS, bind_leaf};
use crate::view::hide_records;
use crate::write_tx::WriteTx;

/// Deletes the removed leaves. Returns the hashes of their records.
pub(super) async fn remove(tx: &mut WriteTx, change: &HeadCommit) -> Result<Vec<RecordHash>> {
    let mut hashes = Vec::with_capacity(change.removals.len());
    for name in &change.removals {
        // RETURNING saves the round trip of a query for the hash.
        let row = sqlx::query(
            "DELETE FROM leaf WHERE group_id = ? AND view = ? AND collection = ? AND key = ? \
             RETURNING record_hash",
        )
        .bind(change.group_id.as_bytes().as_slice())
        .bind(change.view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .fetch_optional(tx.db())
        .await?;
        let Some(row) = row else { continue };
        hashes.push(decode::record_hash(&row, "leaf")?);
        let revision = tx.next_revision();
        sqlx::query(
            "INSERT INTO removal (group_id, view, collection, key, revision, removed_at) \
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, view, collection, key) \
             DO UPDATE SET revision = excluded.revision, removed_at = excluded.removed_at",
        )
        .bind(change.group_id.as_bytes().as_slice())
        .bind(change.view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .bind(revision)
        .bind(change.now.as_millis())
        .execute(tx.db())
        .await?;
    }
    Ok(hashes)
}

/// Inserts and replaces leaves with their bodies, up to [`MAX_ROWS`] in one round trip. Returns
/// the hashes of replaced records; `None` if a body that must be staged is no longer there.
pub(super) async fn put(tx: &mut WriteTx, change: &HeadCommit) -> Result<Option<Vec<RecordHash>>> {
    let of = (&change.group_id, &change.view);
    let mut replaced = Vec::new();
    for puts in change.puts.chunks(MAX_ROWS) {
        replaced.extend(replaced_hashes(tx, change, puts).await?);
        let leaves: Vec<_> = puts.iter().map(|put| (put, tx.next_revision())).collect();
        let mut query = QueryBuilder::new("");
        LEAF.push_rows(&mut query, leaves, |row, (put, revision)| {
            bind_leaf(row, of, put, revision);
        });
        LEAF.push_replace(&mut query, &[]);
        query.push(", hidden = 0; ");
        bodies::push_given(&mut query, of.0, puts, &change.bodies);
        push_delete_removals(&mut query, change, puts);
        query.build().execute(tx.db()).await?;
        let staged = bodies::held_hashes(puts)
            .filter(|hash| !change.bodies.contains_key(hash))
            .collect();
        if !bodies::take_staged(tx, of.0, &staged).await? {
            return Ok(None);
        }
    }
    // Only after the last chunk: two leaves may share a body.
    for puts in change.puts.chunks(MAX_ROWS) {
        let hashes = puts.iter().map(|put| put.leaf.record_hash);
        bodies::unstage(tx, of.0, hashes).await?;
    }
    Ok(Some(replaced))
}

/// Shows hidden leaves again: those that remain under the new head are published by it. Entries
/// that the operator hides stay hidden.
pub(super) async fn unhide(tx: &mut WriteTx, (group, view): (&GroupId, &View)) -> Result<()> {
    let hidden = sqlx::query(
        "SELECT collection, key FROM leaf AS l WHERE group_id = ? AND view = ? AND hidden = 1 \
         AND NOT EXISTS (SELECT 1 FROM hidden_entry h WHERE h.group_id = l.group_id \
         AND h.collection = l.collection AND h.key = l.key)",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .fetch_all(tx.db())
    .await?;
    for row in &hidden {
        let revision = tx.next_revision();
        sqlx::query(
            "UPDATE leaf SET hidden = 0, revision = ? \
             WHERE group_id = ? AND view = ? AND collection = ? AND key = ?",
        )
        .bind(revision)
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(row.try_get::<String, _>("collection")?)
        .bind(row.try_get::<String, _>("key")?)
        .execute(tx.db())
        .await?;
    }
    Ok(())
}

/// Hides the entries that the operator hides and the new head has put again.
pub(super) async fn hide_again(tx: &mut WriteTx, of: (&GroupId, &View)) -> Result<()> {
    let rows = sqlx::query("SELECT collection, key FROM hidden_entry WHERE group_id = ?")
        .bind(of.0.as_bytes().as_slice())
        .fetch_all(tx.db())
        .await?;
    let names = rows.iter().map(|row| decode::name(row, "hidden_entry"));
    let names: Vec<_> = names.collect::<Result<_>>()?;
    hide_records(tx, of, &names).await?;
    Ok(())
}

/// Checks that the number of stored leaves is the head's count.
pub(super) async fn check_count(tx: &mut WriteTx, change: &HeadCommit) -> Result<()> {
    let count: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM leaf WHERE group_id = ? AND view = ?")
            .bind(change.group_id.as_bytes().as_slice())
            .bind(change.view.as_str())
            .fetch_one(tx.db())
            .await?;
    if count == i64::from(change.head.count) {
        return Ok(());
    }
    Err(Inconsistency::new("head", "leaf_count", change.group_id.to_string()).into())
}

/// Returns the hashes stored under these names that `puts` replaces by others.
async fn replaced_hashes(
    tx: &mut WriteTx,
    change: &HeadCommit,
    puts: &[LeafPut],
) -> Result<Vec<RecordHash>> {
    let mut query = QueryBuilder::new("");
    push_names(&mut query, puts);
    // CROSS JOIN fixes the order of the join, so that each name is one lookup in the key.
    query.push(
        "SELECT collection, key, record_hash FROM named CROSS JOIN leaf \
         ON collection = named_collection AND key = named_key AND view = ",
    );
    query.push_bind(change.view.as_str().to_owned());
    query.push(" AND group_id = ");
    query.push_bind(change.group_id.to_vec());
    let rows = query.build().fetch_all(tx.db()).await?;
    let new: HashMap<&RecordName, RecordHash> = puts
        .iter()
        .map(|put| (&put.leaf.name, put.leaf.record_hash))
        .collect();
    let mut replaced = Vec::new();
    for row in &rows {
        let (name, hash) = (
            decode::name(row, "leaf")?,
            decode::record_hash(row, "leaf")?,
        );
        if new.get(&name) != Some(&hash) {
            replaced.push(hash);
        }
    }
    Ok(replaced)
}

/// Deletes the memory of removals under names that exist again.
fn push_delete_removals(query: &mut QueryBuilder<Sqlite>, change: &HeadCommit, puts: &[LeafPut]) {
    query.push("DELETE FROM removal WHERE rowid IN (");
    push_names(query, puts);
    query.push(
        "SELECT removal.rowid FROM named CROSS JOIN removal \
         ON collection = named_collection AND key = named_key AND view = ",
    );
    query.push_bind(change.view.as_str().to_owned());
    query.push(" AND group_id = ");
    query.push_bind(change.group_id.to_vec());
    query.push(")");
}

/// Starts a statement with the names of leaves as the table `named`.
fn push_names(query: &mut QueryBuilder<Sqlite>, puts: &[LeafPut]) {
    query.push("WITH named (named_collection, named_key) AS (");
    query.push_values(puts, |mut row, put| {
        row.push_bind(put.leaf.name.collection.to_string())
            .push_bind(put.leaf.name.key.to_string());
    });
    query.push(") ");
}
