//! Logs to standard error, and traces to a collector if the configuration names one.
//!
//! No span or event of our own contains a payload, query, token or phrase. Libraries that log
//! frames, headers or SQL statements at verbose levels are limited to their other levels here,
//! for any filter.

use std::io::IsTerminal;
use std::{env, io};

use clap::ValueEnum;
use hedgerow_transport::trace::export::TraceExport;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

mod links;
pub mod span;

pub use hedgerow_transport::trace::export::TelemetryConfig;
pub use links::{TraceLink, TraceLinks};

/// The environment variable that replaces the default filter.
pub const FILTER_VARIABLE: &str = "HEDGEROW_LOG";

/// The format of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object for each line.
    Json,
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("cannot parse the log filter `{filter}` ({FILTER_VARIABLE})")]
    Filter {
        filter: String,
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// A process can start logging only once.
    #[error("logging has already been started")]
    AlreadyStarted,
}

/// Starts logging to standard error, and sends spans to `traces`. The environment variable
/// [`FILTER_VARIABLE`] replaces `default_filter` (such as `info`).
///
/// # Errors
/// If the filter cannot be parsed, or logging has been started before.
pub fn start(
    default_filter: &str,
    format: LogFormat,
    traces: Option<&TraceExport>,
) -> Result<(), TelemetryError> {
    let filter = env::var(FILTER_VARIABLE).unwrap_or_else(|_| default_filter.to_owned());
    let levels =
        EnvFilter::try_new(&filter).map_err(|source| TelemetryError::Filter { filter, source })?;
    let filter = levels.and(filter_fn(is_harmless));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => lines
            .with_ansi(wants_colours())
            .with_target(false)
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    };
    tracing_subscriber::registry()
        .with(layer)
        .with(traces.map(TraceExport::layer))
        .try_init()
        .map_err(|_| TelemetryError::AlreadyStarted)
}

/// Whether the log is a terminal whose user wants colours (<https://no-color.org>).
fn wants_colours() -> bool {
    let no_color = env::var_os("NO_COLOR").unwrap_or_default();
    io::stderr().is_terminal() && no_color.is_empty()
}

/// Libraries that handle private data, and the most verbose level at which they do not log it.
const MAX_LEVELS: [(&str, Level); 14] = [
    ("h2", Level::INFO),
    ("hyper", Level::INFO),
    ("hyper_util", Level::INFO),
    ("tonic", Level::INFO),
    ("tower", Level::INFO),
    ("axum", Level::INFO),
    ("rustls", Level::INFO),
    ("tokio_rustls", Level::INFO),
    ("sqlx", Level::ERROR),
    ("tantivy", Level::INFO),
    ("opentelemetry", Level::WARN),
    ("opentelemetry_sdk", Level::WARN),
    ("opentelemetry-otlp", Level::WARN),
    ("opentelemetry_otlp", Level::WARN),
];

/// Whether a log line or span cannot contain private data.
fn is_harmless(metadata: &Metadata<'_>) -> bool {
    // Spans for export; the log has spans of its own.
    if metadata.target() == hedgerow_transport::trace::TARGET {
        return false;
    }
    let library = metadata.target().split("::").next().unwrap_or_default();
    MAX_LEVELS
        .iter()
        .find(|(name, _)| *name == library)
        .is_none_or(|(_, max)| metadata.level() <= max)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn libraries_do_not_log_private_data_for_any_filter() {
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(move || writer.clone())
            .with_filter(EnvFilter::new("trace").and(filter_fn(is_harmless)));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "h2::codec::framed_read", "frame secret-one");
            tracing::debug!(target: "sqlx::query", "select secret-two");
            tracing::warn!(target: "sqlx::query", "slow secret-three");
            tracing::info!(target: "h2::client", "library event");
            tracing::trace!(target: "hedgerow_node", "own event");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("library event") && text.contains("own event"));
    }

    #[test]
    fn an_invalid_filter_is_rejected() {
        let wrong = EnvFilter::try_new("a=b=c");
        assert!(wrong.is_err());
    }
}
