//! `hedgerow-node config`

use std::path::Path;

use anyhow::Context;
use clap::Args;
use hedgerow_rpc::limits::fixed;

use super::talk::say;

#[derive(Debug, Args)]
pub(super) struct Config {
    /// Prints every value in force, whether the file names it or not.
    #[arg(long, required = true)]
    show: bool,
}

impl Config {
    pub(super) fn carry_out(&self, dir: &Path) -> anyhow::Result<()> {
        let config = crate::config::Config::load(dir)?;
        let text = config
            .to_toml()
            .context("the configuration cannot be shown")?;
        say(format_args!("{}\n{}", text.trim_end(), fixed().trim_end()))
    }
}
