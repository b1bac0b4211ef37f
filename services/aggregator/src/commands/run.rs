//! `hedgerow-aggregator run`.

use hedgerow_rpc::server;
use tokio::signal;

use super::deps;
use super::print;
use crate::Aggregator;
use crate::Config;

/// Serves until told to stop; then drains.
pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let aggregator = Aggregator::open(config.clone(), deps()).await?;
    let listener = server::bind(config.listen_address()?).await?;
    print(&format!(
        "hedgerow-aggregator is serving\n  address  {}\n  id       {}\n",
        aggregator.address(),
        aggregator.id()
    ));
    aggregator.run(listener, stopped()).await?;
    Ok(())
}

/// Ctrl-C, or the word of a service manager.
async fn stopped() {
    let mut terminate = match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "only Ctrl-C will stop this gracefully");
            let _ = signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: what is under way may come to its end");
}
