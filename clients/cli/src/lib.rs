//! The command line, as a library: `main.rs` only parses the arguments and runs this.

mod answer;
mod arguments;
mod catalogue;
mod commands;
mod context;
pub mod demo;
mod document;
mod exit;
mod filters;
mod found;
mod guarded;
mod near;
mod progress;
mod template;
mod when;
mod wording;

use hedgerow_rpc::telemetry::LogFormat;
use hedgerow_rpc::telemetry::Telemetry;
use hedgerow_rpc::telemetry::TelemetryConfig;
use hedgerow_rpc::telemetry::start_with_traces;

pub use arguments::Arguments;
pub use context::Context;
pub use document::Document;
pub use document::DocumentError;
pub use document::read_file;
pub use exit::Exit;

/// Where a person who looks into their own calls has traces sent: a collector's address,
/// such as `http://127.0.0.1:4317`.
const TRACES_VARIABLE: &str = "HEDGEROW_OTLP";

/// Sends traces of this command's calls, where the environment names a collector.
fn start_traces(runtime: &tokio::runtime::Runtime) -> anyhow::Result<Option<Telemetry>> {
    let Ok(endpoint) = std::env::var(TRACES_VARIABLE) else {
        return Ok(None);
    };
    let config = TelemetryConfig {
        otlp_endpoint: Some(endpoint),
        ..TelemetryConfig::default()
    };
    if let Err((_, problem)) = config.check() {
        return Err(exit::Usage(format!("{TRACES_VARIABLE} {problem}")).into());
    }
    let _within = runtime.enter();
    let format = LogFormat::default();
    Ok(Some(start_with_traces("off", format, &config, "hedgerow")?))
}

/// Runs one command to its end, and says what became of it.
pub fn run(arguments: Arguments, context: &mut Context) -> Exit {
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let traces = start_traces(&runtime)?;
            let result = runtime.block_on(commands::run(arguments.command, context));
            drop(traces);
            // What still runs in the background has nothing left to say.
            runtime.shutdown_background();
            result
        })
        .and_then(|exit| {
            context.out.flush()?;
            Ok(exit)
        });
    result.unwrap_or_else(|error| exit::explain(&error, context))
}
