//! One writing transaction, and the revisions that it takes.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use sqlx::Sqlite;
use sqlx::SqliteConnection;
use sqlx::SqlitePool;
use sqlx::Transaction;

use super::decode::unsigned;
use hedgerow_store::Committed;
use hedgerow_store::Result;

/// A transaction that writes. Dropped without [`Write::commit`], it did not happen.
pub(super) struct Write {
    tx: Transaction<'static, Sqlite>,
    own: GroupId,
    /// The last revision that is durable.
    durable: i64,
    revision: i64,
}

/// What a change did.
pub(super) enum Done<T> {
    /// What it wrote is to be kept.
    Kept(T),
    /// It wrote nothing that anybody could see: the revisions that it took are free again.
    Nothing(T),
    /// What it wrote must not be kept.
    Undone(T),
}

impl Write {
    /// Begins, and takes the right to write at once: nothing that it reads can change.
    pub(super) async fn begin(pool: &SqlitePool, own: GroupId) -> Result<Self> {
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
        // Read anew each time: another process may have written.
        let revision: i64 = sqlx::query_scalar("SELECT revision FROM server WHERE group_id = ?")
            .bind(own.as_bytes().as_slice())
            .fetch_one(&mut *tx)
            .await?;
        Ok(Self {
            tx,
            own,
            durable: revision,
            revision,
        })
    }

    /// The connection.
    pub(super) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }

    /// The aggregator's own group id, under which its one row stands.
    pub(super) fn own(&self) -> GroupId {
        self.own
    }

    /// Takes the next revision.
    pub(super) fn next(&mut self) -> i64 {
        self.revision += 1;
        self.revision
    }

    /// The last revision taken.
    pub(super) fn last(&self) -> i64 {
        self.revision
    }

    /// Gives back what was taken after this revision.
    pub(super) fn give_back(&mut self, revision: i64) {
        self.revision = revision;
    }

    /// What a change is answered with whose last revision was taken just now.
    pub(super) fn kept(&self) -> Done<Committed> {
        Done::Kept(Committed::At(unsigned(self.revision)))
    }

    /// Notes that something about the group changed, and whether it is shown now. To be
    /// called last, so that the group's revision is the highest of the change.
    pub(super) async fn touch(&mut self, group: &GroupId) -> Result<()> {
        let revision = self.next();
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

    /// Takes everything back.
    pub(super) async fn undo(self) {
        // Where the database has done so itself, it says that there is nothing to take back.
        let _ = self.tx.rollback().await;
    }

    /// Makes it durable, and answers with the last revision.
    pub(super) async fn commit(mut self) -> Result<u64> {
        let (own, revision) = (self.own, self.revision);
        if revision != self.durable {
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
