//! What is held before a change, and the parts of a change that several kinds share.

use hedgerow_core::head::Position;
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::{RecordName, View};

use super::super::decode::{self, signed};
use super::super::write::Write;
use crate::store::{NewHead, Result, StoredHead, ViewState};

/// The head in force and the highest ever seen.
pub(crate) struct Held {
    head: Option<StoredHead>,
    state: ViewState,
}

impl Held {
    pub(crate) async fn read(write: &mut Write<'_>, group: &GroupId, view: &View) -> Result<Self> {
        let head = sqlx::query("SELECT * FROM head WHERE group_id = ? AND view = ?")
            .bind(group.as_bytes().as_slice())
            .bind(view.as_str())
            .fetch_optional(write.db())
            .await?;
        let state = sqlx::query("SELECT * FROM view_state WHERE group_id = ? AND view = ?")
            .bind(group.as_bytes().as_slice())
            .bind(view.as_str())
            .fetch_optional(write.db())
            .await?;
        Ok(Self {
            head: head.as_ref().map(decode::head).transpose()?,
            state: state
                .as_ref()
                .map(decode::view_state)
                .transpose()?
                .unwrap_or_default(),
        })
    }

    pub(crate) fn hash(&self) -> Option<PayloadHash> {
        self.head.as_ref().map(|head| head.hash)
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.whole)
    }

    /// Whether a head above this position was seen.
    pub(crate) fn saw_higher_than(&self, position: Position) -> bool {
        self.head
            .as_ref()
            .is_some_and(|held| held.position > position)
            || self
                .state
                .highest_position
                .is_some_and(|highest| highest > position)
    }

    /// Whether a head may take the place of the one held: it is higher, or it is the same
    /// and its leaves are not held; and nothing higher was ever seen.
    pub(crate) fn gives_way_to(&self, new: &NewHead) -> bool {
        let above_held = self.head.as_ref().is_none_or(|held| {
            new.position > held.position || (new.hash == held.hash && !held.whole)
        });
        let above_highest = self.state.highest_position.is_none_or(|highest| {
            new.position > highest || self.state.highest_hash == Some(new.hash)
        });
        above_held && above_highest
    }
}

/// Whether the group's key log ends with this event.
pub(crate) async fn tip_is(
    write: &mut Write<'_>,
    group: &GroupId,
    tip: &PayloadHash,
) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM known_group WHERE group_id = ? AND tip = ?)",
    )
    .bind(group.as_bytes().as_slice())
    .bind(tip.as_bytes().as_slice())
    .fetch_one(write.db())
    .await?)
}

/// Remembers a head as the highest, unless a higher one is.
pub(crate) async fn raise_highest(
    write: &mut Write<'_>,
    group: &GroupId,
    view: &View,
    envelope: &[u8],
    hash: &PayloadHash,
    position: Position,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO view_state \
         (group_id, view, highest, highest_hash, highest_key_index, highest_seq) \
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, view) DO UPDATE SET \
         highest = excluded.highest, highest_hash = excluded.highest_hash, \
         highest_key_index = excluded.highest_key_index, highest_seq = excluded.highest_seq \
         WHERE view_state.highest IS NULL OR (excluded.highest_key_index, excluded.highest_seq) \
         > (view_state.highest_key_index, view_state.highest_seq)",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(envelope)
    .bind(hash.as_bytes().as_slice())
    .bind(i64::from(position.key_index))
    .bind(signed(position.seq.get()))
    .execute(write.db())
    .await?;
    Ok(())
}

/// Hides records, each with a revision of its own.
pub(crate) async fn hide(
    write: &mut Write<'_>,
    group: &GroupId,
    view: &View,
    names: &[RecordName],
) -> Result<u64> {
    let mut hidden = 0;
    for name in names {
        let revision = write.next();
        let done = sqlx::query(
            "UPDATE leaf SET hidden = 1, revision = ? \
             WHERE group_id = ? AND view = ? AND collection = ? AND key = ? AND hidden = 0",
        )
        .bind(revision)
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .execute(write.db())
        .await?;
        hidden += done.rows_affected();
    }
    Ok(hidden)
}

/// Erases everything under a view's head, and notes that its leaves are not held.
pub(crate) async fn wipe(write: &mut Write<'_>, group: &GroupId, view: &View) -> Result<()> {
    let group = group.as_bytes().as_slice();
    for statement in [
        "DELETE FROM leaf WHERE group_id = ?1 AND view = ?2",
        "DELETE FROM removal WHERE group_id = ?1 AND view = ?2",
        "DELETE FROM head_history WHERE group_id = ?1 AND view = ?2",
        "UPDATE head SET whole = 0, bytes = 0 WHERE group_id = ?1 AND view = ?2",
        "DELETE FROM body WHERE group_id = ?1 AND ?2 = ?2 AND record_hash NOT IN \
         (SELECT record_hash FROM leaf WHERE group_id = ?1)",
        "DELETE FROM staged WHERE group_id = ?1 AND ?2 = ?2",
    ] {
        sqlx::query(statement)
            .bind(group)
            .bind(view.as_str())
            .execute(write.db())
            .await?;
    }
    Ok(())
}
