//! `hedgerow-aggregator rebuild-index`.

use std::sync::Arc;

use hedgerow_rpc::clock::SystemClock;
use hedgerow_rpc::lock::DataDirLock;

use super::print;
use super::store_of;
use crate::Config;
use crate::index;

/// Builds the search index anew from the store.
pub(super) async fn rebuild_index(config: &Config) -> anyhow::Result<()> {
    let _lock = DataDirLock::acquire(&config.data_dir)?;
    let store = store_of(config).await?;
    let records = index::rebuild(
        &config.index_folder(),
        Arc::clone(&store),
        Arc::new(SystemClock),
        config.index.clone(),
    )
    .await?;
    store.close().await;
    print(&format!(
        "built the search index anew from {records} records\n"
    ));
    Ok(())
}
