//! Stable reasons of failures.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The value of `ErrorInfo.domain`.
pub const DOMAIN: &str = "hedgerow";

/// Adds a reason to a status without details, which a library made on this server, so that every
/// failure has one. A fault of the request gets one code, whichever way the library found it.
#[must_use]
pub fn with_reason(status: Status) -> Status {
    if status.code() == Code::Ok || !status.details().is_empty() {
        return status;
    }
    let reason = reason_of_library(&status);
    let code = match reason {
        MESSAGE_MALFORMED => Code::InvalidArgument,
        MESSAGE_TOO_LARGE => Code::OutOfRange,
        _ => status.code(),
    };
    let mut details = ErrorDetails::new();
    details.set_error_info(reason, DOMAIN, HashMap::new());
    Status::with_error_details(code, status.message(), details)
}

const MESSAGE_TOO_LARGE: &str = "message_too_large";
const MESSAGE_MALFORMED: &str = "message_malformed";

/// How tonic's texts begin if a received message cannot be read: prost's, of the message; then of
/// the frame around it, its compression, and its absence. Its other internal errors are about
/// messages that this side sends.
const MALFORMED: [&str; 6] = [
    "failed to decode Protobuf message",
    "protocol error: received message with",
    "Error decompressing:",
    "Unexpected EOF decoding stream",
    "Missing request message",
    "invalid compression flag",
];

/// Chooses the reason for a status that a library made: the code's name, except for a message
/// that is too large or malformed. tonic reports the first with two codes, by whether it was
/// compressed, and the second as a fault of the receiver.
pub(crate) fn reason_of_library(status: &Status) -> &'static str {
    let begins = |text: &&str| status.message().starts_with(*text);
    match status.code() {
        Code::OutOfRange => MESSAGE_TOO_LARGE,
        Code::ResourceExhausted if begins(&"Error decompressing: size limit") => MESSAGE_TOO_LARGE,
        Code::Internal if MALFORMED.iter().any(begins) => MESSAGE_MALFORMED,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::CallFailure;

    #[test]
    fn a_message_that_is_too_large_has_one_code() {
        for status in [
            Status::out_of_range("Error, decoded message length too large"),
            Status::resource_exhausted("Error decompressing: size limit of 4 bytes exceeded"),
        ] {
            let status = with_reason(status);
            assert_eq!(status.code(), Code::OutOfRange);
            assert_eq!(CallFailure::from(status).reason, "message_too_large");
        }
    }

    #[test]
    fn a_fault_of_this_server_stays_internal() {
        let status = with_reason(Status::internal("Error encoding: no room"));
        assert_eq!(status.code(), Code::Internal);
        assert_eq!(CallFailure::from(status).reason, "internal");
    }
}
