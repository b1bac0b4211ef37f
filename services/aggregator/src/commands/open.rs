//! Opens the store of a folder.

use std::sync::Arc;

use hedgerow_core::time::Clock;
use hedgerow_server::backup::{Options, pack_before_migration};
use hedgerow_store::Store;
use hedgerow_store_sqlite::pending_migration;
use hedgerow_transport::clock::{SystemClock, SystemRandom};

use crate::backup::AggregatorBackup;
use crate::config::Config;
use crate::keys::Keys;

/// Opens the store of a folder, also while an aggregator is running in it.
pub(super) async fn open_store(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let keys = Keys::load(&config.keys_file())?;
    if let Some(version) = pending_migration(&config.database_file()).await? {
        let options = Options {
            passphrase: None,
            random: &SystemRandom,
            now: SystemClock.now(),
        };
        pack_before_migration(&AggregatorBackup, &config.data_dir, version, options).await?;
    }
    Ok(crate::aggregator::open_store(config, &keys, &SystemRandom).await?)
}
