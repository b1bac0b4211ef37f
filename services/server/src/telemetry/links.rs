//! Links from a piece of work to the span that caused it, for work done by another task.

use std::collections::VecDeque;
use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt, TraceState};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use parking_lot::Mutex;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Maximum number of waiting links; the oldest is dropped first.
const MAX_WAITING: usize = 256;

/// The ids of a span, empty if nothing is traced. Kept in memory only: work that is resumed
/// after a restart begins a trace of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceLink(Option<SpanContext>);

impl TraceLink {
    /// Links to the current span.
    #[must_use]
    pub fn current() -> Self {
        Self::new(Span::current().context().span().span_context())
    }

    /// Reads the span that a caller names in `traceparent`. Its `tracestate` and `baggage`
    /// are dropped: they could carry anything.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let context =
            TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(headers));
        Self::new(context.span().span_context())
    }

    /// Whether nothing is traced.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    fn new(context: &SpanContext) -> Self {
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

    /// Makes a new span, which must not have been entered, a child of the linked one.
    pub(super) fn set_as_parent_of(&self, span: &Span) {
        if let Some(context) = &self.0 {
            let context = Context::new().with_remote_span_context(context.clone());
            // Fails only if no layer exports traces.
            drop(span.set_parent(context));
        }
    }

    /// Adds the link to a span that already has another parent.
    pub(super) fn add_to(&self, span: &Span) {
        if let Some(context) = &self.0 {
            span.add_link(context.clone());
        }
    }
}

/// The spans that caused recent revisions of a store, for the tasks that follow its
/// revisions. Clones share one list.
#[derive(Clone, Debug, Default)]
pub struct TraceLinks(Arc<Mutex<VecDeque<(u64, TraceLink)>>>);

impl TraceLinks {
    /// Records the current span as the cause of a revision, if it is traced.
    pub fn add(&self, revision: u64) {
        let link = TraceLink::current();
        if !link.is_none() {
            let mut waiting = self.0.lock();
            if waiting.len() == MAX_WAITING {
                waiting.pop_front();
            }
            waiting.push_back((revision, link));
        }
    }

    /// Removes and returns the links of all revisions up to this one.
    #[must_use]
    pub fn take_up_to(&self, revision: u64) -> Vec<TraceLink> {
        let mut waiting = self.0.lock();
        if waiting.is_empty() {
            return Vec::new();
        }
        let (done, later): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut *waiting)
            .into_iter()
            .partition(|(caused, _)| *caused <= revision);
        *waiting = later;
        done.into_iter().map(|(_, link)| link).collect()
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
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
    fn only_ids_and_flags_of_a_callers_context_are_kept() {
        let link = TraceLink::from_headers(&headers(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ));
        assert!(!link.is_none());
        let shown = format!("{link:?}");
        assert!(
            shown.contains("0af7651916cd43dd8448eb211c80319c"),
            "{shown}"
        );
        assert!(!shown.contains("whisper"), "{shown}");
    }

    #[test]
    fn a_malformed_context_is_ignored() {
        for parent in ["", "whisper", "00-0-0-01", "00-xyz-b7ad6b7169203331-01"] {
            assert_eq!(
                TraceLink::from_headers(&headers(parent)),
                TraceLink::default()
            );
        }
    }

    #[test]
    fn there_is_no_link_without_traces() {
        assert!(TraceLink::current().is_none());
    }
}
