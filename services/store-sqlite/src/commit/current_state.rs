//! The stored state that a change is compared with.

use hedgerow_core::head::{LAPSES_AFTER, Position};
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{HeadFacts, Result, StoreError};
use sqlx::Row;

use crate::decode;
use crate::write_tx::WriteTx;

/// The tip of the key log, the current head and the highest head of one view.
#[derive(Default)]
pub(super) struct CurrentState {
    tip: Option<PayloadHash>,
    head: Option<CurrentHead>,
    highest: Option<(Position, PayloadHash)>,
}

struct CurrentHead {
    hash: PayloadHash,
    position: Position,
    whole: bool,
}

impl CurrentState {
    pub(super) async fn read(tx: &mut WriteTx, (group, view): (&GroupId, &View)) -> Result<Self> {
        let row = sqlx::query(
            "SELECT g.tip, h.hash, h.key_index, h.seq, h.whole, \
             v.highest_hash, v.highest_key_index, v.highest_seq FROM known_group g \
             LEFT JOIN head h ON h.group_id = g.group_id AND h.view = ?2 \
             LEFT JOIN view_state v ON v.group_id = g.group_id AND v.view = ?2 \
             WHERE g.group_id = ?1",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .fetch_optional(tx.db())
        .await?;
        let Some(row) = row else {
            return Ok(Self::default());
        };
        let is_set =
            |column| Ok::<_, StoreError>(row.try_get::<Option<Vec<u8>>, _>(column)?.is_some());
        let head = if is_set("hash")? {
            Some(CurrentHead {
                hash: decode::payload_hash(&row, "head", "hash")?,
                position: decode::position(&row, "head", "key_index", "seq")?,
                whole: row.try_get("whole")?,
            })
        } else {
            None
        };
        let highest = if is_set("highest_hash")? {
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

    /// Whether this is the last event of the key log.
    pub(super) fn has_tip(&self, tip: &PayloadHash) -> bool {
        self.tip.as_ref() == Some(tip)
    }

    pub(super) fn head_hash(&self) -> Option<PayloadHash> {
        self.head.as_ref().map(|head| head.hash)
    }

    /// Whether the leaves of the current head are stored.
    pub(super) fn is_whole(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.whole)
    }

    /// Whether a head above this position was ever accepted.
    pub(super) fn has_seen_above(&self, position: Position) -> bool {
        self.head
            .as_ref()
            .is_some_and(|current| current.position > position)
            || self.highest.is_some_and(|(highest, _)| highest > position)
    }

    /// Whether a head may become the current one: it is above the current one, or the same while
    /// its leaves are not stored, and no head above it was ever accepted.
    pub(super) fn accepts(&self, new: &HeadFacts) -> bool {
        let above_current = self.head.as_ref().is_none_or(|current| {
            new.position > current.position || (new.hash == current.hash && !current.whole)
        });
        let above_highest = self
            .highest
            .is_none_or(|(highest, hash)| new.position > highest || hash == new.hash);
        above_current && above_highest
    }
}

pub(super) fn has_lapsed(head: &HeadFacts, now: Timestamp) -> bool {
    head.expire_time.plus(LAPSES_AFTER) <= now
}
