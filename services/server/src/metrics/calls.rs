//! Metrics of every server: its calls and connections.

use std::time::Duration;

use hedgerow_transport::failure::code_name;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::registry::{Label, Labelled, Metrics};
use crate::limits::LimitReached;

/// Bucket bounds of durations in seconds, from a response out of memory to a long transfer.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 900.0,
];

/// The limits that can reject a call, by the reason in the failure.
const LIMITS: [&str; 16] = [
    "overloaded",
    "too_many_calls",
    "too_many_transfers",
    "too_many_watchers",
    "watches_per_peer",
    "staging_full",
    "search_busy",
    "sync_bytes_per_peer_and_hour",
    "leaves_per_peer_and_minute",
    "sync_memory",
    "transfer_memory",
    "work_per_peer_and_minute",
    "deadline_exceeded",
    "call_evicted",
    "call_stalled",
    "transfer_too_slow",
];

/// Metrics of a server's calls and connections. Clones share them.
#[derive(Clone, Debug)]
pub struct ServerMetrics {
    calls: Family<[Label; 2], Counter>,
    seconds: Labelled<Histogram>,
    in_flight: Labelled<Gauge>,
    refused: Labelled<Counter>,
    connections: Gauge,
    accepted: Counter,
    refused_connections: Labelled<Counter>,
    delayed_refusals: Counter,
    penalties: Counter,
    received: Counter,
    sent: Counter,
}

impl Default for ServerMetrics {
    fn default() -> Self {
        Self {
            calls: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            in_flight: Family::default(),
            refused: Family::default(),
            connections: Gauge::default(),
            accepted: Counter::default(),
            refused_connections: Family::default(),
            delayed_refusals: Counter::default(),
            penalties: Counter::default(),
            received: Counter::default(),
            sent: Counter::default(),
        }
    }
}

impl ServerMetrics {
    pub fn register(&self, metrics: &mut Metrics) {
        metrics.add("calls", "Calls that ended, by method and code", &self.calls);
        metrics.add(
            "call_seconds",
            "Duration of calls, to the last byte of the response",
            &self.seconds,
        );
        metrics.add("calls_in_flight", "Open calls", &self.in_flight);
        metrics.add(
            "calls_refused",
            "Calls that a limit rejected or ended, by the limit",
            &self.refused,
        );
        metrics.add("connections", "Open connections", &self.connections);
        metrics.add(
            "connections_accepted",
            "Connections accepted",
            &self.accepted,
        );
        metrics.add(
            "connections_refused",
            "Connections rejected, by the reason",
            &self.refused_connections,
        );
        metrics.add(
            "refusals_delayed",
            "Responses to refused calls that were delayed, because their peer had many",
            &self.delayed_refusals,
        );
        metrics.add(
            "penalties",
            "Connections that were closed because their peer had too many refused calls",
            &self.penalties,
        );
        metrics.add(
            "received_bytes",
            "Bytes received, as encrypted",
            &self.received,
        );
        metrics.add("sent_bytes", "Bytes sent, as encrypted", &self.sent);
    }

    pub(crate) fn call_begins(&self, method: &'static str) -> CallCount {
        let in_flight = self.in_flight.get_or_create_owned(&[("method", method)]);
        in_flight.inc();
        CallCount {
            metrics: self.clone(),
            method,
            in_flight,
        }
    }

    pub(crate) fn connection_begins(&self) -> ConnectionCount {
        self.accepted.inc();
        self.connections.inc();
        ConnectionCount(self.clone())
    }

    pub(crate) fn refusal_delayed(&self) {
        self.delayed_refusals.inc();
    }

    pub(crate) fn penalised(&self) {
        self.penalties.inc();
    }

