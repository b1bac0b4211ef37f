//! Bodies: inserted from a command or moved out of staging, and deleted with their last leaf.

use std::collections::HashSet;

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_store::{Bodies, LeafPut, LeafState, Result};
use sqlx::{QueryBuilder, Sqlite};

use crate::insert::{BODY, bind_body};
use crate::write_tx::WriteTx;

/// The hashes of held leaves. A hash repeats if leaves share a body.
pub(super) fn held_hashes(puts: &[LeafPut]) -> impl Iterator<Item = RecordHash> {
    puts.iter()
        .filter(|put| put.state == LeafState::Held)
        .map(|put| put.leaf.record_hash)
}

/// The bodies of held leaves that the command contains, each once.
pub(super) fn given<'a>(
    puts: &'a [LeafPut],
    bodies: &'a Bodies,
) -> impl Iterator<Item = (RecordHash, &'a Vec<u8>)> {
    let mut seen = HashSet::new();
    held_hashes(puts)
        .filter(move |hash| seen.insert(*hash))
        .filter_map(|hash| Some((hash, bodies.get(&hash)?)))
}

/// Appends an INSERT of the given bodies, unless there are none.
pub(super) fn push_given(
    query: &mut QueryBuilder<Sqlite>,
    group: &GroupId,
    puts: &[LeafPut],
    bodies: &Bodies,
) {
    let mut given = given(puts, bodies).peekable();
    if given.peek().is_some() {
        BODY.push_rows(query, given, |row, (hash, record)| {
            bind_body(row, group, &hash, record);
        });
        query.push(" ON CONFLICT DO NOTHING; ");
    }
}

/// Inserts one body.
pub(super) async fn insert(
    tx: &mut WriteTx,
    group: &GroupId,
    hash: &RecordHash,
    record: &[u8],
) -> Result<()> {
    let mut query = QueryBuilder::new("");
    BODY.push_rows(&mut query, [record], |row, record| {
        bind_body(row, group, hash, record);
    });
    query.push(" ON CONFLICT DO NOTHING");
    query.build().execute(tx.db()).await?;
    Ok(())
}

/// Copies bodies out of staging. Returns whether all of them are stored now.
pub(super) async fn take_staged(
    tx: &mut WriteTx,
    group: &GroupId,
    hashes: &HashSet<RecordHash>,
) -> Result<bool> {
    if hashes.is_empty() {
        return Ok(true);
    }
    let mut query = QueryBuilder::new("");
    BODY.push_insert(&mut query);
    query.push(format_args!("SELECT {} FROM staged", BODY.columns()));
    push_where(&mut query, group, hashes.iter().copied());
    // A refused body has no bytes.
    query.push(" AND record IS NOT NULL ON CONFLICT DO NOTHING");
    let taken = query.build().execute(tx.db()).await?;
    if taken.rows_affected() == hashes.len() as u64 {
        return Ok(true);
    }
    // The others may have been stored before.
    let mut query = QueryBuilder::new("SELECT COUNT(*) FROM body");
    push_where(&mut query, group, hashes.iter().copied());
    let stored: i64 = query.build_query_scalar().fetch_one(tx.db()).await?;
    Ok(usize::try_from(stored).is_ok_and(|stored| stored == hashes.len()))
}

/// Deletes staged entries that a commit has used.
pub(super) async fn unstage(
    tx: &mut WriteTx,
    group: &GroupId,
    hashes: impl Iterator<Item = RecordHash>,
) -> Result<()> {
    let mut query = QueryBuilder::new("DELETE FROM staged");
    push_where(&mut query, group, hashes);
    query.build().execute(tx.db()).await?;
    Ok(())
}

/// Deletes those of these bodies that no leaf refers to.
pub(super) async fn delete_unused(
    tx: &mut WriteTx,
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
        .execute(tx.db())
        .await?;
    }
    Ok(())
}

/// Appends the condition for rows of a group with one of these hashes.
pub(crate) fn push_where(
    query: &mut QueryBuilder<Sqlite>,
    group: &GroupId,
    hashes: impl Iterator<Item = RecordHash>,
) {
    query.push(" WHERE group_id = ");
    query.push_bind(group.to_vec());
    query.push(" AND record_hash IN (");
    let mut list = query.separated(", ");
    for hash in hashes {
        list.push_bind(hash.to_vec());
    }
    query.push(")");
}
