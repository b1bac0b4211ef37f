//! Converts a failure to a `tonic::Status`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt};

use super::reason::DOMAIN;
use super::violation::{CONFIRMABLE, FieldViolation, confirmable_reasons};
use super::{Failure, Inner};
use crate::error_chain::Chain;

/// Limits of the violations in one status. They are low because a status is sent in a header.
const MAX_VIOLATIONS: usize = 50;
const MAX_VIOLATION_BYTES: usize = 12 * 1024;

const MAX_MESSAGE_BYTES: usize = 1_000;

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let Inner {
            kind,
            reason,
            mut message,
            mut metadata,
            violations,
            retry_after,
            source,
        } = *failure.0;
        if let Some(reasons) = confirmable_reasons(&violations) {
            metadata.insert(CONFIRMABLE.to_owned(), reasons);
        }
        let mut details = ErrorDetails::new();
        let metadata: HashMap<String, String> = metadata.into_iter().collect();
        // One wrong field has its own reason, whichever method found it. The name of a record
        // that a confirmation must name is no part of a reason.
        let reason = match violations.as_slice() {
            [one] => one.reason.split(':').next().unwrap_or(reason).to_owned(),
            _ => reason.to_owned(),
        };
        details.set_error_info(reason, DOMAIN, metadata);
        if !violations.is_empty() {
            details.set_bad_request(as_many_as_fit(violations));
        }
        if let Some(delay) = retry_after {
            details.set_retry_info(Some(delay));
        }
        if let Some(source) = source {
            let id = next_request_id();
            tracing::error!(
                request_id = %id,
                error = %Chain(source.as_ref()),
                "call failed by a fault of this server"
            );
            message = format!(
                "This server has a fault. Its operator can find the cause in the log under {id}."
            );
            details.set_request_info(id, "");
        }
        message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES));
        Status::with_error_details(kind.code(), message, details)
    }
}

fn as_many_as_fit(violations: Vec<FieldViolation>) -> Vec<tonic_types::FieldViolation> {
    let mut room = MAX_VIOLATION_BYTES;
    violations
        .into_iter()
        .take(MAX_VIOLATIONS)
        .map_while(|violation| {
            let FieldViolation {
                field,
                reason,
                message,
                ..
            } = violation;
            room = room.checked_sub(field.len() + reason.len() + message.len())?;
            let mut wire = tonic_types::FieldViolation::new(field, message);
            wire.reason = reason;
            Some(wire)
        })
        .collect()
}

/// Makes the id by which an operator finds a failed call in the log. It needs to be unique in
/// one log only.
fn next_request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{:x}-{number}", std::process::id())
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;
    use crate::failure::{CallFailure, Kind};

    #[test]
    fn one_violation_gives_the_status_its_reason() {
        let reason = |reasons: &[&str]| {
            let violations = reasons
                .iter()
                .map(|reason| FieldViolation::new("f", *reason, "m"));
            CallFailure::from(Status::from(Failure::invalid(violations.collect()))).reason
        };
        assert_eq!(reason(&["page_size_too_large"]), "page_size_too_large");
        assert_eq!(reason(&["other_record:event/01"]), "other_record");
        assert_eq!(reason(&["too_long", "too_many"]), "invalid_fields");
    }

    #[test]
    fn every_kind_has_a_code_of_its_own() {
        let kinds = [
            Kind::Invalid,
            Kind::NotFound,
            Kind::AlreadyExists,
            Kind::FailedPrecondition,
            Kind::Aborted,
            Kind::OutOfRange,
            Kind::Unauthenticated,
            Kind::PermissionDenied,
            Kind::ResourceExhausted,
            Kind::Unavailable,
            Kind::DeadlineExceeded,
            Kind::Unimplemented,
            Kind::Internal,
            Kind::DataLoss,
        ];
        let codes: std::collections::HashSet<i32> =
            kinds.iter().map(|kind| kind.code() as i32).collect();
        assert_eq!(codes.len(), kinds.len());
    }

    #[test]
    fn the_source_of_a_server_fault_is_only_in_the_log() {
        let status = Status::from(Failure::internal("no such table: head"));
        assert_eq!(status.code(), Code::Internal);
        assert!(!status.message().contains("table"), "{}", status.message());
        let failure = CallFailure::from_status(&status);
        assert_eq!(failure.reason, "internal");
        let id = failure.request_id.unwrap();
        assert!(status.message().contains(&id));
    }

    #[test]
    fn a_status_stays_small_for_any_number_of_violations() {
        let violations = (0..500)
            .map(|n| FieldViolation::new(format!("f{n}"), "too_long", "is too long"))
            .collect();
        let status = Status::from(Failure::invalid(violations));
        assert_eq!(CallFailure::from_status(&status).violations.len(), 50);
        assert!(status.message().ends_with("(and 499 more)"));

        let violations = (0..40)
            .map(|n| FieldViolation::new(format!("f{n}"), "too_long", "é".repeat(2_000)))
            .collect();
        let status = Status::from(Failure::invalid(violations));
        assert!(status.details().len() < 20_000);
        assert!(status.message().len() <= MAX_MESSAGE_BYTES);
    }
}
