//! What can be written on the command line.

use std::path::PathBuf;

use clap::Args;
use clap::Parser;

use crate::commands::Command;
use crate::exit::CODES;

/// Find community-led groups, check what you are shown, and publish for your own group.
#[derive(Debug, Parser)]
#[command(name = "hedgerow", version, propagate_version = true, after_help = AFTER, after_long_help = after_long())]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub everywhere: Everywhere,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Everywhere {
    /// The aggregator to ask: https://HOST:PORT, with #sha256=… where it prints one.
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        env = "HEDGEROW_AGGREGATOR",
        hide_env_values = true
    )]
    pub aggregator: Option<String>,
    /// Another server to ask which head it holds, so that you see how many agree. Repeatable.
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
    /// How long to wait for one answer, in seconds.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 20)]
    pub timeout: u64,
}

const AFTER: &str = "Start with `hedgerow demo`. `hedgerow help exit-codes` lists the exit codes.";

fn after_long() -> String {
    format!("Start with `hedgerow demo`.\n\n{CODES}")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_and_option_says_what_it_is_for() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                let name = argument.get_id();
                assert!(
                    argument.get_help().is_some(),
                    "{} {name}",
                    command.get_name()
                );
            }
            for inner in command.get_subcommands() {
                check(inner);
            }
        }
        check(&Arguments::command());
    }
}
