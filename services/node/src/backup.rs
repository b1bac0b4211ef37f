//! Backups of a node's folder.

use std::path::Path;

use async_trait::async_trait;
use hedgerow_core::id::GroupId;
use hedgerow_input::labels::count;
use hedgerow_server::backup::{BackedUp, BackupSettings};
use hedgerow_server::private_files::{create_private_dir, write_private};

use crate::config::{Config, DATABASE, PROGRAM};
use crate::store::{Store, check_copy, copy_database};

/// A node's folder, as backups see it.
#[derive(Clone, Copy, Debug)]
pub struct NodeBackup;

#[async_trait]
impl BackedUp for NodeBackup {
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
        Ok(copy_database(database, copy).await?)
    }

    async fn check_database(&self, copy: &Path) -> anyhow::Result<String> {
        let summary = check_copy(copy).await?;
        Ok(format!(
            "{} with {}",
            count(summary.groups, "group"),
            count(summary.records, "published record")
        ))
    }

    async fn is_unused(&self, folder: &Path) -> anyhow::Result<bool> {
        let config = Config::load(folder)?;
        if !config.database_file().exists() {
            return Ok(true);
        }
        let store = Store::open_to_read(&config.database_file()).await?;
        let groups = store.read().await?.groups().await?;
        store.close().await;
        Ok(groups.is_empty())
    }

    async fn prepare(&self, folder: &Path) -> anyhow::Result<String> {
        let store = Store::open_to_read(&folder.join(DATABASE)).await?;
        let groups = store.read().await?.groups().await?;
        store.close().await;
        for group in groups {
            mark_restored(folder, &group.group_id)?;
        }
        Ok(
            "Start the node. It signs nothing until an aggregator has reported what it holds, or \
            until each group's steward confirms with `hedgerow sign --force`: what was published \
            after the backup may be newer. Make sure that the old node does not run."
                .to_owned(),
        )
    }
}

/// Marks a group as restored: until its next head, it waits for an aggregator or its steward even
/// if the node has no aggregators.
fn mark_restored(folder: &Path, group: &GroupId) -> anyhow::Result<()> {
    let mark = Config::new(folder).restored_mark(group);
    if let Some(parent) = mark.parent() {
        create_private_dir(parent)?;
    }
    Ok(write_private(&mark, b"")?)
}
