//! The stream of revisions, and the store as a whole.

use async_trait::async_trait;
use hedgerow_store::{Lifecycle, Result, RevisionStream, Store};
use tokio::sync::watch;

use crate::decode::unsigned;
use crate::sqlite_store::SqliteStore;
use crate::write_tx::{Done, WriteTx, committed_revision};
use crate::writer::publish_revision;

#[async_trait]
impl RevisionStream for SqliteStore {
    async fn stream_id(&self) -> Result<String> {
        let query = sqlx::query_scalar("SELECT stream_id FROM server WHERE group_id = ?")
            .bind(self.own.as_bytes().as_slice());
        Ok(query.fetch_one(&self.readers).await?)
    }

    async fn latest_revision(&self) -> Result<u64> {
        let revision = committed_revision(&self.readers, &self.own).await?;
        Ok(unsigned(revision))
    }

    fn cached_revision(&self) -> Option<u64> {
        // The revision is read before the signal is checked: if another process changes the
        // store in between, the check fails and the caller queries.
        let revision = *self.changed.borrow();
        self.change_signal.is_current().then_some(revision)
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

#[async_trait]
impl Lifecycle for SqliteStore {
    async fn refresh(&self) -> Result<()> {
        let observation = self.change_signal.observe();
        let revision = self.latest_revision().await?;
        publish_revision(&self.changed, revision);
        self.change_signal.acknowledge(&observation);
        Ok(())
    }

    async fn begin_stream(&self, stream_id: &str) -> Result<()> {
        self.writer
            .execute(stream_id.to_owned(), begin_stream)
            .await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Store for SqliteStore {}

async fn begin_stream(tx: &mut WriteTx, stream_id: &String) -> Result<Done<()>> {
    sqlx::query("UPDATE server SET stream_id = ? WHERE group_id = ?")
        .bind(stream_id)
        .bind(tx.own().to_vec())
        .execute(tx.db())
        .await?;
    sqlx::query("UPDATE head SET unconfirmed = 1")
        .execute(tx.db())
        .await?;
    // A cursor may lie after changes that the backup does not contain.
    sqlx::query("UPDATE source SET cursor = NULL")
        .execute(tx.db())
        .await?;
    Ok(Done::Commit(()))
}
