//! The leaves that a change puts, removes and fills, each with a revision of its own.

use std::collections::HashMap;
use std::collections::HashSet;

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use sqlx::QueryBuilder;
use sqlx::Row;
use sqlx::Sqlite;

use super::super::decode;
use super::super::write_tx::Write;
use super::CHUNK;
use hedgerow_store::Bodies;
use hedgerow_store::Fill;
use hedgerow_store::HeadCommit;
use hedgerow_store::Inconsistency;
use hedgerow_store::LeafPut;
use hedgerow_store::LeafState;
use hedgerow_store::Result;

/// Takes the removals out. Answers with the hashes that stood there.
pub(super) async fn remove(write: &mut Write, change: &HeadCommit) -> Result<Vec<RecordHash>> {
    let mut hashes = Vec::with_capacity(change.removals.len());
    for name in &change.removals {
        let row = sqlx::query(
            "DELETE FROM leaf WHERE group_id = ? AND view = ? AND collection = ? AND key = ? \
             RETURNING record_hash",
        )
        .bind(change.group_id.as_bytes().as_slice())
        .bind(change.view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .fetch_optional(write.db())
        .await?;
        let Some(row) = row else { continue };
        hashes.push(decode::record_hash(&row, "leaf")?);
        let revision = write.next();
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
        .execute(write.db())
        .await?;
    }
    Ok(hashes)
}

/// Puts the leaves and their bodies, at hand or out of staging, many with one statement: each
/// asking waits for the thread that writes. Answers with the hashes that they replaced;
/// `None` where a body that was counted on is not there any more.
pub(super) async fn put(write: &mut Write, change: &HeadCommit) -> Result<Option<Vec<RecordHash>>> {
    let mut replaced = Vec::new();
    for puts in change.puts.chunks(CHUNK) {
        replaced.extend(old_hashes(write, change, puts).await?);
        let leaves: Vec<_> = puts.iter().map(|put| (put, write.next())).collect();
        let mut query = QueryBuilder::new("");
        push_leaves(&mut query, change, &leaves);
        query.push(
            " ON CONFLICT (group_id, view, collection, key) DO UPDATE SET \
             length = excluded.length, record_hash = excluded.record_hash, \
             revision = excluded.revision, state = excluded.state, hidden = 0, \
             reason = excluded.reason, detail = excluded.detail; ",
        );
        let bodies: Vec<_> = at_hand(puts, &change.bodies).collect();
        if !bodies.is_empty() {
            push_bodies(&mut query, change.group_id, &bodies);
            query.push(" ON CONFLICT DO NOTHING; ");
        }
        push_forgotten_removals(&mut query, change, puts);
        query.build().execute(write.db()).await?;
        if !take_bodies(write, change, puts).await? {
            return Ok(None);
        }
    }
    for puts in change.puts.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM staged WHERE group_id = ");
        query.push_bind(change.group_id.to_vec());
        push_hashes(&mut query, puts.iter().map(|put| put.leaf.record_hash));
        query.build().execute(write.db()).await?;
    }
    Ok(Some(replaced))
}

