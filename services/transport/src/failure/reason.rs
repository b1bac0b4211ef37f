//! Stable reasons of failures.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The value of `ErrorInfo.domain`.
pub const DOMAIN: &str = "hedgerow";

/// Adds a reason to a status without details, which a library made, so that every failure
/// has one.
#[must_use]
pub fn with_reason(status: Status) -> Status {
    if status.code() == Code::Ok || !status.details().is_empty() {
        return status;
    }
    let mut details = ErrorDetails::new();
    details.set_error_info(reason_of_library(&status), DOMAIN, HashMap::new());
    Status::with_error_details(status.code(), status.message(), details)
}

/// Chooses the reason for a status that a library made: the code's name, except for a message
/// that is too large. tonic reports that with two codes, by whether it was compressed.
pub(crate) fn reason_of_library(status: &Status) -> &'static str {
    let decompressed = || {
        status
            .message()
            .starts_with("Error decompressing: size limit")
    };
    match status.code() {
        Code::OutOfRange => "message_too_large",
        Code::ResourceExhausted if decompressed() => "message_too_large",
        code => code_name(code),
    }
}

/// Returns a code's name in the gRPC specification, in snake case.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "ok",
        Code::Cancelled => "cancelled",
        Code::Unknown => "unknown",
        Code::InvalidArgument => "invalid_argument",
        Code::DeadlineExceeded => "deadline_exceeded",
        Code::NotFound => "not_found",
        Code::AlreadyExists => "already_exists",
        Code::PermissionDenied => "permission_denied",
        Code::ResourceExhausted => "resource_exhausted",
        Code::FailedPrecondition => "failed_precondition",
        Code::Aborted => "aborted",
        Code::OutOfRange => "out_of_range",
        Code::Unimplemented => "unimplemented",
        Code::Internal => "internal",
        Code::Unavailable => "unavailable",
        Code::DataLoss => "data_loss",
        Code::Unauthenticated => "unauthenticated",
    }
}
