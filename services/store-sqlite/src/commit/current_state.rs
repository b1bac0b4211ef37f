//! What is held before a change, and the parts of a change that several kinds share.

use hedgerow_core::head::Position;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;

use sqlx::Row;

use super::super::decode;
use super::super::decode::signed;
use super::super::write_tx::Write;
use hedgerow_store::NewHead;
use hedgerow_store::Result;
use hedgerow_store::StoreError;

/// The tip, the head in force and the highest ever seen.
#[derive(Default)]
pub(crate) struct Held {
    tip: Option<PayloadHash>,
    head: Option<HeldHead>,
    highest: Option<(Position, PayloadHash)>,
}

struct HeldHead {
    hash: PayloadHash,
    position: Position,
    whole: bool,
}

impl Held {
    pub(crate) async fn read(write: &mut Write, group: &GroupId, view: &View) -> Result<Self> {
        let row = sqlx::query(
            "SELECT g.tip, h.hash, h.key_index, h.seq, h.whole, \
             v.highest_hash, v.highest_key_index, v.highest_seq FROM known_group g \
             LEFT JOIN head h ON h.group_id = g.group_id AND h.view = ?2 \
             LEFT JOIN view_state v ON v.group_id = g.group_id AND v.view = ?2 \
             WHERE g.group_id = ?1",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .fetch_optional(write.db())
        .await?;
        let Some(row) = row else {
            return Ok(Self::default());
        };
        let is_there =
            |column| Ok::<_, StoreError>(row.try_get::<Option<Vec<u8>>, _>(column)?.is_some());
        let head = if is_there("hash")? {
            Some(HeldHead {
                hash: decode::payload_hash(&row, "head", "hash")?,
                position: decode::position(&row, "head", "key_index", "seq")?,
                whole: row.try_get("whole")?,
            })
        } else {
            None
        };
        let highest = if is_there("highest_hash")? {
            let (index, seq) = ("highest_key_index", "highest_seq");
            Some((
                decode::position(&row, "view_state", index, seq)?,
                decode::payload_hash(&row, "view_state", "highest_hash")?,
            ))
        } else {
            None
        };
        Ok(Self {
            tip: Some(decode::payload_hash(&row, "known_group", "tip")?),
            head,
            highest,
        })
    }

    /// Whether the group's key log ends with this event.
    pub(crate) fn tip_is(&self, tip: &PayloadHash) -> bool {
        self.tip.as_ref() == Some(tip)
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
            || self.highest.is_some_and(|(highest, _)| highest > position)
    }

    /// Whether a head may take the place of the one held: it is higher, or it is the same
    /// and its leaves are not held; and nothing higher was ever seen.
    pub(crate) fn gives_way_to(&self, new: &NewHead) -> bool {
        let above_held = self.head.as_ref().is_none_or(|held| {
            new.position > held.position || (new.hash == held.hash && !held.whole)
        });
        let above_highest = self
            .highest
            .is_none_or(|(highest, hash)| new.position > highest || hash == new.hash);
        above_held && above_highest
    }
}

/// Remembers a head as the highest, unless a higher one is.
pub(crate) async fn raise_highest(
    write: &mut Write,
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
    write: &mut Write,
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
pub(crate) async fn wipe(write: &mut Write, group: &GroupId, view: &View) -> Result<()> {
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
