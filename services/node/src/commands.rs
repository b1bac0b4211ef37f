//! The command line of `hedgerow-node`.

mod aggregator;
mod config;
mod console;
mod desktop;
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
use hedgerow_core::time::Clock;
use hedgerow_server::acme::print_status;
use hedgerow_server::backup::BackupCommand;
use hedgerow_server::doctor::DoctorArguments;
use hedgerow_server::program::{LogArguments, Program};
use hedgerow_transport::clock::SystemClock;

use crate::backup::NodeBackup;
use crate::config::Config;
use crate::doctor::examine;
use crate::store::StoreError;

/// Hosts groups: keeps their keys, publishes their records, and delivers them to
/// aggregators.
#[derive(Debug, Parser)]
#[command(name = "hedgerow-node", version)]
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
    /// Without one, the node of a person at this computer is made, if there is none, and runs, and
    /// its console opens in a browser.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Creates a node: a commented configuration and a certificate.
    Init(init::Init),
    /// Adds groups, changes their keys, brings them back, moves and ends them. Except to list
    /// them and to print a steward's file, the node must not be running.
    #[command(subcommand)]
    Group(group::Group),
    /// Runs the node until it is interrupted.
    Run(run::Run),
    /// Checks the folder, the clock, the disk, the addresses, and whether the aggregators respond,
    /// and prints a way out of each fault. Also works while the node is running.
    Doctor(DoctorArguments),
    /// Prints a link that opens the running node's console in a browser, once.
    Console,
    /// Prints a link by which a steward adds a group in a browser, or joins one that is there. The
    /// node must be running.
    Invite(console::Invite),
    /// Restores a group from an aggregator, if this node came back from an old backup. The
    /// node must not be running.
    Restore(restore::Restore),
    /// Makes, checks and restores backups of the node's folder.
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Lists the aggregators, and manages their pinned identities.
    #[command(subcommand)]
    Aggregator(aggregator::Aggregator),
    /// Shows the configuration.
    Config(config::Config),
    /// Shows the certificate of `domain`: how long it is valid, and why there is no newer one.
    /// Fails if browsers accept none. Also works while the node is running.
    Certificate,
}

const PROGRAM: Program = Program {
    name: "hedgerow-node",
    // An idle node should cost a small machine nothing, and its work waits for network and disk.
    worker_threads: Some(2),
};

/// Runs the program.
pub fn main() -> ExitCode {
    PROGRAM.exit_code(start(Arguments::parse()), is_newer)
}

/// Whether a later version of the program wrote the database.
fn is_newer(cause: &(dyn std::error::Error + 'static)) -> bool {
    let error = cause.downcast_ref();
    error.is_some_and(|error| matches!(error, StoreError::Newer { .. }))
}

fn start(Arguments { dir, log, command }: Arguments) -> anyhow::Result<()> {
    match command {
        None => {
            desktop::make_folder(&dir)?;
            serve(&log, Config::load(&dir)?, true)
        }
        Some(Command::Run(run)) => serve(&log, run.config(&dir)?, false),
        Some(command) => PROGRAM.run(log.format, "warn", execute(command, &dir)),
    }
}

fn serve(log: &LogArguments, config: Config, opens_console: bool) -> anyhow::Result<()> {
    let traces = config.telemetry.clone();
    PROGRAM.serve(log.format, &traces, run::run(config, opens_console))
}

async fn execute(command: Command, dir: &Path) -> anyhow::Result<()> {
    match command {
        Command::Init(init) => init.run(dir).await,
        Command::Group(group) => group.run(dir).await,
        Command::Run(run) => run::run(run.config(dir)?, false).await,
        Command::Doctor(doctor) => doctor.run(&examine(dir).await),
        Command::Console => console::console(dir).await,
        Command::Invite(invite) => invite.run(dir).await,
        Command::Restore(restore) => restore.run(dir).await,
        Command::Backup(backup) => backup.run(&NodeBackup, dir).await,
        Command::Aggregator(aggregator) => aggregator.run(dir).await,
        Command::Config(config) => config.run(dir),
        Command::Certificate => show_certificate(&Config::load(dir)?),
    }
}

fn show_certificate(config: &Config) -> anyhow::Result<()> {
    print_status(&config.data_dir, config.domain.as_ref(), SystemClock.now())
}
