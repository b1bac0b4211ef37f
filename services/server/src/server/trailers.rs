//! The status in the headers or trailers of a response.

use std::time::Duration;

use hedgerow_transport::failure::{Failure, Kind, with_reason};
use http::HeaderMap;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::limits::EarlyEnd;

/// When a caller may retry after the server rejected a call for load, or stops.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Reads the status, and adds a reason to a failure that has none.
pub(super) fn ensure_reason(headers: &mut HeaderMap) -> Option<Status> {
    let status = with_reason(Status::from_header_map(headers)?);
    if status.code() != Code::Ok
        && let Err(error) = status.add_header(headers)
    {
        tracing::debug!(%error, "cannot write a status");
    }
    Some(status)
}

/// Adds a delay to the time after which a failure in the headers permits a retry.
pub(super) fn postpone_retry(headers: &mut HeaderMap, delay: Duration) {
    let Some(status) = Status::from_header_map(headers) else {
        return;
    };
    let mut details = status.get_error_details();
    let named = details.retry_info().and_then(|info| info.retry_delay);
    details.set_retry_info(Some(named.unwrap_or_default().saturating_add(delay)));
    let postponed = Status::with_error_details(status.code(), status.message(), details);
    if let Err(error) = postponed.add_header(headers) {
        tracing::debug!(%error, "cannot write a status");
    }
}

/// The failure of calls without a time limit when the server stops.
pub(crate) fn shutting_down() -> Failure {
    Failure::unavailable(
        "shutting_down",
        "This server is shutting down; try again in a while.",
        RETRY_AFTER,
    )
}

/// The failure of a call that the server ended because its caller made no progress.
pub(super) fn ended_early(early: EarlyEnd) -> Failure {
    match early {
        EarlyEnd::Evicted => Failure::resource_exhausted(
            "call_evicted",
            "This call waited for you while others needed its place; try again, and send and read \
             without pauses.",
            RETRY_AFTER,
        ),
        EarlyEnd::Stalled => Failure::new(
            Kind::DeadlineExceeded,
            "call_stalled",
            "You sent and read nothing for longer than this server allows; try again.",
        ),
        EarlyEnd::TooSlow => Failure::new(
            Kind::DeadlineExceeded,
            "transfer_too_slow",
            "This transfer moved fewer bytes a second than this server allows; try again.",
        ),
        EarlyEnd::Overdue => super::deadline::exceeded(),
        EarlyEnd::Penalised => too_many_refusals(RETRY_AFTER),
    }
}

/// The failure of a refused call that begins a penalty, or comes during one.
pub(super) fn too_many_refusals(penalty: Duration) -> Failure {
    // Whole seconds, rounded up: a client that waits for them comes after the penalty.
    let wait = Duration::from_secs(penalty.as_secs() + u64::from(penalty.subsec_nanos() > 0));
    Failure::resource_exhausted(
        "too_many_refusals",
        format!(
            "Too many calls from your address were refused. New connections from it are dropped \
             for {} s; wait for that time, and after each refused call for the time that it names.",
            wait.as_secs()
        ),
        wait,
    )
}

#[cfg(test)]
mod tests {
    use hedgerow_transport::failure::CallFailure;

    use super::*;

    #[test]
    fn a_postponed_failure_names_a_later_time_and_keeps_all_else() {
        let failure = too_many_refusals(Duration::from_secs(3)).with("key", "value");
        let mut headers = Status::from(failure)
            .into_http::<()>()
            .into_parts()
            .0
            .headers;
        let read = |headers: &HeaderMap| {
            CallFailure::from(Status::from_header_map(headers).expect("a status"))
        };
        let before = read(&headers);
        postpone_retry(&mut headers, Duration::from_millis(1_500));
        let after = CallFailure {
            retry_after: Some(Duration::from_millis(4_500)),
            ..before
        };
        assert_eq!(read(&headers), after);
        let mut page = HeaderMap::new();
        postpone_retry(&mut page, Duration::from_secs(1));
        assert!(page.is_empty());
    }
}
