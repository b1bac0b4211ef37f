//! `hedgerow-aggregator run`.

use hedgerow_server::listen;
use hedgerow_server::program::{println, shutdown_signal};

use crate::{Aggregator, Config, Deps};

/// Serves until a signal to stop, then drains.
pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let aggregator = Aggregator::open(config.clone(), Deps::system()).await?;
    let listener = listen::bind(config.listen_address()?).await?;
    println(format_args!(
        "hedgerow-aggregator is serving\n  address  {}\n  id       {}",
        aggregator.address(),
        aggregator.id()
    ))?;
    aggregator.run(listener, shutdown_signal()).await?;
    Ok(())
}
