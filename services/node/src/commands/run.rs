//! `hedgerow-node run`

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use hedgerow_core::address::Address;
use hedgerow_rpc::server::bind;

use super::open;
use super::talk::say;

pub(super) async fn run(dir: &Path) -> anyhow::Result<()> {
    let node = open(dir).await?;
    let listen: SocketAddr = node.config().listen.parse().context("`listen`")?;
    let listener = bind(listen).await?;
    let port = listener
        .local_addr()
        .context("the listener has no address")?
        .port();
    let groups = node.publishers().await?.len();
    let address = Address {
        port,
        ..node.address()
    };
    say(format_args!("{address}"))?;
    tracing::info!(%address, groups, "the node runs");
    if node.config().aggregators.is_empty() {
        tracing::warn!("no aggregator is configured: what is published here reaches nobody");
    }
    node.run(listener, told_to_stop()).await?;
    node.close().await;
    tracing::info!("the node has stopped");
    Ok(())
}

async fn told_to_stop() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "interrupts cannot be heard");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::SignalKind;
    use tokio::signal::unix::signal;
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::error!(%error, "the signal to terminate cannot be heard");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
