//! `hedgerow-aggregator restored`.

use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::lock::DataDirLock;

use super::print;
use super::store_of;
use crate::Config;
use crate::new_stream_id;

/// Begins a new stream of revisions and labels every group unconfirmed.
pub(super) async fn restored(config: &Config) -> anyhow::Result<()> {
    let _lock = DataDirLock::acquire(&config.data_dir)?;
    let store = store_of(config).await?;
    store.restored(&new_stream_id(&SystemRandom)).await?;
    store.close().await;
    print(
        "noted: followers begin anew, and every group is labelled unconfirmed until a source \
         repeats or replaces its head\n",
    );
    Ok(())
}
