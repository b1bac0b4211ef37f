//! Rebuilding the index by an operator's command.

use std::path::Path;
use std::sync::Arc;

use hedgerow_core::time::Clock;
use hedgerow_store::IndexSource;
use tokio_util::sync::CancellationToken;

use crate::config::IndexConfig;
use crate::engine::delete;
use crate::error::IndexError;
use crate::index::Index;
use crate::indexing::worker::Indexer;

/// Rebuilds the index in `folder` from the store, and returns the number of records. No other
/// process may have the index open.
pub async fn rebuild(
    folder: &Path,
    store: Arc<dyn IndexSource>,
    clock: Arc<dyn Clock>,
    config: IndexConfig,
) -> Result<u64, IndexError> {
    delete(folder)?;
    let index = Index::open(folder, store, clock, config)?;
    let mut indexer = Indexer::open(&index, &(), CancellationToken::new()).await?;
    let records = indexer.rebuild().await?;
    indexer.finish().await?;
    Ok(records)
}
