//! Converts a `tonic::Status` back, for clients.

use std::collections::BTreeMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::reason::{DOMAIN, code_name, reason_of_library};
use super::violation::{CONFIRMABLE, FieldViolation};
use crate::connector::failure::{ConnectFailure, ConnectReason};

/// Why a call failed, parsed from its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFailure {
    /// The gRPC status code.
    pub code: Code,
    /// The stable reason. If the server sent none: that of the connection failure, such as
    /// `connect_failed`, or else the code in snake case.
    pub reason: String,
    /// The server's message, for people.
    pub message: String,
    /// Details by key (`ErrorInfo.metadata`).
    pub metadata: BTreeMap<String, String>,
    /// Problems of the request, by field.
    pub violations: Vec<FieldViolation>,
    /// The earliest time of a retry, if the server named one.
    pub retry_after: Option<Duration>,
    /// After a fault of the server: the id of the call in its log.
    pub request_id: Option<String>,
    /// Set if there was no connection: the server has not received the call.
    pub connect: Option<ConnectReason>,
}

impl CallFailure {
    /// Parses a status. Never fails: parts that cannot be parsed are missing.
    #[must_use]
    pub fn from_status(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info().filter(|info| info.domain == DOMAIN);
        let connect = ConnectFailure::find(status);
        let reason = match (info, connect) {
            (Some(info), _) => info.reason.clone(),
            (None, Some(connect)) => connect.reason.as_str().to_owned(),
            (None, None) => reason_of_library(status).to_owned(),
        };
        let message = match connect {
            Some(connect) => connect.to_string(),
            None if status.message().is_empty() => status.code().description().to_owned(),
            None => status.message().to_owned(),
        };
        let metadata: BTreeMap<String, String> = info
            .map(|info| info.metadata.clone().into_iter().collect())
            .unwrap_or_default();
        let may_confirm = |reason: &str| {
            metadata
                .get(CONFIRMABLE)
                .is_some_and(|reasons| reasons.split(',').any(|confirmable| confirmable == reason))
        };
        let violations = details
            .bad_request()
            .map(|bad| bad.field_violations.clone())
            .unwrap_or_default()
            .into_iter()
            .map(|violation| FieldViolation {
                confirmable: may_confirm(&violation.reason),
                field: violation.field,
                reason: violation.reason,
                message: violation.description,
            })
            .collect();
        Self {
            code: status.code(),
            reason,
            message,
            violations,
            metadata,
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
            request_id: details.request_info().map(|info| info.request_id.clone()),
            connect: connect.map(|connect| connect.reason),
        }
    }

    /// Whether the same call can succeed later.
    #[must_use]
    pub fn may_be_retried(&self) -> bool {
        match self.code {
            Code::Unavailable
            | Code::ResourceExhausted
            | Code::Aborted
            | Code::DeadlineExceeded
            | Code::Cancelled => true,
            // tonic reports a connection that broke during a call as `unknown`.
            Code::Unknown => self.reason == code_name(Code::Unknown),
            Code::Ok
            | Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::OutOfRange
            | Code::Unimplemented
            | Code::Internal
            | Code::DataLoss
            | Code::Unauthenticated => false,
        }
    }
}

impl std::fmt::Display for CallFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.reason)
    }
}

impl std::error::Error for CallFailure {}

impl From<&Status> for CallFailure {
    fn from(status: &Status) -> Self {
        Self::from_status(status)
    }
}

impl From<Status> for CallFailure {
    fn from(status: Status) -> Self {
        Self::from_status(&status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    #[test]
    fn a_failure_survives_the_conversion_to_a_status_and_back() {
        let mut violations = vec![
            FieldViolation::new("listing.name", "missing", "needs a name"),
            FieldViolation::new("listing.summary", "looks_like_address", "has an address"),
        ];
        violations[1].confirmable = true;
        let failure = Failure::invalid(violations.clone())
            .with("group_id", "ab")
            .retry_after(Duration::from_secs(3));
        let parsed = CallFailure::from(Status::from(failure));
        assert_eq!(parsed.code, Code::InvalidArgument);
        assert_eq!(parsed.reason, "invalid_fields");
        assert_eq!(parsed.violations, violations);
        assert_eq!(parsed.metadata["group_id"], "ab");
        assert_eq!(parsed.retry_after, Some(Duration::from_secs(3)));
        assert_eq!(parsed.request_id, None);
        assert!(!parsed.may_be_retried());
    }

    #[test]
    fn the_reason_of_a_status_without_details_is_its_code() {
        let parsed = CallFailure::from(Status::unavailable(""));
        assert_eq!(parsed.reason, "unavailable");
        assert!(!parsed.message.is_empty());
        assert!(parsed.may_be_retried());
        assert_eq!(parsed.connect, None);
    }

    #[test]
    fn reasons_of_other_domains_are_ignored() {
        let mut details = tonic_types::ErrorDetails::new();
        details.set_error_info("QUOTA", "example.org", std::collections::HashMap::new());
        let status = Status::with_error_details(Code::ResourceExhausted, "no", details);
        assert_eq!(CallFailure::from(status).reason, "resource_exhausted");
    }
}
