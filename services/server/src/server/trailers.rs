//! The status in the headers or trailers of a response.

use std::time::Duration;

use hedgerow_transport::failure::{Failure, with_reason};
use http::HeaderMap;
use tonic::{Code, Status};

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

/// The failure of calls without a time limit when the server stops.
pub(crate) fn shutting_down() -> Failure {
    Failure::unavailable(
        "shutting_down",
        "This server is shutting down; try again in a while.",
        RETRY_AFTER,
    )
}
