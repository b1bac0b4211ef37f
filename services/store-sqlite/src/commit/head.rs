//! Replacing the current head of a view.

use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Committed, HeadCommit, HeadFacts, HeadOnly, Result, Tokens};
use sqlx::{QueryBuilder, Sqlite};

use super::current_state::{CurrentState, has_lapsed};
use super::{bodies, leaves, new_group};
use crate::insert::{
    HEAD, HEAD_HISTORY, VIEW_STATE, bind_head, bind_head_history, bind_view_state,
};
use crate::view::erase_records;
use crate::write_tx::{Done, WriteTx};

/// Commits a higher head with its leaves, if the current head is the expected one.
pub(super) async fn commit(tx: &mut WriteTx, change: &HeadCommit) -> Result<Done<Committed>> {
    if !change.new_key_log.is_empty() {
        return new_group::insert(tx, change).await;
    }
    let of = (&change.group_id, &change.view);
    let current = CurrentState::read(tx, of).await?;
    if current.head_hash() != change.expected_head
        || !current.has_tip(&change.expected_tip)
        || !current.accepts(&change.head)
    {
        return Ok(Done::NoChange(Committed::Superseded));
    }
    // The head comes before its leaves, which refer to it.
    put_head(tx, of, &change.head, Some(change.bytes)).await?;
    let removed = leaves::remove(tx, change).await?;
    let Some(replaced) = leaves::put(tx, change).await? else {
        return Ok(Done::Rollback(Committed::Superseded));
    };
    leaves::unhide(tx, of).await?;
    leaves::hide_again(tx, of).await?;
    bodies::delete_unused(tx, of.0, removed.into_iter().chain(replaced)).await?;
    leaves::check_count(tx, change).await?;

    let revision = tx.next_revision();
    let mut query = QueryBuilder::new("");
    push_history(&mut query, change, revision);
    push_settled(
        &mut query,
        of,
        &change.head,
        Some(change.tokens),
        change.now,
    );
    query.build().execute(tx.db()).await?;
    tx.touch(of.0).await?;
    Ok(tx.committed())
}

/// Commits a higher head without any leaves.
pub(super) async fn commit_only(tx: &mut WriteTx, change: &HeadOnly) -> Result<Done<Committed>> {
    let of = (&change.group_id, &change.view);
    let current = CurrentState::read(tx, of).await?;
    if !current.has_tip(&change.expected_tip) || !current.accepts(&change.head) {
        return Ok(Done::NoChange(Committed::Superseded));
    }
    erase_records(tx, of).await?;
    put_head(tx, of, &change.head, None).await?;
    let mut query = QueryBuilder::new("");
    push_settled(&mut query, of, &change.head, None, change.now);
    query.build().execute(tx.db()).await?;
    tx.touch(of.0).await?;
    Ok(tx.committed())
}

/// Removes the *unconfirmed* mark.
pub(super) async fn confirm(
    tx: &mut WriteTx,
    (group, view, head): &(GroupId, View, PayloadHash),
) -> Result<Done<()>> {
    let done = sqlx::query(
        "UPDATE head SET unconfirmed = 0 \
         WHERE group_id = ? AND view = ? AND hash = ? AND unconfirmed = 1",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(head.as_bytes().as_slice())
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Done::NoChange(()));
    }
    tx.touch(group).await?;
    Ok(Done::Commit(()))
}

/// Inserts the head, or replaces all of the existing one but its revision, which
/// [`push_history`] sets after the leaves have theirs.
async fn put_head(
    tx: &mut WriteTx,
    of: (&GroupId, &View),
    head: &HeadFacts,
    bytes: Option<u64>,
) -> Result<()> {
    let mut query = QueryBuilder::new("");
    HEAD.push_rows(&mut query, [head], |row, head| {
        bind_head(row, of, head, bytes, 0);
    });
    HEAD.push_replace(&mut query, &["revision"]);
    query.push(", unconfirmed = 0");
    query.build().execute(tx.db()).await?;
    Ok(())
}

/// Gives the head a revision above those of its leaves, so that a difference from it starts
/// after them.
fn push_history(query: &mut QueryBuilder<Sqlite>, change: &HeadCommit, revision: i64) {
    let (group, view) = (&change.group_id, &change.view);
    query.push("UPDATE head SET revision = ");
    query.push_bind(revision);
    push_where(query, (group, view));
    query.push("; UPDATE head_history SET superseded_at = ");
    query.push_bind(change.now.as_millis());
    push_where(query, (group, view));
    query.push(" AND superseded_at IS NULL; ");
    HEAD_HISTORY.push_rows(query, [&change.head.hash], |row, hash| {
        bind_head_history(row, (group, view), hash, revision);
    });
    // The same head may have been current before: its leaves were erased and came back.
    HEAD_HISTORY.push_replace(query, &[]);
    query.push(", superseded_at = NULL; ");
}

/// Makes the head the highest of its view, and ends throttling. Lapsing ends only with a head
/// that is fresh enough itself: an old one must not make the group visible again.
fn push_settled(
    query: &mut QueryBuilder<Sqlite>,
    of: (&GroupId, &View),
    head: &HeadFacts,
    tokens: Option<Tokens>,
    now: Timestamp,
) {
    VIEW_STATE.push_rows(query, [head], |row, head| {
        bind_view_state(row, of, &head.into(), tokens);
    });
    VIEW_STATE.push_replace(query, &["tokens", "tokens_at"]);
    query.push(
        ", limit_name = NULL, limit_until = NULL, tokens = COALESCE(excluded.tokens, tokens), \
         tokens_at = COALESCE(excluded.tokens_at, tokens_at); UPDATE known_group SET lapsed = ",
    );
    query
        .push_bind(has_lapsed(head, now))
        .push(" WHERE group_id = ");
    query.push_bind(of.0.to_vec());
}

fn push_where(query: &mut QueryBuilder<Sqlite>, (group, view): (&GroupId, &View)) {
    query.push(" WHERE group_id = ");
    query.push_bind(group.to_vec()).push(" AND view = ");
    query.push_bind(view.as_str().to_owned());
}
