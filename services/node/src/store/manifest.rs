//! The leaves under the newest head, and the differences from earlier heads.

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_proto::v1;

use super::database::Transaction;
use super::error::{StoreError, bytes_column, check_column, group_id};

/// The difference between an earlier manifest and the newest one.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub removals: Vec<RecordName>,
    /// New and changed leaves.
    pub leaves: Vec<Leaf>,
}

#[derive(sqlx::FromRow)]
pub(super) struct LeafRow {
    collection: String,
    key: String,
    length: u32,
    record_hash: Vec<u8>,
}

impl LeafRow {
    /// Parses the row; errors name the columns `hash` and `key`.
    pub(super) fn into_leaf(
        self,
        hash: &'static str,
        key: &'static str,
    ) -> Result<Leaf, StoreError> {
        let name = record_name(self.collection, self.key, key)?;
        Ok(Leaf {
            record_hash: bytes_column(&self.record_hash, hash, &name)?,
            length: self.length,
            name,
        })
    }
}

/// Parses the two columns of a record's name; errors name `column`.
pub(super) fn record_name(
    collection: String,
    key: String,
    column: &'static str,
) -> Result<RecordName, StoreError> {
    let wire = v1::RecordName { collection, key };
    let id = format_args!("{}/{}", wire.collection, wire.key);
    check_column(RecordName::try_from(&wire), column, id)
}

impl Transaction {
    /// Lists all leaves under the newest head, ordered by name.
    pub async fn leaves(&mut self, group: &GroupId, view: &View) -> Result<Vec<Leaf>, StoreError> {
        // Revisions start at 1, so this includes every leaf.
        self.leaves_after(group, view, -1).await
    }

    /// Lists the changes after a revision. Complete only if the revision is not below
    /// [`super::StoredHead::floor_revision`].
    pub async fn changes_after(
        &mut self,
        group: &GroupId,
        view: &View,
        revision: i64,
    ) -> Result<Changes, StoreError> {
        let query = sqlx::query_as::<_, (String, String)>(
            "SELECT collection, key FROM removal
             WHERE group_id = ? AND view = ? AND revision > ? ORDER BY collection, key",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(revision);
        let rows = self.fetch_all(query).await?;
        let removals = rows
            .into_iter()
            .map(|(collection, key)| record_name(collection, key, "removal.key"))
            .collect::<Result<_, _>>()?;
        let leaves = self.leaves_after(group, view, revision).await?;
        Ok(Changes { removals, leaves })
    }

    /// Deletes removals older than a time and raises the floor revision of their heads, so
    /// that no difference is served that would lack them. Returns how many were deleted.
    pub async fn delete_removals_before(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, String, i64)>(
            "SELECT group_id, view, max(revision) FROM removal
             WHERE removed_at < ? GROUP BY group_id, view",
        )
        .bind(before.as_millis());
        for (id, view, revision) in self.fetch_all(query).await? {
            let query = sqlx::query(
                "UPDATE head SET floor_revision = max(floor_revision, ?)
                 WHERE group_id = ? AND view = ?",
            )
            .bind(revision)
            .bind(group_id(&id, "removal.group_id")?.to_vec())
            .bind(view);
            self.execute(query).await?;
        }
        let query =
            sqlx::query("DELETE FROM removal WHERE removed_at < ?").bind(before.as_millis());
        self.execute(query).await
    }

    /// Makes the records of the view's audience its leaves, and erases the bodies that
    /// become unused.
    pub(super) async fn replace_leaves(
        &mut self,
        group: &GroupId,
        view: &View,
        revision: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // Read first: once the leaves are replaced, the old hashes are gone.
        let retired = self.retired_hashes(group, view).await?;
        for statement in [
            // Record the names that leave the manifest …
            "INSERT INTO removal (group_id, view, collection, key, revision, removed_at)
             SELECT l.group_id, l.view, l.collection, l.key, ?3, ?4 FROM leaf l
             WHERE l.group_id = ?1 AND l.view = ?2
               AND NOT EXISTS (SELECT 1 FROM record r WHERE r.group_id = ?1
                   AND r.audience = ?2 AND r.collection = l.collection AND r.key = l.key)
             ON CONFLICT (group_id, view, collection, key) DO UPDATE SET
                 revision = excluded.revision, removed_at = excluded.removed_at",
            "DELETE FROM leaf WHERE group_id = ?1 AND view = ?2
               AND NOT EXISTS (SELECT 1 FROM record r WHERE r.group_id = ?1
                   AND r.audience = ?2 AND r.collection = leaf.collection AND r.key = leaf.key)",
            // Unchanged leaves keep their revision, so that differences stay small.
            "INSERT INTO leaf (group_id, view, collection, key, length, record_hash, revision)
             SELECT r.group_id, ?2, r.collection, r.key, r.length, r.record_hash, ?3 FROM record r
             WHERE r.group_id = ?1 AND r.audience = ?2
             ON CONFLICT (group_id, view, collection, key) DO UPDATE SET
                 length = excluded.length, record_hash = excluded.record_hash,
                 revision = excluded.revision
             WHERE record_hash <> excluded.record_hash",
            // … and drop the removals of names that have come back.
            "DELETE FROM removal WHERE group_id = ?1 AND view = ?2
               AND EXISTS (SELECT 1 FROM leaf l WHERE l.group_id = ?1 AND l.view = ?2
                   AND l.collection = removal.collection AND l.key = removal.key)",
        ] {
            let query = sqlx::query(statement)
                .bind(group.to_vec())
                .bind(view.as_str())
                .bind(revision)
                .bind(now.as_millis());
            self.execute(query).await?;
        }
        for hash in retired {
            self.erase_body_if_unused(group, &hash).await?;
        }
        Ok(())
    }

    /// Lists the hashes of leaves that the next head will not have.
    async fn retired_hashes(
        &mut self,
        group: &GroupId,
        view: &View,
    ) -> Result<Vec<RecordHash>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT l.record_hash FROM leaf l WHERE l.group_id = ?1 AND l.view = ?2
               AND NOT EXISTS (SELECT 1 FROM record r WHERE r.group_id = ?1 AND r.audience = ?2
                   AND r.collection = l.collection AND r.key = l.key
                   AND r.record_hash = l.record_hash)",
        )
        .bind(group.to_vec())
        .bind(view.as_str());
        let rows = self.fetch_all(query).await?;
        rows.into_iter()
            .map(|row| bytes_column(&row.0, "leaf.record_hash", group))
            .collect()
    }

    async fn leaves_after(
        &mut self,
        group: &GroupId,
        view: &View,
        revision: i64,
    ) -> Result<Vec<Leaf>, StoreError> {
        let query = sqlx::query_as::<_, LeafRow>(
            "SELECT collection, key, length, record_hash FROM leaf
             WHERE group_id = ? AND view = ? AND revision > ? ORDER BY collection, key",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(revision);
        let rows = self.fetch_all(query).await?;
        rows.into_iter()
            .map(|row| row.into_leaf("leaf.record_hash", "leaf.key"))
            .collect()
    }
}
