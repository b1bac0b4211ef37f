//! Backups of an aggregator's folder.

use std::path::Path;

use async_trait::async_trait;
use hedgerow_core::random::RandomExt;
use hedgerow_input::labels::count;
use hedgerow_server::backup::{BackedUp, BackupSettings};
use hedgerow_server::private_files::write_private_new;
use hedgerow_store::Lifecycle;
use hedgerow_store_sqlite::{SqliteStore, check_copy, copy_database};
use hedgerow_transport::clock::SystemRandom;

use crate::config::{Config, DATABASE, PROGRAM};
use crate::keys::Keys;

/// An aggregator's folder, as backups see it.
#[derive(Debug, Clone, Copy)]
pub struct AggregatorBackup;

#[async_trait]
impl BackedUp for AggregatorBackup {
    fn program(&self) -> &'static str {
        PROGRAM
    }

    fn database(&self) -> &'static str {
        DATABASE
    }

    fn settings(&self, folder: &Path) -> anyhow::Result<BackupSettings> {
        Ok(Config::load(folder)?.backup)
    }

    async fn copy_database(&self, database: &Path, copy: &Path) -> anyhow::Result<()> {
        // Made with its mode, because SQLite would let others read it.
        write_private_new(copy, b"")?;
        Ok(copy_database(database, copy).await?)
    }

    async fn check_database(&self, copy: &Path) -> anyhow::Result<String> {
        let summary = check_copy(copy).await?;
        Ok(format!(
            "{} with {}",
            count(summary.groups, "group"),
            count(summary.records, "record")
        ))
    }

    /// Keys that `init` made belong to words that a person wrote down, so they are not replaced.
    async fn is_unused(&self, _: &Path) -> anyhow::Result<bool> {
        Ok(false)
    }

    /// Does what `hedgerow-aggregator restored` does.
    async fn prepare(&self, folder: &Path) -> anyhow::Result<String> {
        let config = Config::load(folder)?;
        let keys = Keys::load(&config.keys_file())?;
        let stream_id = hex::encode(SystemRandom.bytes::<8>());
        let store = SqliteStore::open(&config.database_file(), keys.id(), &stream_id).await?;
        store.begin_stream(&stream_id).await?;
        store.close().await;
        Ok(
            "Start the aggregator: it makes its search index again. Followers start over, and \
            every group is labelled unconfirmed until a source repeats or replaces its head."
                .to_owned(),
        )
    }
}
