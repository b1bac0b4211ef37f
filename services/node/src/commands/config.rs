//! `hedgerow-node config`

use std::path::Path;

use anyhow::Context;
use clap::Args;
use hedgerow_server::program::print_config;

#[derive(Debug, Args)]
pub(super) struct Config {
    /// Prints every value in force, including defaults.
    #[arg(long, required = true)]
    show: bool,
}

impl Config {
    pub(super) fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let config = crate::config::Config::load(dir)?;
        let text = config
            .to_toml()
            .context("cannot format the configuration")?;
        print_config(&text)
    }
}
