//! The program's commands.

mod exclude;
mod hidden_entries;
mod init;
mod objections;
mod open;
mod rebuild_index;
mod restored;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock;
use hedgerow_server::acme::print_status;
use hedgerow_server::backup::BackupCommand;
use hedgerow_server::doctor::DoctorArguments;
use hedgerow_server::program::{LogArguments, Program, print_config, println};
use hedgerow_store::StoreError;
use hedgerow_transport::clock::SystemClock;

use crate::backup::AggregatorBackup;
use crate::config::{Config, ConfigError};
use crate::doctor::examine;
use init::InitArguments;

/// Stores verified copies of what groups publish, and serves searches.
#[derive(Debug, Parser)]
#[command(name = "hedgerow-aggregator", version)]
struct Arguments {
    /// The aggregator's folder.
    #[arg(
        long,
        global = true,
        env = "HEDGEROW_AGGREGATOR_DIR",
        default_value = "hedgerow-aggregator"
    )]
    dir: PathBuf,
    #[command(flatten)]
    log: LogArguments,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the folder: configuration, keys, key log and certificate.
    Init(InitArguments),
    /// Serves until Ctrl-C.
    Run {
        /// Listens on this IP address and port instead of `listen` in the configuration.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
    /// Checks the folder, the clock, the disk, the addresses, and whether the sources respond, and
    /// prints a way out of each fault. Also works while the aggregator is running.
    Doctor(DoctorArguments),
    /// Rebuilds the search index from the store. The aggregator must not be running.
    RebuildIndex,
    /// Shows the configuration.
    Config {
        /// Print every value in force, defaults included.
        #[arg(long)]
        show: bool,
    },
    /// Shows the certificate of `domain`: how long it is valid, and why there is no newer one.
    /// Fails if browsers accept none. Also works while the aggregator is running.
    Certificate,
    /// Excludes a group: it is hidden at once. Its records are erased here after seven days, or at
    /// once with --erase. Also works while the aggregator is running.
    Exclude {
        /// The group's id, 64 hex digits.
        group: GroupId,
        /// The reason, shown to the group and to everyone who requests it, and without the group on the
        /// page about the directory. Name nobody in it.
        #[arg(long)]
        reason: String,
        /// Erase its records at once. They then return only if its node sends them again.
        #[arg(long)]
        erase: bool,
    },
    /// Ends an exclusion.
    Include {
        /// The group's id, 64 hex digits.
        group: GroupId,
    },
    /// Lists the excluded groups, with the reasons.
    Exclusions {
        #[command(subcommand)]
        command: Exclusions,
    },
    /// Requests to take out or correct an entry, from the form on its page. They are deleted after
    /// 30 days.
    Objections {
        #[command(subcommand)]
        command: Objections,
    },
    /// Single entries that are not shown here, although their publisher sends them. Also works while
    /// the aggregator is running.
    HiddenEntries {
        #[command(subcommand)]
        command: HiddenEntries,
    },
    /// Makes, checks and restores backups of the aggregator's folder.
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Run this after the folder was restored from a copy of it: begins a new stream for followers,
    /// and labels every group unconfirmed until a source repeats or replaces its head. The
    /// aggregator must not be running.
    Restored,
}

#[derive(Debug, Subcommand)]
enum Exclusions {
    /// Prints one line for each: the group's id, the time, and the reason.
    List,
}

#[derive(Debug, Subcommand)]
enum Objections {
    /// Prints each with its number, the entry's name, and what the person wrote.
    List,
    /// Hides the entry here at once and for good, and deletes the request.
    Accept {
        /// Its number.
        number: u64,
    },
    /// Deletes one that was dealt with.
    Delete {
        /// Its number.
        number: u64,
    },
}

#[derive(Debug, Subcommand)]
enum HiddenEntries {
    /// Prints when each was hidden, and its name.
    List,
    /// Hides one at once.
    Hide {
        /// Its name: GROUP/KIND/KEY, as its page prints it.
        entry: String,
    },
    /// Shows one again.
    Show {
        /// Its name: GROUP/KIND/KEY.
        entry: String,
    },
}

const PROGRAM: Program = Program {
    name: "hedgerow-aggregator",
    worker_threads: None,
};

/// Runs the command in the arguments.
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
        Command::Run { listen } => {
            let config = listening(Config::load(&dir)?, listen)?;
            let traces = config.telemetry.clone();
            PROGRAM.serve(log.format, &traces, run::run(config))
        }
        command => PROGRAM.run(log.format, "info", execute(command, dir)),
    }
}

async fn execute(command: Command, dir: PathBuf) -> anyhow::Result<()> {
    match command {
        Command::Init(init) => init::init(&dir, &init),
        Command::Run { listen } => run::run(listening(Config::load(&dir)?, listen)?).await,
        Command::Doctor(doctor) => doctor.run(&examine(&dir).await),
        Command::RebuildIndex => rebuild_index::rebuild_index(&Config::load(&dir)?).await,
        Command::Config { show } => show_config(&Config::load(&dir)?, show),
        Command::Certificate => show_certificate(&Config::load(&dir)?),
        Command::Exclude {
            group,
            reason,
            erase,
        } => exclude::exclude(&Config::load(&dir)?, group, reason, erase).await,
        Command::Exclusions {
            command: Exclusions::List,
        } => exclude::list(&Config::load(&dir)?).await,
        Command::Objections { command } => {
            let config = Config::load(&dir)?;
            match command {
                Objections::List => objections::list(&config).await,
                Objections::Accept { number } => objections::accept(&config, number).await,
                Objections::Delete { number } => objections::delete(&config, number).await,
            }
        }
        Command::HiddenEntries { command } => {
            let config = Config::load(&dir)?;
            match command {
                HiddenEntries::List => hidden_entries::list(&config).await,
                HiddenEntries::Hide { entry } => hidden_entries::hide(&config, &entry).await,
                HiddenEntries::Show { entry } => hidden_entries::show(&config, &entry).await,
            }
        }
        Command::Include { group } => exclude::include(&Config::load(&dir)?, group).await,
        Command::Backup(backup) => backup.run(&AggregatorBackup, &dir).await,
        Command::Restored => restored::restored(&Config::load(&dir)?).await,
    }
}

/// Replaces the address of the configuration by that of the command line.
fn listening(mut config: Config, listen: Option<String>) -> Result<Config, ConfigError> {
    if let Some(listen) = listen {
        config.listen = listen;
        config.listen_address()?;
    }
    Ok(config)
}

fn show_certificate(config: &Config) -> anyhow::Result<()> {
    print_status(&config.data_dir, config.domain.as_ref(), SystemClock.now())
}

fn show_config(config: &Config, show: bool) -> anyhow::Result<()> {
    if show {
        return print_config(&config.to_toml()?);
    }
    let file = config.data_dir.join(crate::config::FILE_NAME);
    println(format_args!(
        "{} is valid; --show prints every value",
        file.display()
    ))
}
