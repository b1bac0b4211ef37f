//! `hedgerow-aggregator restored`.

use hedgerow_server::lock::DataDirLock;
use hedgerow_server::program::println;
use hedgerow_transport::clock::SystemRandom;

use super::open::open_store;
use crate::Config;
use crate::aggregator::new_stream_id;

/// Begins a new stream of revisions, because restored ones may be used again, and labels every
/// group unconfirmed.
pub(super) async fn restored(config: &Config) -> anyhow::Result<()> {
    let _lock = DataDirLock::acquire(&config.data_dir)?;
    let store = open_store(config).await?;
    store.begin_stream(&new_stream_id(&SystemRandom)).await?;
    store.close().await;
    println(
        "done: followers start over, and every group is labelled unconfirmed until a source \
         repeats or replaces its head",
    )
}