    pub(crate) fn connection_refused(&self, refused: Refused) {
        let reason = match refused {
            Refused::Limit(LimitReached::Total) => "connections",
            Refused::Limit(LimitReached::Peer) => "connections_per_peer",
            Refused::Handshake => "handshake",
            Refused::Rate => "new_connections_per_peer_and_second",
            Refused::Penalty => "penalty",
        };
        self.refused_connections
            .get_or_create(&[("reason", reason)])
            .inc();
    }
}

/// Why a connection was rejected.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refused {
    Limit(LimitReached),
    Handshake,
    /// Its peer opened too many in a short time.
    Rate,
    /// Its peer has a penalty.
    Penalty,
}

/// A call, in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct CallCount {
    metrics: ServerMetrics,
    method: &'static str,
    in_flight: Gauge,
}

impl CallCount {
    /// Counts the limit that a failure names, if it is one of a limit.
    pub(crate) fn refused(&self, status: &Status) {
        if !matches!(
            status.code(),
            Code::ResourceExhausted | Code::DeadlineExceeded
        ) {
            return;
        }
        let details = status.get_error_details();
        let reason = details.error_info().map_or("", |info| info.reason.as_str());
        let limit = LIMITS.iter().find(|limit| **limit == reason);
        let limit = limit.copied().unwrap_or("other");
        let refused = &self.metrics.refused;
        refused.get_or_create(&[("limit", limit)]).inc();
    }

    pub(crate) fn ended(&self, code: Code, duration: Duration) {
        let (method, code) = (("method", self.method), ("code", code_name(code)));
        self.metrics.calls.get_or_create(&[method, code]).inc();
        let seconds = self.metrics.seconds.get_or_create(&[method]);
        seconds.observe(duration.as_secs_f64());
    }
}

impl Drop for CallCount {
    fn drop(&mut self) {
        self.in_flight.dec();
    }
}

/// A connection, open until this is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionCount(ServerMetrics);

impl ConnectionCount {
    pub(crate) fn received(&self, bytes: usize) {
        self.0.received.inc_by(bytes as u64);
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.0.sent.inc_by(bytes as u64);
    }
}

impl Drop for ConnectionCount {
    fn drop(&mut self) {
        self.0.connections.dec();
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_transport::failure::Failure;

    use super::*;

    #[test]
    fn calls_limits_and_connections_are_exported() {
        let server = ServerMetrics::default();
        let connection = server.connection_begins();
        connection.received(7);
        server.connection_refused(Refused::Limit(LimitReached::Peer));
        server.connection_refused(Refused::Penalty);
        server.refusal_delayed();
        server.penalised();
        let call = server.call_begins("hedgerow.feed.v1.FeedService/GetHead");
        call.ended(Code::NotFound, Duration::from_millis(3));
        let busy = Failure::resource_exhausted("too_many_calls", "no", Duration::ZERO);
        call.refused(&busy.into());
        let unknown = Failure::resource_exhausted("whisper", "no", Duration::ZERO);
        call.refused(&unknown.into());
        let mut metrics = Metrics::default();
        server.register(&mut metrics);
        let text = metrics.text();
        for line in [
            r#"hedgerow_calls_total{method="hedgerow.feed.v1.FeedService/GetHead",code="not_found"} 1"#,
            r#"hedgerow_calls_in_flight{method="hedgerow.feed.v1.FeedService/GetHead"} 1"#,
            r#"hedgerow_call_seconds_count{method="hedgerow.feed.v1.FeedService/GetHead"} 1"#,
            r#"hedgerow_calls_refused_total{limit="too_many_calls"} 1"#,
            r#"hedgerow_calls_refused_total{limit="other"} 1"#,
            r#"hedgerow_connections_refused_total{reason="connections_per_peer"} 1"#,
            r#"hedgerow_connections_refused_total{reason="penalty"} 1"#,
            "hedgerow_refusals_delayed_total 1",
            "hedgerow_penalties_total 1",
            "hedgerow_connections 1",
            "hedgerow_received_bytes_total 7",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        drop((call, connection));
        assert!(metrics.text().contains("hedgerow_connections 0"));
    }
}
