//! Logs on standard error, and traces to a collector where one is named: what happened,
//! never what was said.
//!
//! No payload, query, token or phrase is ever an attribute of a span or event of
//! ours. Libraries that write frames, headers or statements at their finer levels are
//! held at their coarser ones here, whatever the filter asks for.

use std::io;
use std::io::IsTerminal;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Level;
use tracing::Metadata;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

mod links;
mod export;
pub mod span;

pub use links::TraceLink;
pub use links::TraceLinks;
pub use export::TelemetryConfig;

/// The environment variable that replaces the default filter.
pub const FILTER_VARIABLE: &str = "HEDGEROW_LOG";

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Why logging did not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("the log filter `{filter}` ({FILTER_VARIABLE}) cannot be read")]
    Filter {
        /// As it was given.
        filter: String,
        /// What is wrong with it.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something in this process has already started logging.
    #[error("logging has already been started")]
    AlreadyStarted,
    /// Traces cannot be sent there.
    #[error("traces cannot be sent to `{endpoint}` (`telemetry.otlp_endpoint`)")]
    Exporter {
        /// The collector's address.
        endpoint: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Running telemetry; hold it until the process ends. Dropped, it sends what waits: drop it
/// before the runtime, and not within it.
#[derive(Debug)]
#[must_use = "telemetry ends when this is dropped"]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Starts logging to standard error. `default_filter` (such as `info`) holds where the
/// environment variable [`FILTER_VARIABLE`] is not set.
///
/// # Errors
/// Where the filter cannot be read, or logging has been started before.
pub fn start(default_filter: &str, format: LogFormat) -> Result<Telemetry, TelemetryError> {
    begin(default_filter, format, None)
}

/// Starts logging as [`start`] does, and sends traces where the configuration names a
/// collector; `program` names this one in them. Must be called within a runtime
/// (`Runtime::enter`), which must outlive what is returned.
///
/// # Errors
/// As [`start`], or where the collector's address is none.
pub fn start_with_traces(
    default_filter: &str,
    format: LogFormat,
    config: &TelemetryConfig,
    program: &'static str,
) -> Result<Telemetry, TelemetryError> {
    begin(default_filter, format, export::exporter(config, program)?)
}

fn begin(
    default_filter: &str,
    format: LogFormat,
    traces: Option<SdkTracerProvider>,
) -> Result<Telemetry, TelemetryError> {
    let filter = std::env::var(FILTER_VARIABLE).unwrap_or_else(|_| default_filter.to_owned());
    let levels =
        EnvFilter::try_new(&filter).map_err(|source| TelemetryError::Filter { filter, source })?;
    let filter = levels.and(filter_fn(says_nothing_private));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => lines
            .with_ansi(io::stderr().is_terminal())
            .with_target(false)
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    };
    tracing_subscriber::registry()
        .with(layer)
        .with(traces.as_ref().map(export::layer))
        .try_init()
        .map_err(|_| TelemetryError::AlreadyStarted)?;
    Ok(Telemetry { traces })
}

/// Libraries that handle what people wrote, and the finest level at which they do not
/// repeat it.
const HELD: [(&str, Level); 14] = [
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

fn says_nothing_private(metadata: &Metadata<'_>) -> bool {
    // Lines have spans of their own.
    if metadata.target() == hedgerow_transport::trace::TARGET {
        return false;
    }
    let library = metadata.target().split("::").next().unwrap_or_default();
    HELD.iter()
        .find(|(name, _)| *name == library)
        .is_none_or(|(_, finest)| metadata.level() <= finest)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::Mutex;

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
    fn libraries_that_repeat_what_people_wrote_are_held_back_whatever_is_asked_for() {
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(move || writer.clone())
            .with_filter(EnvFilter::new("trace").and(filter_fn(says_nothing_private)));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "h2::codec::framed_read", "frame secret-one");
            tracing::debug!(target: "sqlx::query", "select secret-two");
            tracing::warn!(target: "sqlx::query", "slow secret-three");
            tracing::info!(target: "h2::client", "library news");
            tracing::trace!(target: "hedgerow_node", "our own news");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("library news") && text.contains("our own news"));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_named() {
        let wrong = EnvFilter::try_new("a=b=c");
        assert!(wrong.is_err());
    }
}
