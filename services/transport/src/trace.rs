//! Trace context of outgoing calls: the span of a call, and the W3C header that carries it.
//!
//! The header is sent only with the feature `trace-context`, which brings OpenTelemetry in.
//! Programs that export no traces do without it.

use tracing::{Span, info_span};

#[cfg(feature = "trace-export")]
pub mod export;

/// The target of the spans that may be exported. Log lines and library spans have others.
pub const TARGET: &str = "hedgerow::trace";

/// Opens the span of an outgoing call, which lasts until the last retry has ended.
/// `request` is the type name of the request message, never any of its contents.
#[must_use]
pub fn client_call(request: &'static str) -> Span {
    info_span!(target: TARGET, "call", otel.name = request, otel.kind = "client", rpc.system = "grpc")
}

/// Adds the current span's ids to a call as `traceparent`. Does nothing if no traces are
/// collected.
#[cfg(feature = "trace-context")]
pub fn propagate<T>(request: &mut tonic::Request<T>) {
    use opentelemetry::trace::{TraceContextExt, TraceFlags};
    use tracing_opentelemetry::OpenTelemetrySpanExt;

    let context = Span::current().context();
    let span = context.span();
    let ids = span.span_context();
    if !ids.is_valid() {
        return;
    }
    // Written here rather than by OpenTelemetry's propagator, which would also pass on the
    // `tracestate` of another party.
    let sampled = ids.trace_flags() & TraceFlags::SAMPLED;
    let header = format!("00-{}-{}-{sampled:02x}", ids.trace_id(), ids.span_id());
    if let Ok(value) = header.parse() {
        request.metadata_mut().insert("traceparent", value);
    }
}

/// Does nothing: this build has no OpenTelemetry.
#[cfg(not(feature = "trace-context"))]
pub fn propagate<T>(_request: &mut tonic::Request<T>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_is_sent_without_traces() {
        let mut request = tonic::Request::new(());
        propagate(&mut request);
        assert!(request.metadata().is_empty());
    }
}
