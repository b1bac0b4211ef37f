//! `hedgerow-node run`

use std::path::Path;
use std::pin::pin;

use anyhow::Context;
use hedgerow_server::listen::bind;
use hedgerow_server::program::{println, shutdown_signal};

use super::open::open;

pub(super) async fn run(dir: &Path) -> anyhow::Result<()> {
    let mut shutdown = pin!(shutdown_signal());
    let node = tokio::select! {
        node = open(dir) => node?,
        () = &mut shutdown => return Ok(()),
    };
    let listener = bind(node.config().listen_address()?).await?;
    let port = listener
        .local_addr()
        .context("cannot read the address of the listener")?
        .port();
    let groups = node.groups().await?.len();
    let address = node.steward_address(Some(port));
    println(format_args!("{address}"))?;
    tracing::info!(%address, groups, "the node is running");
    if let Some(hint) = node.steward_address_hint() {
        tracing::warn!("{hint}");
    }
    if node.config().aggregators.is_empty() {
        tracing::warn!("no aggregator is configured: nothing is delivered");
    }
    node.run(listener, shutdown).await?;
    node.close().await;
    tracing::info!("the node has stopped");
    Ok(())
}
