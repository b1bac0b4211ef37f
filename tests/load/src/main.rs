//! Measures Hedgerow on this machine, against the programs that a user starts: one command a
//! table of `docs/PERFORMANCE.md`.

mod arguments;
mod dataset;
mod fill;
mod flame;
mod growth;
mod idle;
mod ingest;
mod latency;
mod machine;
mod node;
mod postgres;
mod process;
mod profile;
mod push;
mod questions;
mod report;
mod search;
mod search_postgres;
mod seeker;
mod server;
mod stages;
mod timing;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(arguments.run()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::say(&format!("hedgerow-load: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
