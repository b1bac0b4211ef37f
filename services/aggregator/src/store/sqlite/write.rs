//! One writing transaction, and the revisions that it takes.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::SqliteStore;
use super::decode::unsigned;
use crate::store::Result;

/// A transaction that writes. Dropped without [`Write::commit`], it did not happen.
pub(super) struct Write<'a> {
    store: &'a SqliteStore,
    tx: Transaction<'static, Sqlite>,
    revision: i64,
}

impl<'a> Write<'a> {
    /// Begins, and takes the right to write at once: nothing that it reads can change.
    pub(super) async fn begin(store: &'a SqliteStore) -> Result<Self> {
        let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
        let revision: i64 = sqlx::query_scalar("SELECT revision FROM server WHERE group_id = ?")
            .bind(store.own.as_bytes().as_slice())
            .fetch_one(&mut *tx)
            .await?;
        Ok(Self {
            store,
            tx,
            revision,
        })
    }

    /// The connection.
    pub(super) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }

    /// Takes the next revision.
    pub(super) fn next(&mut self) -> i64 {
        self.revision += 1;
        self.revision
    }

    /// Notes that something about the group changed, and whether it is shown now. To be
    /// called last, so that the group's revision is the highest of the transaction.
    pub(super) async fn touch(&mut self, group: &GroupId) -> Result<()> {
        let shown: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM known_group g \
             JOIN head h ON h.group_id = g.group_id AND h.view = ? \
             WHERE g.group_id = ? AND g.ended = 0 AND g.lapsed = 0 \
             AND h.whole = 1 AND h.invited = 1 AND h.key_index = g.tip_index \
             AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.group_id = g.group_id))",
        )
        .bind(View::public().as_str())
        .bind(group.as_bytes().as_slice())
        .fetch_one(self.db())
        .await?;
        let revision = self.next();
        sqlx::query(
            "UPDATE known_group SET revision = ?1, \
             shown_revision = CASE WHEN shown = ?2 THEN shown_revision ELSE ?1 END, shown = ?2 \
             WHERE group_id = ?3",
        )
        .bind(revision)
        .bind(shown)
        .bind(group.as_bytes().as_slice())
        .execute(self.db())
        .await?;
        Ok(())
    }

    /// Makes it durable, tells whoever follows, and answers with the last revision.
    pub(super) async fn commit(mut self) -> Result<u64> {
        let own = self.store.own;
        let revision = self.revision;
        sqlx::query("UPDATE server SET revision = ? WHERE group_id = ?")
            .bind(revision)
            .bind(own.as_bytes().as_slice())
            .execute(self.db())
            .await?;
        self.tx.commit().await?;
        self.store.tell(unsigned(revision));
        Ok(unsigned(revision))
    }
}
