//! Deadlines of calls.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hedgerow_transport::failure::{Failure, Kind};
use http::HeaderMap;
use tokio::time::{Instant, Sleep};

use crate::limits::CallLength;

/// The time at which a call is ended, if it has any.
#[derive(Debug)]
pub(super) struct Deadline {
    at: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// Takes the earlier of the caller's deadline (`grpc-timeout`) and the server's limit.
    pub(super) fn new(headers: &HeaderMap, length: CallLength) -> Self {
        let limit = match length {
            CallLength::Within(length) => Some(length),
            CallLength::Open => None,
        };
        let requested = headers
            .get("grpc-timeout")
            .and_then(|value| value.to_str().ok())
            .and_then(parse_timeout);
        let length = match (limit, requested) {
            (Some(limit), Some(requested)) => Some(limit.min(requested)),
            (limit, requested) => limit.or(requested),
        };
        Self {
            at: length.and_then(|length| Instant::now().checked_add(length)),
            sleep: None,
        }
    }

    pub(super) fn at(&self) -> Option<Instant> {
        self.at
    }

    /// Runs a future. `None` if the deadline passes first.
    pub(super) async fn within<F: Future>(&self, work: F) -> Option<F::Output> {
        match self.at {
            Some(at) => tokio::time::timeout_at(at, work).await.ok(),
            None => Some(work.await),
        }
    }

    /// Whether the deadline has passed; if not, wakes the task when it does.
    pub(super) fn poll_passed(&mut self, context: &mut Context<'_>) -> bool {
        let Some(at) = self.at else { return false };
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        matches!(sleep.as_mut().poll(context), Poll::Ready(()))
    }
}

/// The failure of a call that took too long.
pub(super) fn exceeded() -> Failure {
    Failure::new(
        Kind::DeadlineExceeded,
        "deadline_exceeded",
        "The call took longer than its deadline or than this server allows.",
    )
}

/// Parses a `grpc-timeout` header: at most eight digits and a unit (gRPC over HTTP/2,
/// "Requests").
fn parse_timeout(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        'H' => Some(Duration::from_secs(number * 3_600)),
        'M' => Some(Duration::from_secs(number * 60)),
        'S' => Some(Duration::from_secs(number)),
        'm' => Some(Duration::from_millis(number)),
        'u' => Some(Duration::from_micros(number)),
        'n' => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remaining(requested: Option<&str>, length: CallLength) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        if let Some(requested) = requested {
            headers.insert("grpc-timeout", requested.parse().unwrap());
        }
        let deadline = Deadline::new(&headers, length);
        deadline.at.map(|at| at - Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn the_earlier_deadline_applies() {
        let limit = CallLength::Within(Duration::from_secs(30));
        let seconds = |requested, length| remaining(requested, length).map(|left| left.as_secs());
        assert_eq!(seconds(None, limit), Some(30));
        assert_eq!(seconds(Some("5S"), limit), Some(5));
        assert_eq!(seconds(Some("99999999H"), limit), Some(30));
        assert_eq!(seconds(None, CallLength::Open), None);
        assert_eq!(seconds(Some("1M"), CallLength::Open), Some(60));
    }

    #[test]
    fn a_malformed_timeout_is_ignored() {
        for text in ["", "S", "1", "-1S", "123456789S", "1 S", "1x", "１S"] {
            assert_eq!(parse_timeout(text), None, "{text}");
        }
        assert_eq!(parse_timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(parse_timeout("7u"), Some(Duration::from_micros(7)));
        assert_eq!(parse_timeout("7n"), Some(Duration::from_nanos(7)));
    }
}
