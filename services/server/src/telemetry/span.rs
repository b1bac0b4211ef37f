//! Every span that can be exported, with every attribute that it can have.
//!
//! Nothing else is ever exported: the exporter takes spans of `TARGET` alone, and this
//! is the only file that makes them. No attribute is anything that a caller sent. The id
//! of a group stands on spans of publishing and ingest only: on a search or a read it
//! would tell what somebody looked at.

use hedgerow_core::id::GroupId;
use hedgerow_transport::failure::code_name;
use hedgerow_transport::trace::TARGET;
use super::TraceLink;
use http::HeaderMap;
use tonic::Code;
use tracing::Span;
use tracing::field::Empty;
use tracing::info_span;

/// A call that is served: part of its caller's trace, if it has one. `method` is a name
/// of the protocol, not of the caller.
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

/// Says how a call that is served ended.
pub(crate) fn ended(span: &Span, code: Code) {
    span.record("rpc.grpc.status_code", code_name(code));
    // By OpenTelemetry's rules for servers: only what is the server's fault is an error.
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

/// A steward's changes, from the rules to the signed head.
#[must_use]
pub fn publish(group: &GroupId) -> Span {
    info_span!(target: TARGET, "publish", hedgerow.group = %group)
}

/// One round that brings a group's newest head to an aggregator.
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

/// A group that is fetched from a source.
#[must_use]
pub fn fetch(group: &GroupId) -> Span {
    info_span!(target: TARGET, parent: None, "fetch", otel.kind = "consumer", hedgerow.group = %group)
}

/// A transfer that is checked and committed.
#[must_use]
pub fn apply() -> Span {
    info_span!(target: TARGET, "apply", hedgerow.group = Empty, hedgerow.outcome = Empty)
}

/// Says whose transfer it is, once that is known.
pub fn applied_group(group: &GroupId) {
    Span::current().record("hedgerow.group", tracing::field::display(group));
}

/// Says what became of a transfer.
pub fn applied(outcome: &'static str) {
    Span::current().record("hedgerow.outcome", outcome);
}

/// A commit of the search index: the first cause's child, and linked to the others.
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
