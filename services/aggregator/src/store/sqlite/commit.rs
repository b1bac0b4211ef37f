//! Putting heads in force.

mod held;
mod leaves;

use hedgerow_core::head::LAPSES_AFTER;
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use super::SqliteStore;
use super::decode::signed;
use super::write::Write;
use crate::store::{Committed, Fill, HeadCommit, HeadOnly, Inconsistency, NewHead, Result, Tokens};
pub(super) use held::{Held, hide, raise_highest, tip_is, wipe};

/// One compare-and-swap: a higher head, from what was expected, or nothing.
pub(super) async fn head(store: &SqliteStore, change: HeadCommit) -> Result<Committed> {
    let mut write = Write::begin(store).await?;
    let held = Held::read(&mut write, &change.group_id, &change.view).await?;
    if held.hash() != change.expected_head
        || !tip_is(&mut write, &change.group_id, &change.expected_tip).await?
        || !held.gives_way_to(&change.head)
    {
        return Ok(Committed::Superseded);
    }
    put_head(
        &mut write,
        &change.group_id,
        &change.view,
        &change.head,
        true,
        change.bytes,
    )
    .await?;
    let removed = leaves::remove(&mut write, &change).await?;
    let Some(replaced) = leaves::put(&mut write, &change).await? else {
        return Ok(Committed::Superseded);
    };
    leaves::unhide(&mut write, &change.group_id, &change.view).await?;
    leaves::drop_bodies(
        &mut write,
        &change.group_id,
        removed.into_iter().chain(replaced),
    )
    .await?;
    leaves::check_count(&mut write, &change).await?;
    remember(&mut write, &change).await?;
    raise_highest(
        &mut write,
        &change.group_id,
        &change.view,
        &change.head.envelope,
        &change.head.hash,
        change.head.position,
    )
    .await?;
    settle(
        &mut write,
        &change.group_id,
        &change.view,
        Some(change.tokens),
        has_lapsed(&change.head, change.now),
    )
    .await?;
    write.touch(&change.group_id).await?;
    Ok(Committed::At(write.commit().await?))
}

/// A higher head without anything under it.
pub(super) async fn head_only(store: &SqliteStore, change: HeadOnly) -> Result<Committed> {
    let mut write = Write::begin(store).await?;
    let held = Held::read(&mut write, &change.group_id, &change.view).await?;
    if !tip_is(&mut write, &change.group_id, &change.expected_tip).await?
        || !held.gives_way_to(&change.head)
    {
        return Ok(Committed::Superseded);
    }
    wipe(&mut write, &change.group_id, &change.view).await?;
    put_head(
        &mut write,
        &change.group_id,
        &change.view,
        &change.head,
        false,
        0,
    )
    .await?;
    raise_highest(
        &mut write,
        &change.group_id,
        &change.view,
        &change.head.envelope,
        &change.head.hash,
        change.head.position,
    )
    .await?;
    let lapsed = has_lapsed(&change.head, change.now);
    settle(&mut write, &change.group_id, &change.view, None, lapsed).await?;
    write.touch(&change.group_id).await?;
    Ok(Committed::At(write.commit().await?))
}

/// Bodies that were missing, or verdicts on them.
pub(super) async fn fill(store: &SqliteStore, change: Fill) -> Result<Committed> {
    let mut write = Write::begin(store).await?;
    let held = Held::read(&mut write, &change.group_id, &change.view).await?;
    if held.hash() != Some(change.expected_head) || !held.is_whole() {
        return Ok(Committed::Superseded);
    }
    if !leaves::fill(&mut write, &change).await? {
        return Ok(Committed::Superseded);
    }
    write.touch(&change.group_id).await?;
    Ok(Committed::At(write.commit().await?))
}

/// Takes the *unconfirmed* label off.
pub(super) async fn confirm(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    head: &PayloadHash,
) -> Result<()> {
    let held = super::groups::head(store, group, view).await?;
    if !held.is_some_and(|held| held.unconfirmed && held.hash == *head) {
        return Ok(());
    }
    let mut write = Write::begin(store).await?;
    sqlx::query("UPDATE head SET unconfirmed = 0 WHERE group_id = ? AND view = ? AND hash = ?")
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(head.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    write.touch(group).await?;
    write.commit().await?;
    Ok(())
}

async fn put_head(
    write: &mut Write<'_>,
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
    .bind(head.issued_at.as_millis())
    .bind(head.expires_at.as_millis())
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
async fn remember(write: &mut Write<'_>, change: &HeadCommit) -> Result<()> {
    let revision = write.next();
    let group = change.group_id.as_bytes().as_slice();
    let view = change.view.as_str();
    let updated = sqlx::query("UPDATE head SET revision = ? WHERE group_id = ? AND view = ?")
        .bind(revision)
        .bind(group)
        .bind(view)
        .execute(write.db())
        .await?;
    if updated.rows_affected() != 1 {
        return Err(Inconsistency::new("head", "view", change.group_id.to_string()).into());
    }
    sqlx::query(
        "UPDATE head_history SET superseded_at = ? \
         WHERE group_id = ? AND view = ? AND superseded_at IS NULL",
    )
    .bind(change.now.as_millis())
    .bind(group)
    .bind(view)
    .execute(write.db())
    .await?;
    sqlx::query(
        "INSERT INTO head_history (group_id, view, hash, revision) VALUES (?, ?, ?, ?) \
         ON CONFLICT (group_id, view, hash) \
         DO UPDATE SET revision = excluded.revision, superseded_at = NULL",
    )
    .bind(group)
    .bind(view)
    .bind(change.head.hash.as_bytes().as_slice())
    .bind(revision)
    .execute(write.db())
    .await?;
    Ok(())
}

/// Only a head that is fresh enough itself brings a group back into sight.
fn has_lapsed(head: &NewHead, now: Timestamp) -> bool {
    head.expires_at.plus(LAPSES_AFTER) <= now
}

/// A head in force ends what held changes back, and lapsing.
async fn settle(
    write: &mut Write<'_>,
    group: &GroupId,
    view: &View,
    tokens: Option<Tokens>,
    lapsed: bool,
) -> Result<()> {
    sqlx::query(
        "UPDATE view_state SET limit_name = NULL, limit_until = NULL, \
         tokens = COALESCE(?1, tokens), tokens_at = COALESCE(?2, tokens_at) \
         WHERE group_id = ?3 AND view = ?4",
    )
    .bind(tokens.map(|tokens| tokens.thousandths))
    .bind(tokens.map(|tokens| tokens.at.as_millis()))
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .execute(write.db())
    .await?;
    sqlx::query("UPDATE known_group SET lapsed = ? WHERE group_id = ?")
        .bind(lapsed)
        .bind(group.as_bytes().as_slice())
        .execute(write.db())
        .await?;
    Ok(())
}
