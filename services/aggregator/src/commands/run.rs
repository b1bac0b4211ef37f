//! `hedgerow-aggregator run`.

use std::pin::pin;
use std::sync::Arc;

use anyhow::Context;
use hedgerow_server::listen;
use hedgerow_server::manager::Manager;
use hedgerow_server::program::{println, shutdown_signal};

use crate::{Aggregator, Config, Deps};

/// Serves until a signal to stop, then drains.
pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let mut shutdown = pin!(shutdown_signal());
    let manager = Manager::from_environment();
    let aggregator = tokio::select! {
        aggregator = manager.starting(Aggregator::open(config.clone(), Deps::system())) => aggregator?,
        () = &mut shutdown => return Ok(()),
    };
    let listener = listen::bind(config.listen_address()?).await?;
    let bound = listener
        .local_addr()
        .context("cannot read the address of the listener")?;
    println(format_args!(
        "hedgerow-aggregator is serving\n  address  {}\n  id       {}",
        aggregator.address_at(bound.port()),
        aggregator.id()
    ))?;
    if let Some(domain) = &config.domain {
        println(format_args!("  pages    https://{domain}/"))?;
    } else if let Some(origin) = &config.site.origin {
        println(format_args!("  pages    {origin}/"))?;
    } else if let Some(pages) = listen::local_pages(bound) {
        println(format_args!(
            "  pages    {pages} in a browser on this machine"
        ))?;
    }
    let store = Arc::clone(aggregator.store());
    let served = aggregator.run(listener, manager.serving(shutdown));
    let read = async || store.list_feed(0, 1).await.map(drop);
    manager.watched(served, read).await?;
    Ok(())
}
