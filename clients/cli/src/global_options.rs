//! Options of every command.

use std::path::PathBuf;

use clap::Args;

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalOptions {
    /// The aggregator to use: https://HOST:PORT, with #sha256=… if it prints one.
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        env = "HEDGEROW_AGGREGATOR",
        hide_env_values = true
    )]
    pub aggregator: Option<String>,
    /// Another server to compare heads with, so that you see how many agree. Repeatable.
    #[arg(long = "also", global = true, value_name = "ADDRESS")]
    pub also: Vec<String>,
    /// The steward file of your group, as your node wrote it.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "HEDGEROW_STEWARD",
        hide_env_values = true
    )]
    pub steward: Option<PathBuf>,
    /// How long to wait for one response, in seconds.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 20)]
    pub timeout: u64,
}
