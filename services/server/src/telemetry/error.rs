//! Errors of starting telemetry.

use hedgerow_transport::trace::export::ExportError;

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
    #[error(transparent)]
    Export(#[from] ExportError),
}
