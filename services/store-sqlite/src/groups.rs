//! Reading groups.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use sqlx::AssertSqlSafe;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::decode;
use super::decode::GROUP;
use super::decode::GROUP_OR_EXCLUSION;
use super::decode::rows;
use super::decode::signed;
use super::decode::unsigned;
use hedgerow_store::Exclusion;
use hedgerow_store::GroupRow;
use hedgerow_store::Result;
use hedgerow_store::StoredHead;
use hedgerow_store::ViewState;

pub(super) async fn group(store: &SqliteStore, group: &GroupId) -> Result<Option<GroupRow>> {
    let row = sqlx::query(AssertSqlSafe(format!("{GROUP} WHERE g.group_id = ?")))
        .bind(group.as_bytes().as_slice())
        .fetch_optional(&store.readers)
        .await?;
    row.as_ref().map(decode::group).transpose()
}

pub(super) async fn group_or_exclusion(
    store: &SqliteStore,
    group: &GroupId,
) -> Result<(Option<GroupRow>, Option<Exclusion>)> {
    let row = sqlx::query(GROUP_OR_EXCLUSION)
        .bind(group.as_bytes().as_slice())
        .fetch_one(&store.readers)
        .await?;
    let held = if decode::is_known(&row)? {
        Some(decode::group(&row)?)
    } else {
        None
    };
    Ok((held, decode::exclusion(&row)?))
}

/// How many are asked for in one statement.
const AT_ONCE: usize = 64;

pub(super) async fn groups_held(store: &SqliteStore, groups: &[GroupId]) -> Result<Vec<GroupRow>> {
    let rows = of_groups(store, GROUP, groups).await?;
    rows.iter().map(decode::group).collect()
}

pub(super) async fn revisions(
    store: &SqliteStore,
    groups: &[GroupId],
) -> Result<Vec<(GroupId, u64)>> {
    let rows = of_groups(
        store,
        "SELECT group_id, revision FROM known_group g",
        groups,
    )
    .await?;
    rows.iter()
        .map(|row| Ok((decode::group_id(row)?, unsigned(row.try_get("revision")?))))
        .collect()
}

/// Rows of a selection of groups as `g`, for these groups.
async fn of_groups(
    store: &SqliteStore,
    selection: &str,
    groups: &[GroupId],
) -> Result<Vec<SqliteRow>> {
    let mut rows = Vec::with_capacity(groups.len());
    for asked in groups.chunks(AT_ONCE) {
        let values = std::iter::repeat_n("?", asked.len()).collect::<Vec<_>>();
        let statement = format!("{selection} WHERE g.group_id IN ({})", values.join(","));
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for group in asked {
            query = query.bind(group.as_bytes().as_slice());
        }
        rows.extend(query.fetch_all(&store.readers).await?);
    }
    Ok(rows)
}

pub(super) async fn feed_after(
    store: &SqliteStore,
    revision: u64,
    limit: usize,
) -> Result<Vec<GroupRow>> {
    let found = sqlx::query(AssertSqlSafe(format!(
        "{GROUP} WHERE g.revision > ? ORDER BY g.revision LIMIT +?"
    )))
    .bind(signed(revision))
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found.iter().map(decode::group).collect()
}

pub(super) async fn groups(
    store: &SqliteStore,
    after: Option<&GroupId>,
    limit: usize,
) -> Result<Vec<GroupId>> {
    let found = sqlx::query(
        "SELECT group_id FROM known_group WHERE group_id > ? ORDER BY group_id LIMIT +?",
    )
    .bind(after.map(GroupId::to_vec).unwrap_or_default())
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found.iter().map(decode::group_id).collect()
}

pub(super) async fn groups_wanting(
    store: &SqliteStore,
    after: Option<&GroupId>,
    limit: usize,
) -> Result<Vec<GroupId>> {
    let found = sqlx::query(
        "SELECT DISTINCT group_id FROM leaf WHERE state = 1 AND group_id > ? \
         ORDER BY group_id LIMIT +?",
    )
    .bind(after.map(GroupId::to_vec).unwrap_or_default())
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found.iter().map(decode::group_id).collect()
}

pub(super) async fn exclusion(store: &SqliteStore, group: &GroupId) -> Result<Option<Exclusion>> {
    let row: Option<(String, i64)> =
        sqlx::query_as("SELECT reason, at FROM exclusion WHERE group_id = ?")
            .bind(group.as_bytes().as_slice())
            .fetch_optional(&store.readers)
            .await?;
    Ok(row.map(|(reason, at)| Exclusion {
        reason,
        at: hedgerow_core::time::Timestamp::from_millis(at),
    }))
}

pub(super) async fn view_state(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
) -> Result<ViewState> {
    let row = sqlx::query("SELECT * FROM view_state WHERE group_id = ? AND view = ?")
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .fetch_optional(&store.readers)
        .await?;
    row.as_ref()
        .map_or_else(|| Ok(ViewState::default()), decode::view_state)
}

pub(super) async fn head(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
) -> Result<Option<StoredHead>> {
    let row = sqlx::query("SELECT * FROM head WHERE group_id = ? AND view = ?")
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .fetch_optional(&store.readers)
        .await?;
    row.as_ref().map(decode::head).transpose()
}
