//! Putting heads in force.

mod current_state;
mod leaves;
mod new_group;
pub(super) mod new_group_batch;

use hedgerow_core::head::LAPSES_AFTER;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use sqlx::QueryBuilder;
use sqlx::Sqlite;

use super::decode::signed;
use super::write_tx::Done;
use super::write_tx::Write;
pub(super) use current_state::Held;
pub(super) use current_state::hide;
pub(super) use current_state::raise_highest;
pub(super) use current_state::wipe;
use hedgerow_store::Committed;
use hedgerow_store::Fill;
use hedgerow_store::HeadCommit;
use hedgerow_store::HeadOnly;
use hedgerow_store::NewHead;
use hedgerow_store::Result;
use hedgerow_store::Tokens;

/// How many rows one statement writes.
const CHUNK: usize = 100;

/// One compare-and-swap: a higher head, from what was expected, or nothing.
pub(super) async fn head(write: &mut Write, change: &HeadCommit) -> Result<Done<Committed>> {
    if !change.new_key_log.is_empty() {
        return new_group::begin(write, change).await;
    }
    let held = Held::read(write, &change.group_id, &change.view).await?;
    if held.hash() != change.expected_head
        || !held.tip_is(&change.expected_tip)
        || !held.gives_way_to(&change.head)
    {
        return Ok(Done::Nothing(Committed::Superseded));
    }
    put_head(
        write,
        &change.group_id,
        &change.view,
        &change.head,
        true,
        change.bytes,
    )
    .await?;
    let removed = leaves::remove(write, change).await?;
    let Some(replaced) = leaves::put(write, change).await? else {
        return Ok(Done::Undone(Committed::Superseded));
    };
    leaves::unhide(write, &change.group_id, &change.view).await?;
    leaves::drop_bodies(write, &change.group_id, removed.into_iter().chain(replaced)).await?;
    leaves::check_count(write, change).await?;
    let revision = write.next();
    let mut query = QueryBuilder::new("");
    push_history(&mut query, change, revision);
    let lapsed = has_lapsed(&change.head, change.now);
    push_settled(
        &mut query,
        (&change.group_id, &change.view),
        &change.head,
        Some(change.tokens),
        lapsed,
    );
    query.build().execute(write.db()).await?;
    write.touch(&change.group_id).await?;
    Ok(write.kept())
}

/// A higher head without anything under it.
pub(super) async fn head_only(write: &mut Write, change: &HeadOnly) -> Result<Done<Committed>> {
    let held = Held::read(write, &change.group_id, &change.view).await?;
    if !held.tip_is(&change.expected_tip) || !held.gives_way_to(&change.head) {
        return Ok(Done::Nothing(Committed::Superseded));
    }
    wipe(write, &change.group_id, &change.view).await?;
    put_head(
        write,
        &change.group_id,
        &change.view,
        &change.head,
        false,
        0,
    )
    .await?;
    let lapsed = has_lapsed(&change.head, change.now);
    let mut query = QueryBuilder::new("");
    push_settled(
        &mut query,
        (&change.group_id, &change.view),
        &change.head,
        None,
        lapsed,
    );
    query.build().execute(write.db()).await?;
    write.touch(&change.group_id).await?;
    Ok(write.kept())
}

/// Bodies that were missing, or verdicts on them.
pub(super) async fn fill(write: &mut Write, change: &Fill) -> Result<Done<Committed>> {
    let held = Held::read(write, &change.group_id, &change.view).await?;
    if held.hash() != Some(change.expected_head) || !held.is_whole() {
        return Ok(Done::Nothing(Committed::Superseded));
    }
    if !leaves::fill(write, change).await? {
        return Ok(Done::Undone(Committed::Superseded));
    }
    write.touch(&change.group_id).await?;
    Ok(write.kept())
}

/// Takes the *unconfirmed* label off.
pub(super) async fn confirm(
    write: &mut Write,
    (group, view, head): &(GroupId, View, PayloadHash),
) -> Result<Done<()>> {
    let done = sqlx::query(
        "UPDATE head SET unconfirmed = 0 \
         WHERE group_id = ? AND view = ? AND hash = ? AND unconfirmed = 1",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(head.as_bytes().as_slice())
    .execute(write.db())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Done::Nothing(()));
    }
    write.touch(group).await?;
    Ok(Done::Kept(()))
}

