//! How long a call may take.

use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use hedgerow_transport::failure::Failure;
use hedgerow_transport::failure::Kind;
use http::HeaderMap;
use tokio::time::Instant;
use tokio::time::Sleep;

use crate::limits::CallLength;

/// When a call must have ended. Without one it may go on.
#[derive(Debug)]
pub(super) struct Deadline {
    at: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// The sooner of what the caller asks for (`grpc-timeout`) and what the server gives.
    pub(super) fn new(headers: &HeaderMap, length: CallLength) -> Self {
        let given = match length {
            CallLength::Within(length) => Some(length),
            CallLength::Open => None,
        };
        let asked = headers
            .get("grpc-timeout")
            .and_then(|value| value.to_str().ok())
            .and_then(parse_timeout);
        let length = match (given, asked) {
            (Some(given), Some(asked)) => Some(given.min(asked)),
            (given, asked) => given.or(asked),
        };
        Self {
            at: length.and_then(|length| Instant::now().checked_add(length)),
            sleep: None,
        }
    }

    /// Runs something until the deadline; absent where that came first.
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

/// What a caller is told whose call took too long.
pub(super) fn passed() -> Failure {
    Failure::new(
        Kind::DeadlineExceeded,
        "deadline_exceeded",
        "The call took longer than its deadline, or than this server lets a call take.",
    )
}

/// Reads a `grpc-timeout` header: at most eight digits and a unit (gRPC over HTTP/2,
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

    fn remaining(asked: Option<&str>, length: CallLength) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        if let Some(asked) = asked {
            headers.insert("grpc-timeout", asked.parse().unwrap());
        }
        let deadline = Deadline::new(&headers, length);
        deadline.at.map(|at| at - Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn the_sooner_deadline_holds() {
        let given = CallLength::Within(Duration::from_secs(30));
        let seconds = |asked, length| remaining(asked, length).map(|left| left.as_secs());
        assert_eq!(seconds(None, given), Some(30));
        assert_eq!(seconds(Some("5S"), given), Some(5));
        assert_eq!(seconds(Some("99999999H"), given), Some(30));
        assert_eq!(seconds(None, CallLength::Open), None);
        assert_eq!(seconds(Some("1M"), CallLength::Open), Some(60));
    }

    #[test]
    fn a_malformed_timeout_is_as_if_there_were_none() {
        for text in ["", "S", "1", "-1S", "123456789S", "1 S", "1x", "１S"] {
            assert_eq!(parse_timeout(text), None, "{text}");
        }
        assert_eq!(parse_timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(parse_timeout("7u"), Some(Duration::from_micros(7)));
        assert_eq!(parse_timeout("7n"), Some(Duration::from_nanos(7)));
    }
}
