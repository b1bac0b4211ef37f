//! `hedgerow-aggregator rebuild-index`.

use std::sync::Arc;

use hedgerow_input::labels::count;
use hedgerow_server::lock::DataDirLock;
use hedgerow_server::program::println;
use hedgerow_transport::clock::SystemClock;

use super::open::open_store;
use crate::Config;

/// Rebuilds the search index from the store.
pub(super) async fn rebuild_index(config: &Config) -> anyhow::Result<()> {
    let _lock = DataDirLock::acquire(&config.data_dir)?;
    let store = open_store(config).await?;
    let records = hedgerow_search::rebuild(
        &config.index_folder(),
        store.clone(),
        Arc::new(SystemClock),
        config.index.clone(),
    )
    .await?;
    store.close().await;
    println(format_args!(
        "rebuilt the search index from {}",
        count(records, "record")
    ))
}