async fn put_head(
    write: &mut Write,
    group: &GroupId,
    view: &View,
    head: &NewHead,
    whole: bool,
    bytes: u64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO head (group_id, view, envelope, hash, key_index, seq, root, leaf_count, \
         issued_at, expires_at, whole, invited, unconfirmed, endpoint, bytes, revision) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0) \
         ON CONFLICT (group_id, view) DO UPDATE SET envelope = excluded.envelope, \
         hash = excluded.hash, key_index = excluded.key_index, seq = excluded.seq, \
         root = excluded.root, leaf_count = excluded.leaf_count, \
         issued_at = excluded.issued_at, expires_at = excluded.expires_at, \
         whole = excluded.whole, invited = excluded.invited, unconfirmed = 0, \
         endpoint = excluded.endpoint, bytes = excluded.bytes",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(&head.envelope)
    .bind(head.hash.as_bytes().as_slice())
    .bind(i64::from(head.position.key_index))
    .bind(signed(head.position.seq.get()))
    .bind(head.root.as_bytes().as_slice())
    .bind(i64::from(head.count))
    .bind(head.issue_time.as_millis())
    .bind(head.expire_time.as_millis())
    .bind(whole)
    .bind(head.invited)
    .bind(&head.endpoint)
    .bind(signed(bytes))
    .execute(write.db())
    .await?;
    Ok(())
}

/// Gives the head a revision above those of its leaves, so that a difference from it
/// starts after them.
fn push_history(query: &mut QueryBuilder<Sqlite>, change: &HeadCommit, revision: i64) {
    let (group, view) = (change.group_id.to_vec(), change.view.as_str().to_owned());
    query.push("UPDATE head SET revision = ");
    query.push_bind(revision).push(" WHERE group_id = ");
    query.push_bind(group.clone()).push(" AND view = ");
    query.push_bind(view.clone());
    query.push("; UPDATE head_history SET superseded_at = ");
    query.push_bind(change.now.as_millis());
    query.push(" WHERE superseded_at IS NULL AND group_id = ");
    query.push_bind(group.clone()).push(" AND view = ");
    query.push_bind(view.clone());
    query.push("; INSERT INTO head_history (group_id, view, hash, revision) VALUES (");
    let mut values = query.separated(", ");
    values
        .push_bind(group)
        .push_bind(view)
        .push_bind(change.head.hash.to_vec())
        .push_bind(revision);
    query.push(
        ") ON CONFLICT (group_id, view, hash) \
         DO UPDATE SET revision = excluded.revision, superseded_at = NULL; ",
    );
}

/// Only a head that is fresh enough itself brings a group back into sight.
fn has_lapsed(head: &NewHead, now: Timestamp) -> bool {
    head.expire_time.plus(LAPSES_AFTER) <= now
}

/// A head in force is the highest ever seen, and ends what held changes back, and lapsing.
fn push_settled(
    query: &mut QueryBuilder<Sqlite>,
    (group, view): (&GroupId, &View),
    head: &NewHead,
    tokens: Option<Tokens>,
    lapsed: bool,
) {
    query.push(
        "INSERT INTO view_state (group_id, view, highest, highest_hash, highest_key_index, \
         highest_seq, tokens, tokens_at) VALUES (",
    );
    let mut values = query.separated(", ");
    values
        .push_bind(group.to_vec())
        .push_bind(view.as_str().to_owned())
        .push_bind(head.envelope.clone())
        .push_bind(head.hash.to_vec())
        .push_bind(i64::from(head.position.key_index))
        .push_bind(signed(head.position.seq.get()))
        .push_bind(tokens.map(|tokens| tokens.thousandths))
        .push_bind(tokens.map(|tokens| tokens.at.as_millis()));
    query.push(
        ") ON CONFLICT (group_id, view) DO UPDATE SET highest = excluded.highest, \
         highest_hash = excluded.highest_hash, highest_key_index = excluded.highest_key_index, \
         highest_seq = excluded.highest_seq, limit_name = NULL, limit_until = NULL, \
         tokens = COALESCE(excluded.tokens, tokens), \
         tokens_at = COALESCE(excluded.tokens_at, tokens_at); \
         UPDATE known_group SET lapsed = ",
    );
    query.push_bind(lapsed).push(" WHERE group_id = ");
    query.push_bind(group.to_vec());
}
