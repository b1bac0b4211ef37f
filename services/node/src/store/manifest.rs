//! The manifest under the newest head, and how it differs from earlier ones.

use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_proto::v1;

use super::StoreError;
use super::Transaction;
use super::error::consistent;
use super::publisher::group_id;

/// What leads from an earlier manifest to the present one.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Names that are gone.
    pub removals: Vec<RecordName>,
    /// Leaves that are new or changed.
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
    pub(super) fn into_leaf(self, table: &'static str) -> Result<Leaf, StoreError> {
        let id = format!("{}/{}", self.collection, self.key);
        Ok(Leaf {
            record_hash: consistent(
                RecordHash::try_from(self.record_hash.as_slice()),
                table,
                "record_hash",
                &id,
            )?,
            length: self.length,
            name: name(self.collection, self.key, table)?,
        })
    }
}

fn name(collection: String, key: String, table: &'static str) -> Result<RecordName, StoreError> {
    let wire = v1::RecordName { collection, key };
    consistent(
        RecordName::try_from(&wire),
        table,
        "key",
        format_args!("{}/{}", wire.collection, wire.key),
    )
}

impl Transaction {
    /// The whole manifest under the newest head, in order.
    pub async fn leaves(&mut self, group: &GroupId, view: &View) -> Result<Vec<Leaf>, StoreError> {
        self.leaves_after(group, view, -1).await
    }

    /// What happened after a revision. Only right from [`super::KeptHead::floor_revision`] on.
    pub async fn changes_after(
        &mut self,
        group: &GroupId,
        view: &View,
        revision: i64,
    ) -> Result<Changes, StoreError> {
        let result = sqlx::query_as::<_, (String, String)>(
            "SELECT collection, key FROM removal
             WHERE group_id = ? AND view = ? AND revision > ? ORDER BY collection, key",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(revision)
        .fetch_all(self.connection())
        .await;
        let removals = self
            .noted(result)?
            .into_iter()
            .map(|(collection, key)| name(collection, key, "removal"))
            .collect::<Result<_, _>>()?;
        let leaves = self.leaves_after(group, view, revision).await?;
        Ok(Changes { removals, leaves })
    }

    /// Forgets removals that happened before a time, and remembers that it did.
    pub async fn forget_removals_before(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>, String, i64)>(
            "SELECT group_id, view, max(revision) FROM removal
             WHERE removed_at < ? GROUP BY group_id, view",
        )
        .bind(before.as_millis())
        .fetch_all(self.connection())
        .await;
        for (id, view, revision) in self.noted(result)? {
            let result = sqlx::query(
                "UPDATE head SET floor_revision = max(floor_revision, ?)
                 WHERE group_id = ? AND view = ?",
            )
            .bind(revision)
            .bind(group_id(&id, "removal")?.to_vec())
            .bind(view)
            .execute(self.connection())
            .await;
            self.noted(result)?;
        }
        let result = sqlx::query("DELETE FROM removal WHERE removed_at < ?")
            .bind(before.as_millis())
            .execute(self.connection())
            .await;
        Ok(self.noted(result)?.rows_affected())
    }

    /// Makes the records that are meant to be public the leaves, and erases the bodies
    /// that nothing names any more.
    pub(super) async fn replace_leaves(
        &mut self,
        group: &GroupId,
        view: &View,
        revision: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let retired = self.retired_hashes(group, view).await?;
        for statement in [
            // Names that leave are remembered …
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
            "INSERT INTO leaf (group_id, view, collection, key, length, record_hash, revision)
             SELECT r.group_id, ?2, r.collection, r.key, r.length, r.record_hash, ?3 FROM record r
             WHERE r.group_id = ?1 AND r.audience = ?2
             ON CONFLICT (group_id, view, collection, key) DO UPDATE SET
                 length = excluded.length, record_hash = excluded.record_hash,
                 revision = excluded.revision
             WHERE record_hash <> excluded.record_hash",
            // … and those that came back are no longer gone.
            "DELETE FROM removal WHERE group_id = ?1 AND view = ?2
               AND EXISTS (SELECT 1 FROM leaf l WHERE l.group_id = ?1 AND l.view = ?2
                   AND l.collection = removal.collection AND l.key = removal.key)",
        ] {
            let result = sqlx::query(statement)
                .bind(group.to_vec())
                .bind(view.as_str())
                .bind(revision)
                .bind(now.as_millis())
                .execute(self.connection())
                .await;
            self.noted(result)?;
        }
        for hash in retired {
            self.erase_body_if_unused(group, &hash).await?;
        }
        Ok(())
    }

    /// Hashes of the leaves that the next head will not have.
    async fn retired_hashes(
        &mut self,
        group: &GroupId,
        view: &View,
    ) -> Result<Vec<RecordHash>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT l.record_hash FROM leaf l WHERE l.group_id = ?1 AND l.view = ?2
               AND NOT EXISTS (SELECT 1 FROM record r WHERE r.group_id = ?1 AND r.audience = ?2
                   AND r.collection = l.collection AND r.key = l.key
                   AND r.record_hash = l.record_hash)",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .fetch_all(self.connection())
        .await;
        self.noted(result)?
            .into_iter()
            .map(|row| {
                consistent(
                    RecordHash::try_from(row.0.as_slice()),
                    "leaf",
                    "record_hash",
                    group,
                )
            })
            .collect()
    }

    async fn leaves_after(
        &mut self,
        group: &GroupId,
        view: &View,
        revision: i64,
    ) -> Result<Vec<Leaf>, StoreError> {
        let result = sqlx::query_as::<_, LeafRow>(
            "SELECT collection, key, length, record_hash FROM leaf
             WHERE group_id = ? AND view = ? AND revision > ? ORDER BY collection, key",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(revision)
        .fetch_all(self.connection())
        .await;
        self.noted(result)?
            .into_iter()
            .map(|row| row.into_leaf("leaf"))
            .collect()
    }
}

/// How long removals are remembered: a follower away for longer compares whole manifests.
pub const REMOVALS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
