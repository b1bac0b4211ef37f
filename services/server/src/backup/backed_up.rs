//! What a backup needs to know of a server.

use std::path::Path;

use async_trait::async_trait;

use super::settings::BackupSettings;

/// What a server's program knows about its folder.
#[async_trait]
pub trait BackedUp: Send + Sync {
    /// Such as `hedgerow-node`; its configuration is `hedgerow-node.toml`.
    fn program(&self) -> &'static str;

    /// The name of the database in the folder.
    fn database(&self) -> &'static str;

    /// Reads the section `[backup]` of the configuration.
    fn settings(&self, folder: &Path) -> anyhow::Result<BackupSettings>;

    /// Copies the database at one moment to a new file, also while a server writes to it. What was
    /// taken back is left out: freed pages, and earlier versions of records.
    async fn copy_database(&self, database: &Path, copy: &Path) -> anyhow::Result<()>;

    /// Checks a copy of the database: its form, and that every group's records have the root that
    /// its head signs. Returns what it holds, in a few words.
    async fn check_database(&self, copy: &Path) -> anyhow::Result<String>;

    /// Whether a folder with a configuration holds nothing that a restore would lose.
    async fn is_unused(&self, folder: &Path) -> anyhow::Result<bool>;

    /// Prepares an unpacked folder for its first start, and returns what to do next.
    async fn prepare(&self, folder: &Path) -> anyhow::Result<String>;
}
