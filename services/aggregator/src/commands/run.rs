//! `hedgerow-aggregator run`.

use std::pin::pin;

use anyhow::Context;
use hedgerow_server::listen;
use hedgerow_server::program::{println, shutdown_signal};

use crate::{Aggregator, Config, Deps};

/// Serves until a signal to stop, then drains.
pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let mut shutdown = pin!(shutdown_signal());
    let aggregator = tokio::select! {
        aggregator = Aggregator::open(config.clone(), Deps::system()) => aggregator?,
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
    } else if let Some(pages) = listen::local_pages(bound) {
        println(format_args!(
            "  pages    {pages} in a browser on this machine"
        ))?;
    }
    aggregator.run(listener, shutdown).await?;
    Ok(())
}
