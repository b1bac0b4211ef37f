//! Key logs.

use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;

use super::SqliteStore;
use super::commit::wipe;
use super::decode;
use super::freeze::make_room;
use super::write_tx::Done;
use super::write_tx::Write;
use hedgerow_store::Committed;
use hedgerow_store::KeyEventCommit;
use hedgerow_store::Result;

pub(super) async fn key_log(store: &SqliteStore, group: &GroupId) -> Result<Vec<Vec<u8>>> {
    let rows: Vec<(Vec<u8>,)> =
        sqlx::query_as("SELECT envelope FROM key_event WHERE group_id = ? ORDER BY event_index")
            .bind(group.as_bytes().as_slice())
            .fetch_all(&store.readers)
            .await?;
    Ok(rows.into_iter().map(|(envelope,)| envelope).collect())
}

pub(super) async fn rivals(store: &SqliteStore, group: &GroupId) -> Result<Vec<Vec<u8>>> {
    let rows: Vec<(Vec<u8>,)> = sqlx::query_as(
        "SELECT envelope FROM rival_key_event WHERE group_id = ? ORDER BY event_index, hash",
    )
    .bind(group.as_bytes().as_slice())
    .fetch_all(&store.readers)
    .await?;
    Ok(rows.into_iter().map(|(envelope,)| envelope).collect())
}

pub(super) async fn key_event(
    store: &SqliteStore,
    group: &GroupId,
    index: u32,
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT envelope FROM key_event WHERE group_id = ? AND event_index = ?")
            .bind(group.as_bytes().as_slice())
            .bind(i64::from(index))
            .fetch_optional(&store.readers)
            .await?;
    Ok(row.map(|(envelope,)| envelope))
}

pub(super) async fn find_groups(
    store: &SqliteStore,
    commitment: &Commitment,
    limit: usize,
) -> Result<Vec<GroupId>> {
    let found = sqlx::query(
        "SELECT k.group_id FROM key_event k JOIN known_group g ON g.group_id = k.group_id \
         WHERE k.commitment = ? GROUP BY k.group_id \
         ORDER BY MAX(EXISTS (SELECT 1 FROM key_event n WHERE n.group_id = k.group_id \
         AND n.event_index = k.event_index + 1)) DESC, g.first_seen, k.group_id LIMIT +?",
    )
    .bind(commitment.as_bytes().as_slice())
    .bind(decode::rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found.iter().map(decode::group_id).collect()
}

/// Adds events after the tip that they were verified to follow. A deactivation erases
/// what is under the group's heads.
pub(super) async fn commit(write: &mut Write, change: &KeyEventCommit) -> Result<Done<Committed>> {
    let (Some(first), Some(last)) = (change.events.first(), change.events.last()) else {
        return Ok(Done::Nothing(Committed::Superseded));
    };
    let group = change.group_id.as_bytes().as_slice();
    match &change.expected_tip {
        Some(tip) => {
            let updated = sqlx::query(
                "UPDATE known_group SET tip = ?, tip_index = ?, ended = ?, forked = ? \
                 WHERE group_id = ? AND tip = ?",
            )
            .bind(last.hash.as_bytes().as_slice())
            .bind(i64::from(last.index))
            .bind(change.ends)
            .bind(change.forked)
            .bind(group)
            .bind(tip.as_bytes().as_slice())
            .execute(write.db())
            .await?;
            if updated.rows_affected() == 0 {
                return Ok(Done::Nothing(Committed::Superseded));
            }
            if !change.forked {
                make_room(write, &change.group_id).await?;
            }
            set_branch_aside(write, change, first.index).await?;
        }
        None => {
            let revision = write.next();
            let started = sqlx::query(
                "INSERT INTO known_group (group_id, tip, tip_index, ended, revision, first_seen) \
                 VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            )
            .bind(group)
            .bind(last.hash.as_bytes().as_slice())
            .bind(i64::from(last.index))
            .bind(change.ends)
            .bind(revision)
            .bind(change.now.as_millis())
            .execute(write.db())
            .await?;
            if started.rows_affected() == 0 {
                return Ok(Done::Nothing(Committed::Superseded));
            }
        }
    }
    for event in &change.events {
        sqlx::query(
            "INSERT INTO key_event (group_id, event_index, hash, envelope, commitment) \
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(group)
        .bind(i64::from(event.index))
        .bind(event.hash.as_bytes().as_slice())
        .bind(&event.envelope)
        .bind(event.commitment.map(|commitment| commitment.to_vec()))
        .execute(write.db())
        .await?;
    }
    if change.ends {
        wipe(write, &change.group_id, &View::public()).await?;
    }
    write.touch(&change.group_id).await?;
    Ok(write.kept())
}

/// Keeps the events from an index on as a rival branch, to make way for others.
async fn set_branch_aside(write: &mut Write, change: &KeyEventCommit, index: u32) -> Result<()> {
    let group = change.group_id.as_bytes().as_slice();
    sqlx::query(
        "INSERT INTO rival_key_event (group_id, hash, event_index, envelope, found_at) \
         SELECT group_id, hash, event_index, envelope, ? FROM key_event \
         WHERE group_id = ? AND event_index >= ? ON CONFLICT DO NOTHING",
    )
    .bind(change.now.as_millis())
    .bind(group)
    .bind(i64::from(index))
    .execute(write.db())
    .await?;
    sqlx::query("DELETE FROM key_event WHERE group_id = ? AND event_index >= ?")
        .bind(group)
        .bind(i64::from(index))
        .execute(write.db())
        .await?;
    Ok(())
}
