//! The spans that can be exported, with all attributes that they can have.
//!
//! Only spans with [`TARGET`] are exported. They are made here and in
//! `hedgerow_transport::trace`, and nowhere else. No attribute has data of a caller. Only spans
//! of publishing and ingest have the id of a group: on a search or a read it would reveal what
//! the caller looked at.

use hedgerow_core::id::GroupId;
use hedgerow_transport::failure::code_name;
use hedgerow_transport::trace::TARGET;
use http::HeaderMap;
use tonic::Code;
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::links::TraceLink;

/// Opens the span of a served call, as part of its caller's trace. `method` is the protocol's
/// name, not a text of the caller.
pub(crate) fn served(method: &'static str, headers: &HeaderMap) -> Span {
    let span = info_span!(
        target: TARGET,
        "call",
        otel.name = method,
        otel.kind = "server",
        otel.status_code = Empty,
        rpc.system = "grpc",
        rpc.grpc.status_code = Empty,
    );
    if !span.is_disabled() {
        TraceLink::from_headers(headers).set_as_parent_of(&span);
    }
    span
}

/// Records the status of a served call.
pub(crate) fn ended(span: &Span, code: Code) {
    span.record("rpc.grpc.status_code", code_name(code));
    // OpenTelemetry's rule for servers: only faults of the server are errors.
    if matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    ) {
        span.record("otel.status_code", "ERROR");
    }
}

/// Opens the span of a steward's changes, from the rules to the signed head.
#[must_use]
pub fn publish(group: &GroupId) -> Span {
    info_span!(target: TARGET, "publish", hedgerow.group = %group)
}

/// Opens the span of one attempt to deliver a group's newest head to an aggregator.
#[must_use]
pub fn deliver(group: &GroupId, cause: &TraceLink) -> Span {
    let span = info_span!(
        target: TARGET,
        parent: None,
        "deliver",
        otel.kind = "producer",
        hedgerow.group = %group,
    );
    cause.set_as_parent_of(&span);
    span
}

/// Opens the span of fetching a group from a source.
#[must_use]
pub fn fetch(group: &GroupId) -> Span {
    info_span!(target: TARGET, parent: None, "fetch", otel.kind = "consumer", hedgerow.group = %group)
}

/// Opens the span of checking and committing a transfer.
#[must_use]
pub fn apply() -> Span {
    info_span!(target: TARGET, "apply", hedgerow.group = Empty, hedgerow.outcome = Empty)
}

/// Records the group in the current [`apply`] span, once it is known.
pub fn record_group(group: &GroupId) {
    Span::current().record("hedgerow.group", tracing::field::display(group));
}

/// Records the outcome in the current [`apply`] span.
pub fn record_outcome(outcome: &'static str) {
    Span::current().record("hedgerow.outcome", outcome);
}

/// Opens the span of a commit of the search index. The first cause is its parent; the others
/// are linked, because a span has only one parent.
#[must_use]
pub fn index_commit(causes: &[TraceLink]) -> Span {
    let Some((first, others)) = causes.split_first() else {
        return Span::none();
    };
    let span = info_span!(target: TARGET, parent: None, "index commit", otel.kind = "consumer");
    first.set_as_parent_of(&span);
    for other in others {
        other.add_to(&span);
    }
    span
}