/// Puts bodies, or verdicts, where they were missing. False where a body that was
/// counted on is not staged any more.
pub(super) async fn fill(write: &mut Write, change: &Fill) -> Result<bool> {
    for (name, hash, state) in &change.leaves {
        let revision = write.next();
        let (state_number, reason, detail) = columns(state);
        let updated = sqlx::query(
            "UPDATE leaf SET state = ?, reason = ?, detail = ?, revision = ? \
             WHERE group_id = ? AND view = ? AND collection = ? AND key = ? \
             AND record_hash = ? AND state = 1",
        )
        .bind(state_number)
        .bind(reason)
        .bind(detail)
        .bind(revision)
        .bind(change.group_id.as_bytes().as_slice())
        .bind(change.view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .bind(hash.as_bytes().as_slice())
        .execute(write.db())
        .await?;
        if updated.rows_affected() == 0 {
            continue;
        }
        if *state == LeafState::Held {
            let there = match change.bodies.get(hash) {
                Some(record) => {
                    let mut query = QueryBuilder::new("");
                    push_bodies(&mut query, change.group_id, &[(*hash, record)]);
                    query.push(" ON CONFLICT DO NOTHING");
                    query.build().execute(write.db()).await?;
                    true
                }
                None => take_body(write, &change.group_id, hash).await?,
            };
            if !there {
                return Ok(false);
            }
        }
        unstage(write, &change.group_id, hash).await?;
    }
    Ok(true)
}

/// What is left under a head in force is under that head: shown again.
pub(super) async fn unhide(write: &mut Write, group: &GroupId, view: &View) -> Result<()> {
    let hidden = sqlx::query(
        "SELECT collection, key FROM leaf WHERE group_id = ? AND view = ? AND hidden = 1",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .fetch_all(write.db())
    .await?;
    for row in &hidden {
        let revision = write.next();
        sqlx::query(
            "UPDATE leaf SET hidden = 0, revision = ? \
             WHERE group_id = ? AND view = ? AND collection = ? AND key = ?",
        )
        .bind(revision)
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(row.try_get::<String, _>("collection")?)
        .bind(row.try_get::<String, _>("key")?)
        .execute(write.db())
        .await?;
    }
    Ok(())
}

/// Erases bodies that no leaf stands for any more.
pub(super) async fn drop_bodies(
    write: &mut Write,
    group: &GroupId,
    hashes: impl Iterator<Item = RecordHash>,
) -> Result<()> {
    for hash in hashes {
        sqlx::query(
            "DELETE FROM body WHERE group_id = ?1 AND record_hash = ?2 AND NOT EXISTS \
             (SELECT 1 FROM leaf WHERE group_id = ?1 AND record_hash = ?2)",
        )
        .bind(group.as_bytes().as_slice())
        .bind(hash.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    }
    Ok(())
}

/// The number of leaves is the head's count, or the change is undone.
pub(super) async fn check_count(write: &mut Write, change: &HeadCommit) -> Result<()> {
    let count: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM leaf WHERE group_id = ? AND view = ?")
            .bind(change.group_id.as_bytes().as_slice())
            .bind(change.view.as_str())
            .fetch_one(write.db())
            .await?;
    if count == i64::from(change.head.count) {
        return Ok(());
    }
    Err(Inconsistency::new("head", "leaf_count", change.group_id.to_string()).into())
}

/// The hashes that stand under these names and are replaced by others.
async fn old_hashes(
    write: &mut Write,
    change: &HeadCommit,
    puts: &[LeafPut],
) -> Result<Vec<RecordHash>> {
    let mut query = QueryBuilder::new("");
    push_names(&mut query, puts);
    query.push(
        "SELECT collection, key, record_hash FROM named CROSS JOIN leaf \
         ON collection = named_collection AND key = named_key AND view = ",
    );
    query.push_bind(change.view.as_str().to_owned());
    query.push(" AND group_id = ");
    query.push_bind(change.group_id.to_vec());
    let rows = query.build().fetch_all(write.db()).await?;
    let new: HashMap<&RecordName, RecordHash> = puts
        .iter()
        .map(|put| (&put.leaf.name, put.leaf.record_hash))
        .collect();
    let mut old = Vec::new();
    for row in &rows {
        let (name, hash) = (
            decode::name(row, "leaf")?,
            decode::record_hash(row, "leaf")?,
        );
        if new.get(&name) != Some(&hash) {
            old.push(hash);
        }
    }
    Ok(old)
}

/// Begins with the names of leaves as a table, `named`.
fn push_names(query: &mut QueryBuilder<Sqlite>, puts: &[LeafPut]) {
    query.push("WITH named (named_collection, named_key) AS (");
    query.push_values(puts, |mut row, put| {
        row.push_bind(put.leaf.name.collection.to_string())
            .push_bind(put.leaf.name.key.to_string());
    });
    query.push(") ");
}

/// Puts leaves, each with its revision.
pub(super) fn push_leaves(
    query: &mut QueryBuilder<Sqlite>,
    change: &HeadCommit,
    leaves: &[(&LeafPut, i64)],
) {
    query.push(
        "INSERT INTO leaf (group_id, view, collection, key, length, record_hash, revision, \
         state, reason, detail) ",
    );
    query.push_values(leaves, |mut row, (put, revision)| {
        let (state, reason, detail) = columns(&put.state);
        row.push_bind(change.group_id.to_vec())
            .push_bind(change.view.as_str().to_owned())
            .push_bind(put.leaf.name.collection.to_string())
            .push_bind(put.leaf.name.key.to_string())
            .push_bind(i64::from(put.leaf.length))
            .push_bind(put.leaf.record_hash.to_vec())
            .push_bind(*revision)
            .push_bind(state)
            .push_bind(reason.map(str::to_owned))
            .push_bind(detail.map(str::to_owned));
    });
}

/// The bodies of leaves to be held that are at hand, each once.
pub(super) fn at_hand<'a>(
    puts: &'a [LeafPut],
    bodies: &'a Bodies,
) -> impl Iterator<Item = (RecordHash, &'a Vec<u8>)> {
    let mut seen = HashSet::new();
    puts.iter()
        .filter(|put| put.state == LeafState::Held)
        .map(|put| put.leaf.record_hash)
        .filter(move |hash| seen.insert(*hash))
        .filter_map(|hash| Some((hash, bodies.get(&hash)?)))
}

pub(super) fn push_bodies(
    query: &mut QueryBuilder<Sqlite>,
    group: GroupId,
    bodies: &[(RecordHash, &Vec<u8>)],
) {
    query.push("INSERT INTO body (group_id, record_hash, record) ");
    query.push_values(bodies, |mut row, (hash, record)| {
        row.push_bind(group.to_vec())
            .push_bind(hash.to_vec())
            .push_bind((*record).clone());
    });
}

/// Moves bodies out of staging that are not at hand. True where all that are counted on are
/// held then.
async fn take_bodies(write: &mut Write, change: &HeadCommit, puts: &[LeafPut]) -> Result<bool> {
    let group = change.group_id;
    let hashes: HashSet<RecordHash> = puts
        .iter()
        .filter(|put| put.state == LeafState::Held)
        .map(|put| put.leaf.record_hash)
        .filter(|hash| !change.bodies.contains_key(hash))
        .collect();
    if hashes.is_empty() {
        return Ok(true);
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO body (group_id, record_hash, record) \
         SELECT group_id, record_hash, record FROM staged \
         WHERE record IS NOT NULL AND group_id = ",
    );
    query.push_bind(group.to_vec());
    push_hashes(&mut query, hashes.iter().copied());
    query.push(" ON CONFLICT DO NOTHING");
    let taken = query.build().execute(write.db()).await?;
    if taken.rows_affected() == hashes.len() as u64 {
        return Ok(true);
    }
    let mut query = QueryBuilder::<Sqlite>::new("SELECT COUNT(*) FROM body WHERE group_id = ");
    query.push_bind(group.to_vec());
    push_hashes(&mut query, hashes.iter().copied());
    let there: i64 = query.build_query_scalar().fetch_one(write.db()).await?;
    Ok(usize::try_from(there).is_ok_and(|there| there == hashes.len()))
}

/// What is put is not removed any more.
fn push_forgotten_removals(
    query: &mut QueryBuilder<Sqlite>,
    change: &HeadCommit,
    puts: &[LeafPut],
) {
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

fn push_hashes(query: &mut QueryBuilder<Sqlite>, hashes: impl Iterator<Item = RecordHash>) {
    query.push(" AND record_hash IN (");
    let mut list = query.separated(", ");
    for hash in hashes {
        list.push_bind(hash.to_vec());
    }
    query.push(")");
}

/// Moves a body out of staging. True where it is held then, or was already.
async fn take_body(write: &mut Write, group: &GroupId, hash: &RecordHash) -> Result<bool> {
    let taken = sqlx::query(
        "INSERT INTO body (group_id, record_hash, record) \
         SELECT group_id, record_hash, record FROM staged \
         WHERE group_id = ? AND record_hash = ? AND record IS NOT NULL \
         ON CONFLICT DO NOTHING",
    )
    .bind(group.as_bytes().as_slice())
    .bind(hash.as_bytes().as_slice())
    .execute(write.db())
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(true);
    }
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM body WHERE group_id = ? AND record_hash = ?)",
    )
    .bind(group.as_bytes().as_slice())
    .bind(hash.as_bytes().as_slice())
    .fetch_one(write.db())
    .await?)
}

async fn unstage(write: &mut Write, group: &GroupId, hash: &RecordHash) -> Result<()> {
    sqlx::query("DELETE FROM staged WHERE group_id = ? AND record_hash = ?")
        .bind(group.as_bytes().as_slice())
        .bind(hash.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    Ok(())
}

pub(super) fn columns(state: &LeafState) -> (i64, Option<&str>, Option<&str>) {
    match state {
        LeafState::Held => (0, None, None),
        LeafState::Wanted => (1, None, None),
        LeafState::Refused { reason, detail } => (2, Some(reason), Some(detail)),
    }
}
