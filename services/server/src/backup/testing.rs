//! A server to back up, for tests.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};

use async_trait::async_trait;
use parking_lot::Mutex;

use super::backed_up::BackedUp;
use super::settings::BackupSettings;

/// A server whose database is a text, and cannot be read while it is broken.
#[derive(Default)]
pub(super) struct Fake {
    pub(super) is_broken: AtomicBool,
    /// The name of the thread that has checked a copy last.
    pub(super) checked_on: Mutex<Option<String>>,
}

#[async_trait]
impl BackedUp for Fake {
    fn program(&self) -> &'static str {
        "hedgerow-fake"
    }

    fn database(&self) -> &'static str {
        "fake.sqlite"
    }

    fn settings(&self, _: &Path) -> anyhow::Result<BackupSettings> {
        Ok(BackupSettings::default())
    }

    async fn copy_database(&self, database: &Path, copy: &Path) -> anyhow::Result<()> {
        anyhow::ensure!(
            !self.is_broken.load(Ordering::SeqCst),
            "the database is broken"
        );
        fs::copy(database, copy)?;
        Ok(())
    }

    async fn check_database(&self, _: &Path) -> anyhow::Result<String> {
        self.checked_on
            .lock()
            .clone_from(&thread::current().name().map(str::to_owned));
        Ok(String::new())
    }

    async fn is_unused(&self, _: &Path) -> anyhow::Result<bool> {
        Ok(false)
    }

    async fn prepare(&self, _: &Path) -> anyhow::Result<String> {
        Ok(String::new())
    }
}
