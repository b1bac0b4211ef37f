//! The program's commands.

mod exclude;
mod init;
mod rebuild_index;
mod restored;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use clap::Parser;
use clap::Subcommand;
use hedgerow_core::id::GroupId;
use hedgerow_rpc::clock::SystemClock;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::limits::fixed;
use hedgerow_rpc::telemetry;
use hedgerow_rpc::telemetry::LogFormat;
use hedgerow_rpc::telemetry::Telemetry;
use hedgerow_rpc::tls::gather_entropy;

use crate::Deps;
use crate::config::Config;
use crate::config::DEFAULT_LISTEN;
use crate::keys::Keys;
use crate::open_store;
use crate::store::Store;

/// Holds checked copies of what groups publish, and answers searches.
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
    /// How the log is written to standard error: text or json.
    #[arg(long, global = true, default_value = "text", value_parser = ["text", "json"])]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the folder: configuration, keys, key log and certificate.
    Init(InitArguments),
    /// Serves until Ctrl-C.
    Run,
    /// Builds the search index anew from what is held. The aggregator must not run.
    RebuildIndex,
    /// Shows the configuration.
    Config {
        /// Every value in force, defaults included.
        #[arg(long)]
        show: bool,
    },
    /// Excludes a group: it is hidden at once and its records are erased here. Takes
    /// effect in a running aggregator too.
    Exclude {
        /// The group's id, 64 hex digits.
        group: GroupId,
        /// Why. Shown to the group and to everyone who asks for it.
        #[arg(long)]
        reason: String,
    },
    /// Ends an exclusion.
    Include {
        /// The group's id, 64 hex digits.
        group: GroupId,
    },
    /// After the folder came back from a backup: begins a new stream for followers, and
    /// labels every group unconfirmed until a source repeats or replaces its head. The
    /// aggregator must not run.
    Restored,
}

/// What `init` is told.
#[derive(Debug, Args)]
struct InitArguments {
    /// Where to listen: an IP address and a port.
    #[arg(long, default_value = DEFAULT_LISTEN)]
    listen: String,
    /// For scripts: take the recovery phrase from this file, or write a fresh one to it,
    /// instead of showing it and asking it back.
    #[arg(long)]
    phrase_file: Option<PathBuf>,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match start(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("hedgerow-aggregator: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> anyhow::Result<()> {
    if matches!(arguments.command, Command::Run) {
        gather_entropy();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the program could not start")?;
    let _telemetry = {
        let _within = runtime.enter();
        start_telemetry(&arguments)?
    };
    runtime.block_on(execute(arguments))
}

fn start_telemetry(arguments: &Arguments) -> anyhow::Result<Telemetry> {
    let format = if arguments.log == "json" {
        LogFormat::Json
    } else {
        LogFormat::Text
    };
    Ok(match arguments.command {
        Command::Run => {
            let config = Config::load(&arguments.dir)?.telemetry;
            telemetry::start_with_traces("info", format, &config, "hedgerow-aggregator")?
        }
        _ => telemetry::start("info", format)?,
    })
}

async fn execute(arguments: Arguments) -> anyhow::Result<()> {
    let dir = arguments.dir;
    match arguments.command {
        Command::Init(init) => init::init(&dir, &init),
        Command::Run => run::run(Config::load(&dir)?).await,
        Command::RebuildIndex => rebuild_index::rebuild_index(&Config::load(&dir)?).await,
        Command::Config { show } => show_config(&Config::load(&dir)?, show),
        Command::Exclude { group, reason } => {
            exclude::exclude(&Config::load(&dir)?, group, reason).await
        }
        Command::Include { group } => exclude::include(&Config::load(&dir)?, group).await,
        Command::Restored => restored::restored(&Config::load(&dir)?).await,
    }
}

fn show_config(config: &Config, show: bool) -> anyhow::Result<()> {
    let file = config.data_dir.join(crate::config::FILE_NAME);
    if show {
        print(&config.to_toml()?);
        print(&fixed());
    } else {
        print(&format!(
            "{} is in order; --show prints every value\n",
            file.display()
        ));
    }
    Ok(())
}

/// The system's clock and randomness.
fn deps() -> Deps {
    Deps {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    }
}

/// The store of a folder, for a command beside a running aggregator or instead of it.
async fn store_of(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let keys = Keys::load(&config.keys_file())?;
    Ok(open_store(config, &keys, &SystemRandom).await?)
}

/// Answers on standard output.
#[expect(clippy::print_stdout, reason = "the answers of commands")]
fn print(text: &str) {
    print!("{text}");
}

/// Tells on standard error.
#[expect(clippy::print_stderr, reason = "what a person at the terminal is told")]
fn say(text: &str) {
    eprintln!("{text}");
}
