//! The grammar of the command line.

use clap::Parser;

use crate::commands::Command;
use crate::exit::CODES;
use crate::global_options::GlobalOptions;

/// Find community-led groups, check what you are shown, and publish for your own group.
#[derive(Debug, Parser)]
#[command(name = "hedgerow", version, propagate_version = true, after_help = AFTER, after_long_help = after_long())]
pub struct Arguments {
    #[command(flatten)]
    pub global: GlobalOptions,
    #[command(subcommand)]
    pub command: Command,
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
    fn every_command_and_option_has_a_help_text() {
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
