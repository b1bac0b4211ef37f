//! Errors of starting telemetry.

/// The environment variable that replaces the default filter.
pub const FILTER_VARIABLE: &str = "HEDGEROW_LOG";

/// Why telemetry cannot start.
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
    #[error("cannot send traces to `{endpoint}` (`telemetry.otlp_endpoint`)")]
    Exporter {
        endpoint: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
