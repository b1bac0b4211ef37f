//! Benchmarks of the programs that a user starts. Each subcommand makes one table of
//! `docs/PERFORMANCE.md`.

mod arguments;
mod dataset;
mod fill;
mod flame;
mod growth;
mod hostile;
mod idle;
mod ingest;
mod latency;
mod machine;
mod node;
mod page_client;
mod pages;
mod paths;
mod place_memory;
mod postgres;
mod process;
mod profile;
mod push;
mod queries;
mod report;
mod restores;
mod search;
mod search_client;
mod search_postgres;
mod server;
mod stages;
mod timing;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(arguments.run()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::progress(&format!("hedgerow-load: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
