//! The command line of `hedgerow-node`.

mod aggregator;
mod config;
mod group;
mod init;
mod phrase;
mod run;
mod take_newer;
mod talk;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use clap::Subcommand;
use hedgerow_rpc::telemetry;
use hedgerow_rpc::telemetry::LogFormat;
use hedgerow_rpc::telemetry::Telemetry;
use hedgerow_rpc::tls::gather_entropy;

use crate::config::Config;
use crate::node::Deps;
use crate::node::Node;

/// Hosts groups: keeps their keys, publishes their records, and brings them to
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
    /// How the log is written to standard error: text or json. What it tells is set by
    /// the environment variable HEDGEROW_LOG: error, warn, info, debug or trace.
    #[arg(long, global = true, default_value = "text", value_parser = ["text", "json"])]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a node: an annotated configuration and a certificate.
    Init(init::Init),
    /// Adds groups, lists them, renews their tokens. The node must not be running.
    #[command(subcommand)]
    Group(group::Group),
    /// Runs the node until it is told to stop.
    Run,
    /// Takes back what an aggregator holds, where this node was restored from an old
    /// backup. The node must not be running.
    TakeNewer(take_newer::TakeNewer),
    /// What this node knows of its aggregators. The node must not be running.
    #[command(subcommand)]
    Aggregator(aggregator::Aggregator),
    /// The configuration.
    Config(config::Config),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match start(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            talk::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> anyhow::Result<()> {
    if matches!(arguments.command, Command::Run) {
        gather_entropy();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the program cannot start its threads")?;
    let _telemetry = {
        let _within = runtime.enter();
        start_telemetry(&arguments)?
    };
    runtime.block_on(carry_out(arguments))
}

fn start_telemetry(arguments: &Arguments) -> anyhow::Result<Telemetry> {
    let format = match arguments.log.as_str() {
        "json" => LogFormat::Json,
        _ => LogFormat::Text,
    };
    Ok(match arguments.command {
        Command::Run => {
            let config = Config::load(&arguments.dir)?.telemetry;
            telemetry::start_with_traces("info", format, &config, "hedgerow-node")?
        }
        _ => telemetry::start("warn", format)?,
    })
}

async fn carry_out(Arguments { dir, command, .. }: Arguments) -> anyhow::Result<()> {
    match command {
        Command::Init(init) => init.carry_out(&dir).await,
        Command::Group(group) => group.carry_out(&dir).await,
        Command::Run => run::run(&dir).await,
        Command::TakeNewer(take_newer) => take_newer.carry_out(&dir).await,
        Command::Aggregator(aggregator) => aggregator.carry_out(&dir).await,
        Command::Config(config) => config.carry_out(&dir),
    }
}

/// Opens the node of a folder that `init` has made.
async fn open(dir: &std::path::Path) -> anyhow::Result<Node> {
    let config = Config::load(dir)?;
    let node = Node::open(config, Deps::system()).await;
    node.with_context(|| format!("the node in {} cannot be opened", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_written_as_text_unless_json_is_asked_for() {
        let log = |words: &[&str]| {
            let words = ["hedgerow-node"].iter().chain(words);
            Arguments::try_parse_from(words).map(|arguments| arguments.log)
        };
        assert_eq!(log(&["run"]).ok().as_deref(), Some("text"));
        assert_eq!(log(&["run", "--log", "json"]).ok().as_deref(), Some("json"));
        assert!(log(&["run", "--log", "xml"]).is_err());
    }
}
