//! Writes to one view of a group that several commands share.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_store::Result;
use sqlx::QueryBuilder;

use crate::insert::{Highest, VIEW_STATE, bind_view_state};
use crate::write_tx::WriteTx;

/// Stores a head as the highest of the view, unless a higher one is stored.
pub(crate) async fn raise_highest(
    tx: &mut WriteTx,
    (group, view): (&GroupId, &View),
    highest: &Highest<'_>,
) -> Result<()> {
    let mut query = QueryBuilder::new("");
    VIEW_STATE.push_rows(&mut query, [highest], |row, highest| {
        bind_view_state(row, (group, view), highest, None);
    });
    VIEW_STATE.push_replace(&mut query, &["tokens", "tokens_at"]);
    query.push(
        " WHERE view_state.highest IS NULL OR (excluded.highest_key_index, excluded.highest_seq) \
         > (view_state.highest_key_index, view_state.highest_seq)",
    );
    query.build().execute(tx.db()).await?;
    Ok(())
}

/// Hides records, each with its own revision, so that followers see it. Returns how many were
/// visible before.
pub(crate) async fn hide_records(
    tx: &mut WriteTx,
    (group, view): (&GroupId, &View),
    names: &[RecordName],
) -> Result<u64> {
    let mut hidden = 0;
    for name in names {
        let revision = tx.next_revision();
        let done = sqlx::query(
            "UPDATE leaf SET hidden = 1, revision = ? \
             WHERE group_id = ? AND view = ? AND collection = ? AND key = ? AND hidden = 0",
        )
        .bind(revision)
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .execute(tx.db())
        .await?;
        hidden += done.rows_affected();
    }
    Ok(hidden)
}

/// Deletes everything under a view's head, keeping the head itself without its leaves.
pub(crate) async fn erase_records(
    tx: &mut WriteTx,
    (group, view): (&GroupId, &View),
) -> Result<()> {
    let group = group.as_bytes().as_slice();
    for statement in [
        "DELETE FROM leaf WHERE group_id = ?1 AND view = ?2",
        "DELETE FROM removal WHERE group_id = ?1 AND view = ?2",
        "DELETE FROM head_history WHERE group_id = ?1 AND view = ?2",
        "UPDATE head SET whole = 0, bytes = 0 WHERE group_id = ?1 AND view = ?2",
        // Bodies and staged entries belong to the group; another view may still need a body.
        // `?2 = ?2`, because every statement of the loop binds both parameters.
        "DELETE FROM body WHERE group_id = ?1 AND ?2 = ?2 AND record_hash NOT IN \
         (SELECT record_hash FROM leaf WHERE group_id = ?1)",
        "DELETE FROM staged WHERE group_id = ?1 AND ?2 = ?2",
    ] {
        sqlx::query(statement)
            .bind(group)
            .bind(view.as_str())
            .execute(tx.db())
            .await?;
    }
    Ok(())
}
