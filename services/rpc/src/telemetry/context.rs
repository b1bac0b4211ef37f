//! What set something going, as far as traces tell: carried with calls as W3C trace
//! context, and in memory from one task to the next.

use http::HeaderMap;
use http::HeaderName;
use opentelemetry::Context;
use opentelemetry::propagation::Extractor;
use opentelemetry::propagation::Injector;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::SpanContext;
use opentelemetry::trace::TraceContextExt;
use opentelemetry::trace::TraceState;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tonic::metadata::Ascii;
use tonic::metadata::MetadataKey;
use tonic::metadata::MetadataMap;
use tonic::metadata::MetadataValue;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The span that set something going; nothing where nothing is traced. It lives in
/// memory only: after a restart, what is still to be done begins a trace of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause(Option<SpanContext>);

impl Cause {
    /// The span that this is called in.
    #[must_use]
    pub fn here() -> Self {
        Self::known(Span::current().context().span().span_context())
    }

    /// The span that a caller named. Whatever else it sent along (`tracestate`,
    /// `baggage`) is its own affair: it is neither kept nor passed on.
    #[must_use]
    pub fn of_call(headers: &HeaderMap) -> Self {
        let context = TraceContextPropagator::new()
            .extract_with_context(&Context::new(), &ReadHeaders(headers));
        Self::known(context.span().span_context())
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.0.is_some()
    }

    fn known(context: &SpanContext) -> Self {
        Self(context.is_valid().then(|| {
            SpanContext::new(
                context.trace_id(),
                context.span_id(),
                context.trace_flags(),
                context.is_remote(),
                TraceState::NONE,
            )
        }))
    }

    /// Makes a span, which must be new, part of the same trace.
    pub(super) fn adopt(&self, span: &Span) {
        if let Some(cause) = &self.0 {
            let context = Context::new().with_remote_span_context(cause.clone());
            // Fails only where nothing is traced.
            drop(span.set_parent(context));
        }
    }

    /// Names this in a span that has another parent already.
    pub(super) fn link(&self, span: &Span) {
        if let Some(cause) = &self.0 {
            span.add_link(cause.clone());
        }
    }
}

/// Sends the current span's context along with a call. Does nothing where nothing is
/// traced.
pub fn propagate<T>(request: &mut tonic::Request<T>) {
    let context = Span::current().context();
    if context.span().span_context().is_valid() {
        let mut metadata = WriteMetadata(request.metadata_mut());
        TraceContextPropagator::new().inject_context(&context, &mut metadata);
    }
}

struct ReadHeaders<'a>(&'a HeaderMap);

impl Extractor for ReadHeaders<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct WriteMetadata<'a>(&'a mut MetadataMap);

impl Injector for WriteMetadata<'_> {
    fn set(&mut self, key: &str, value: String) {
        // A state that came from elsewhere ends here.
        if key != "traceparent" {
            return;
        }
        if let (Ok(key), Ok(value)) = (
            key.parse::<MetadataKey<Ascii>>(),
            value.parse::<MetadataValue<Ascii>>(),
        ) {
            self.0.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(parent: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", HeaderValue::from_static(parent));
        headers.insert("tracestate", HeaderValue::from_static("vendor=whisper"));
        headers.insert("baggage", HeaderValue::from_static("who=whisper"));
        headers
    }

    #[test]
    fn of_what_a_caller_sends_only_ids_and_flags_are_kept() {
        let cause = Cause::of_call(&headers(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ));
        assert!(cause.is_known());
        let said = format!("{cause:?}");
        assert!(said.contains("0af7651916cd43dd8448eb211c80319c"), "{said}");
        assert!(!said.contains("whisper"), "{said}");
    }

    #[test]
    fn a_malformed_context_is_as_if_there_were_none() {
        for parent in ["", "whisper", "00-0-0-01", "00-xyz-b7ad6b7169203331-01"] {
            assert_eq!(Cause::of_call(&headers(parent)), Cause::default());
        }
    }

    #[test]
    fn without_traces_nothing_is_sent_along() {
        let mut request = tonic::Request::new(());
        propagate(&mut request);
        assert!(request.metadata().is_empty());
        assert!(!Cause::here().is_known());
    }
}
