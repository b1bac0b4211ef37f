//! Reading groups and the state of their views.

use async_trait::async_trait;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Exclusion, GroupReader, GroupRow, Result, StoredHead, ViewState};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteExecutor, SqlitePool};

use crate::decode;
use crate::decode::{GROUP, GROUP_OR_EXCLUSION, unsigned};
use crate::sqlite_store::SqliteStore;

/// Groups in one query.
const MAX_GROUPS: usize = 64;

#[async_trait]
impl GroupReader for SqliteStore {
    async fn group(&self, group: &GroupId) -> Result<Option<GroupRow>> {
        let row = sqlx::query(AssertSqlSafe(format!("{GROUP} WHERE g.group_id = ?")))
            .bind(group.as_bytes().as_slice())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(decode::group).transpose()
    }

    async fn group_or_exclusion(
        &self,
        group: &GroupId,
    ) -> Result<(Option<GroupRow>, Option<Exclusion>)> {
        let row = sqlx::query(GROUP_OR_EXCLUSION)
            .bind(group.as_bytes().as_slice())
            .fetch_one(&self.readers)
            .await?;
        let group = if decode::is_known(&row)? {
            Some(decode::group(&row)?)
        } else {
            None
        };
        Ok((group, decode::exclusion(&row)?))
    }

    async fn exclusion(&self, group: &GroupId) -> Result<Option<Exclusion>> {
        let row: Option<(String, i64)> =
            sqlx::query_as("SELECT reason, at FROM exclusion WHERE group_id = ?")
                .bind(group.as_bytes().as_slice())
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.map(|(reason, at)| Exclusion {
            reason,
            at: Timestamp::from_millis(at),
        }))
    }

    async fn group_revisions(&self, groups: &[GroupId]) -> Result<Vec<(GroupId, u64)>> {
        let selection = "SELECT group_id, revision FROM known_group g";
        let rows = rows_of_groups(&self.readers, selection, groups).await?;
        rows.iter()
            .map(|row| Ok((decode::group_id(row)?, unsigned(row.try_get("revision")?))))
            .collect()
    }

    async fn view_state(&self, group: &GroupId, view: &View) -> Result<ViewState> {
        let row = sqlx::query("SELECT * FROM view_state WHERE group_id = ? AND view = ?")
            .bind(group.as_bytes().as_slice())
            .bind(view.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref()
            .map_or_else(|| Ok(ViewState::default()), decode::view_state)
    }

    async fn head(&self, group: &GroupId, view: &View) -> Result<Option<StoredHead>> {
        current_head(&self.readers, group, view).await
    }
}

/// Returns the current head of a view, whole or not.
pub(crate) async fn current_head(
    db: impl SqliteExecutor<'_>,
    group: &GroupId,
    view: &View,
) -> Result<Option<StoredHead>> {
    let row = sqlx::query("SELECT * FROM head WHERE group_id = ? AND view = ?")
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(decode::head).transpose()
}

/// Returns the rows of `selection`, which reads from `known_group` as `g`, for these groups.
pub(crate) async fn rows_of_groups(
    readers: &SqlitePool,
    selection: &str,
    groups: &[GroupId],
) -> Result<Vec<SqliteRow>> {
    let mut rows = Vec::with_capacity(groups.len());
    for groups in groups.chunks(MAX_GROUPS) {
        // Few sizes, so that the statements stay prepared. Unused places are NULL, which equals no
        // id.
        let places = groups.len().next_power_of_two();
        let parameters = vec!["?"; places].join(",");
        let statement = format!("{selection} WHERE g.group_id IN ({parameters})");
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for group in groups {
            query = query.bind(group.as_bytes().as_slice());
        }
        for _ in groups.len()..places {
            query = query.bind(None::<&[u8]>);
        }
        rows.extend(query.fetch_all(readers).await?);
    }
    Ok(rows)
}
