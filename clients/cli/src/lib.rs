//! The command line as a library: `main.rs` only parses the arguments and runs them. The
//! demonstration builds on it too.

mod arguments;
pub mod catalogue;
pub mod commands;
pub mod context;
mod document;
pub mod exit;
mod filter_options;
mod global_options;
mod output_options;
pub mod progress;
pub mod results;
mod sanitize;
pub mod style;
mod template;
pub mod usage;
mod violations;

use clap::CommandFactory;
use hedgerow_server::telemetry::LogFormat;
use hedgerow_server::telemetry::Telemetry;
use hedgerow_server::telemetry::TelemetryConfig;
use hedgerow_server::telemetry::start_with_traces;

pub use arguments::Arguments;
pub use context::Context;
pub use document::Audience;
pub use document::Document;
pub use document::DocumentError;
pub use document::read_file;
pub use exit::Exit;

/// The environment variable with the address of a trace collector, such as
/// `http://127.0.0.1:4317`. For people who examine their own calls.
const TRACES_VARIABLE: &str = "HEDGEROW_OTLP";

/// Runs one command to its end, and prints an error if it fails.
pub fn run(arguments: Arguments, context: &mut Context) -> Exit {
    run_with(context, async |context| {
        commands::run(arguments.command, Arguments::command, context).await
    })
}

/// Runs an asynchronous command in a runtime of its own.
pub fn run_with<F>(context: &mut Context, command: F) -> Exit
where
    F: AsyncFnOnce(&mut Context) -> anyhow::Result<Exit>,
{
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let traces = start_traces(&runtime)?;
            let result = runtime.block_on(command(context));
            drop(traces);
            // Does not wait for blocking tasks: the command has ended, and whatever they
            // return is not needed.
            runtime.shutdown_background();
            result
        })
        .and_then(|exit| {
            context.out.flush()?;
            Ok(exit)
        });
    result.unwrap_or_else(|error| exit::explain(&error, context))
}

/// Exports traces of this command's calls if the environment names a collector.
fn start_traces(runtime: &tokio::runtime::Runtime) -> anyhow::Result<Option<Telemetry>> {
    let Ok(endpoint) = std::env::var(TRACES_VARIABLE) else {
        return Ok(None);
    };
    let config = TelemetryConfig {
        otlp_endpoint: Some(endpoint),
        ..TelemetryConfig::default()
    };
    if let Err((_, problem)) = config.check() {
        return Err(usage::Usage(format!("{TRACES_VARIABLE} {problem}")).into());
    }
    let _within = runtime.enter();
    let format = LogFormat::default();
    Ok(Some(start_with_traces("off", format, &config, "hedgerow")?))
}
