//! The command line of `hedgerow-node`.

mod aggregator;
mod config;
mod group;
mod init;
mod open;
mod phrase;
mod restore;
mod run;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hedgerow_server::program::{LogArguments, Program};

use crate::config::Config;

/// Hosts groups: keeps their keys, publishes their records, and delivers them to
/// aggregators.
#[derive(Debug, Parser)]
#[command(name = "hedgerow-node", version, arg_required_else_help = true)]
struct Arguments {
    /// The node's folder: configuration, certificate, database, stewards' files.
    #[arg(
        long,
        global = true,
        env = "HEDGEROW_NODE_DIR",
        default_value = "hedgerow-node"
    )]
    dir: PathBuf,
    #[command(flatten)]
    log: LogArguments,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Creates a node: a commented configuration and a certificate.
    Init(init::Init),
    /// Adds groups, changes their keys, brings them back, moves and ends them. Except to list
    /// them, the node must not be running.
    #[command(subcommand)]
    Group(group::Group),
    /// Runs the node until it is interrupted.
    Run,
    /// Restores a group from an aggregator, if this node came back from an old backup. The
    /// node must not be running.
    Restore(restore::Restore),
    /// Manages the pinned identities of aggregators. The node must not be running.
    #[command(subcommand)]
    Aggregator(aggregator::Aggregator),
    /// Shows the configuration.
    Config(config::Config),
}

const PROGRAM: Program = Program {
    name: "hedgerow-node",
    // An idle node should cost a small machine nothing, and its work waits for network and disk.
    worker_threads: Some(2),
};

/// Runs the program.
pub fn main() -> ExitCode {
    PROGRAM.exit_code(start(Arguments::parse()))
}

fn start(Arguments { dir, log, command }: Arguments) -> anyhow::Result<()> {
    match command {
        Command::Run => {
            let traces = Config::load(&dir)?.telemetry;
            PROGRAM.serve(log.format, &traces, run::run(&dir))
        }
        command => PROGRAM.run(log.format, "warn", execute(command, &dir)),
    }
}

async fn execute(command: Command, dir: &Path) -> anyhow::Result<()> {
    match command {
        Command::Init(init) => init.run(dir).await,
        Command::Group(group) => group.run(dir).await,
        Command::Run => run::run(dir).await,
        Command::Restore(restore) => restore.run(dir).await,
        Command::Aggregator(aggregator) => aggregator.run(dir).await,
        Command::Config(config) => config.run(dir),
    }
}
