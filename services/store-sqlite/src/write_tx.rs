//! One writing transaction, and the revisions assigned in it.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_store::{Committed, Result};
use sqlx::{Sqlite, SqliteConnection, SqliteExecutor, SqlitePool, Transaction};

use crate::decode::unsigned;

/// A writing transaction. It rolls back when dropped without [`WriteTx::commit`].
pub(crate) struct WriteTx {
    tx: Transaction<'static, Sqlite>,
    own: GroupId,
    /// The last committed revision.
    committed_revision: i64,
    /// The last revision assigned in this transaction.
    revision: i64,
}

/// What must happen to the transaction of a change.
pub(crate) enum Done<T> {
    Commit(T),
    /// The change wrote nothing visible: its revisions can be assigned again.
    NoChange(T),
    /// The change was found to be invalid after it had written.
    Rollback(T),
}

/// Reads the last committed revision.
pub(crate) async fn committed_revision(
    db: impl SqliteExecutor<'_>,
    own: &GroupId,
) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT revision FROM server WHERE group_id = ?")
        .bind(own.as_bytes().as_slice())
        .fetch_one(db)
        .await
}

impl WriteTx {
    /// Begins a transaction with the write lock, so that nothing it reads can change.
    pub(crate) async fn begin(pool: &SqlitePool, own: GroupId) -> Result<Self> {
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
        // Not cached between transactions: an operator's command may have written in between.
        let revision = committed_revision(&mut *tx, &own).await?;
        Ok(Self {
            tx,
            own,
            committed_revision: revision,
            revision,
        })
    }

    pub(crate) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }

    /// The aggregator's own group id, the key of its row in `server` and `source`.
    pub(crate) fn own(&self) -> GroupId {
        self.own
    }

    /// Assigns the next revision.
    pub(crate) fn next_revision(&mut self) -> i64 {
        self.revision += 1;
        self.revision
    }

    /// The last revision assigned.
    pub(crate) fn last_revision(&self) -> i64 {
        self.revision
    }

    /// Returns the revisions assigned after this one, to be assigned again.
    pub(crate) fn release_revisions(&mut self, after: i64) {
        self.revision = after;
    }

    /// The result of a change that was assigned its last revision just now.
    pub(crate) fn committed(&self) -> Done<Committed> {
        Done::Commit(Committed::At(unsigned(self.revision)))
    }

    /// Assigns the group's revision and recomputes whether its records are visible. Must be the
    /// last write of a change, so that the group's revision is the highest of the change.
    pub(crate) async fn touch(&mut self, group: &GroupId) -> Result<()> {
        let revision = self.next_revision();
        sqlx::query(
            "UPDATE known_group SET revision = ?1, shown_revision = \
             CASE WHEN shown = now.is_shown THEN shown_revision ELSE ?1 END, \
             shown = now.is_shown FROM (SELECT EXISTS (SELECT 1 FROM known_group g \
             JOIN head h ON h.group_id = g.group_id AND h.view = ?2 \
             WHERE g.group_id = ?3 AND g.ended = 0 AND g.lapsed = 0 \
             AND h.whole = 1 AND h.invited = 1 AND h.key_index = g.tip_index \
             AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.group_id = g.group_id)) \
             AS is_shown) AS now WHERE known_group.group_id = ?3",
        )
        .bind(revision)
        .bind(View::public().as_str())
        .bind(group.as_bytes().as_slice())
        .execute(self.db())
        .await?;
        Ok(())
    }

    pub(crate) async fn rollback(self) {
        // Fails if SQLite has ended the transaction itself, for instance on a full disk.
        let _ = self.tx.rollback().await;
    }

    /// Makes the transaction durable and returns its last revision.
    pub(crate) async fn commit(mut self) -> Result<u64> {
        let (own, revision) = (self.own, self.revision);
        if revision != self.committed_revision {
            sqlx::query("UPDATE server SET revision = ? WHERE group_id = ?")
                .bind(revision)
                .bind(own.as_bytes().as_slice())
                .execute(self.db())
                .await?;
        }
        self.tx.commit().await?;
        Ok(unsigned(revision))
    }
}
