//! Proofs of rivals, and changes that a limit holds back: in both, what was taken back
//! is hidden at once.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;

use super::SqliteStore;
use super::commit::Held;
use super::commit::hide;
use super::commit::raise_highest;
use super::decode::unsigned;
use super::write_tx::Done;
use super::write_tx::Write;
use hedgerow_store::Committed;
use hedgerow_store::Freeze;
use hedgerow_store::Result;
use hedgerow_store::Rival;
use hedgerow_store::ThrottledHead;

pub(super) async fn throttle(write: &mut Write, change: &ThrottledHead) -> Result<Done<Committed>> {
    let held = Held::read(write, &change.group_id, &change.view).await?;
    if held.hash() != change.expected_head
        || !held.tip_is(&change.expected_tip)
        || held.saw_higher_than(change.position)
    {
        return Ok(Done::Nothing(Committed::Superseded));
    }
    hide(write, &change.group_id, &change.view, &change.hide).await?;
    raise_highest(
        write,
        &change.group_id,
        &change.view,
        &change.envelope,
        &change.hash,
        change.position,
    )
    .await?;
    sqlx::query(
        "UPDATE view_state SET limit_name = ?, limit_until = ? WHERE group_id = ? AND view = ?",
    )
    .bind(&change.limit.limit)
    .bind(
        change
            .limit
            .until
            .map(hedgerow_core::time::Timestamp::as_millis),
    )
    .bind(change.group_id.as_bytes().as_slice())
    .bind(change.view.as_str())
    .execute(write.db())
    .await?;
    write.touch(&change.group_id).await?;
    Ok(write.kept())
}

pub(super) async fn freeze(write: &mut Write, change: &Freeze) -> Result<Done<Committed>> {
    let held = Held::read(write, &change.group_id, &change.view).await?;
    if held.hash() != change.expected_head {
        return Ok(Done::Nothing(Committed::Superseded));
    }
    let before = write.last();
    let news = keep_proof(write, change).await?;
    let hidden = hide(write, &change.group_id, &change.view, &change.hide).await?;
    if !news && hidden == 0 {
        return Ok(Done::Nothing(Committed::At(unsigned(before))));
    }
    write.touch(&change.group_id).await?;
    Ok(write.kept())
}

/// The most bytes of rival key events that are kept of a group whose log is not forked.
const MOST_SET_ASIDE: u64 = 2 * 1024 * 1024;

/// Forgets rival branches that were set aside, where there are many: for a group whose log is
/// not forked, so that none of them counts.
pub(super) async fn make_room(write: &mut Write, group: &GroupId) -> Result<()> {
    let bytes: i64 = sqlx::query_scalar(
        "SELECT COALESCE(SUM(LENGTH(envelope)), 0) FROM rival_key_event WHERE group_id = ?",
    )
    .bind(group.as_bytes().as_slice())
    .fetch_one(write.db())
    .await?;
    if unsigned(bytes) > MOST_SET_ASIDE {
        sqlx::query("DELETE FROM rival_key_event WHERE group_id = ?")
            .bind(group.as_bytes().as_slice())
            .execute(write.db())
            .await?;
    }
    Ok(())
}

/// Keeps the proof. False where it was known.
async fn keep_proof(write: &mut Write, change: &Freeze) -> Result<bool> {
    let group = change.group_id.as_bytes().as_slice();
    match &change.rival {
        Rival::Head {
            key_index,
            held,
            rival,
        } => {
            let kept = sqlx::query(
                "INSERT INTO equivocation (group_id, view, key_index, held, rival, found_at) \
                 VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            )
            .bind(group)
            .bind(change.view.as_str())
            .bind(i64::from(*key_index))
            .bind(held)
            .bind(rival)
            .bind(change.now.as_millis())
            .execute(write.db())
            .await?;
            sqlx::query(
                "INSERT INTO view_state (group_id, view, frozen_index) VALUES (?, ?, ?) \
                 ON CONFLICT (group_id, view) DO UPDATE SET frozen_index = excluded.frozen_index",
            )
            .bind(group)
            .bind(change.view.as_str())
            .bind(i64::from(*key_index))
            .execute(write.db())
            .await?;
            Ok(kept.rows_affected() == 1)
        }
        Rival::KeyEvents(events) => {
            let forked: bool =
                sqlx::query_scalar("SELECT forked FROM known_group WHERE group_id = ?")
                    .bind(group)
                    .fetch_one(write.db())
                    .await?;
            if !forked {
                make_room(write, &change.group_id).await?;
            }
            let mut news = false;
            for event in events {
                let kept = sqlx::query(
                    "INSERT INTO rival_key_event \
                     (group_id, hash, event_index, envelope, found_at) \
                     VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                )
                .bind(group)
                .bind(event.hash.as_bytes().as_slice())
                .bind(i64::from(event.index))
                .bind(&event.envelope)
                .bind(change.now.as_millis())
                .execute(write.db())
                .await?;
                news |= kept.rows_affected() == 1;
            }
            if news {
                sqlx::query("UPDATE known_group SET forked = 1 WHERE group_id = ?")
                    .bind(group)
                    .execute(write.db())
                    .await?;
            }
            Ok(news)
        }
        Rival::None => Ok(false),
    }
}

pub(super) async fn equivocation(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    key_index: u32,
) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    Ok(sqlx::query_as(
        "SELECT held, rival FROM equivocation WHERE group_id = ? AND view = ? AND key_index = ?",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(i64::from(key_index))
    .fetch_optional(&store.readers)
    .await?)
}
