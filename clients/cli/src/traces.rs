//! Traces of a command's calls, exported to a collector if the environment names one.

use std::env;

use hedgerow_transport::trace::export::{TelemetryConfig, TraceExport};
use tokio::runtime::Runtime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::usage::Usage;

/// The environment variable with the address of a trace collector, such as
/// `http://127.0.0.1:4317`. For people who examine their own calls.
const VARIABLE: &str = "HEDGEROW_OTLP";

/// Starts the export. To be dropped before the runtime ends.
///
/// # Errors
/// If the address is invalid.
pub fn start(runtime: &Runtime) -> anyhow::Result<Option<TraceExport>> {
    let Ok(endpoint) = env::var(VARIABLE) else {
        return Ok(None);
    };
    let config = TelemetryConfig {
        otlp_endpoint: Some(endpoint),
        ..TelemetryConfig::default()
    };
    if let Err((_, problem)) = config.check() {
        return Err(Usage(format!("{VARIABLE} {problem}")).into());
    }
    let _within = runtime.enter();
    let export = TraceExport::start(&config, "hedgerow")?;
    tracing_subscriber::registry()
        .with(export.as_ref().map(TraceExport::layer))
        .try_init()?;
    Ok(export)
}
