//! Opens the store of a folder.

use std::sync::Arc;

use hedgerow_store::Store;
use hedgerow_transport::clock::SystemRandom;

use crate::config::Config;
use crate::keys::Keys;

/// Opens the store of a folder, also while an aggregator is running in it.
pub(super) async fn open_store(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let keys = Keys::load(&config.keys_file())?;
    Ok(crate::aggregator::open_store(config, &keys, &SystemRandom).await?)
}
