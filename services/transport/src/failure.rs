//! Failures of calls, and the only mapping between them and `tonic::Status`.
//!
//! Every failure has a stable reason (`google.rpc.ErrorInfo`, domain `hedgerow`). Clients
//! read it from [`CallFailure`] and never match on message text.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use hedgerow_core::id::MalformedId;

pub use call::CallFailure;
pub use kind::Kind;
pub use reason::{DOMAIN, code_name, with_reason};
pub use violation::FieldViolation;

mod call;
mod from_core;
mod kind;
mod reason;
mod status;
mod violation;

/// Why a service fails a call. Converts to a `tonic::Status` by `From`.
pub struct Failure(Box<Inner>);

struct Inner {
    kind: Kind,
    reason: &'static str,
    message: String,
    metadata: BTreeMap<String, String>,
    violations: Vec<FieldViolation>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// Makes a failure. The message names the problem, the thing that it concerns, and the
    /// way out.
    pub fn new(kind: Kind, reason: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            reason,
            message: message.into(),
            metadata: BTreeMap::new(),
            violations: Vec::new(),
            retry_after: None,
            source: None,
        }))
    }

    /// The requested thing does not exist.
    pub fn not_found(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, reason, message)
    }

    /// Fields of the request are wrong. The status lists up to fifty of them.
    #[must_use]
    pub fn invalid(violations: Vec<FieldViolation>) -> Self {
        let message = match violations.as_slice() {
            [] => "the request is invalid".to_owned(),
            [one] => format!("{}: {}", one.field, one.message),
            [first, rest @ ..] => format!(
                "{}: {} (and {} more)",
                first.field,
                first.message,
                rest.len()
            ),
        };
        let mut failure = Self::new(Kind::Invalid, "invalid_fields", message);
        failure.0.violations = violations;
        failure
    }

    /// One field of the request is wrong. The failure has the reason of the violation.
    pub fn invalid_field(
        field: impl Into<String>,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let mut failure = Self::invalid(vec![FieldViolation::new(field, reason, message)]);
        failure.0.reason = reason;
        failure
    }

    /// Something else must happen first.
    pub fn failed_precondition(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::FailedPrecondition, reason, message)
    }

    pub fn already_exists(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::AlreadyExists, reason, message)
    }

    /// The token is missing or wrong.
    pub fn unauthenticated(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, reason, message)
    }

    /// The token does not authorize this call.
    pub fn permission_denied(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::PermissionDenied, reason, message)
    }

    /// A limit is reached; the caller may retry after `retry_after`.
    pub fn resource_exhausted(
        reason: &'static str,
        message: impl Into<String>,
        retry_after: Duration,
    ) -> Self {
        Self::new(Kind::ResourceExhausted, reason, message).retry_after(retry_after)
    }

    /// The server does not accept the call now; the caller may retry after `retry_after`.
    pub fn unavailable(
        reason: &'static str,
        message: impl Into<String>,
        retry_after: Duration,
    ) -> Self {
        Self::new(Kind::Unavailable, reason, message).retry_after(retry_after)
    }

    /// The state changed during the call.
    pub fn aborted(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Aborted, reason, message)
    }

    /// Past the end, or of another stream.
    pub fn out_of_range(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::OutOfRange, reason, message)
    }

    /// Missing in this build.
    pub fn unimplemented(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Unimplemented, reason, message)
    }

    /// A fault of this server. The source is logged once, when the failure becomes a status;
    /// the caller gets only a fixed sentence and a request id.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut failure = Self::new(Kind::Internal, "internal", "");
        failure.0.source = Some(source.into());
        failure
    }

    /// Adds an entry to `ErrorInfo.metadata`.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl fmt::Display) -> Self {
        self.0.metadata.insert(key.into(), value.to_string());
        self
    }

    /// Sets the earliest time of a retry (`google.rpc.RetryInfo`).
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.0.reason
    }

    /// Returns the message for the caller; empty for a fault of this server.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    #[must_use]
    pub fn violations(&self) -> &[FieldViolation] {
        &self.0.violations
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.source {
            Some(source) if self.0.message.is_empty() => write!(f, "{}: {source}", self.0.reason),
            Some(_) | None => write!(f, "{}: {}", self.0.reason, self.0.message),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("kind", &self.0.kind)
            .field("reason", &self.0.reason)
            .field("message", &self.0.message)
            .field("metadata", &self.0.metadata)
            .field("violations", &self.0.violations)
            .field("source", &self.0.source)
            .finish()
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.0.source.as_deref()?;
        Some(source)
    }
}

/// Parses an id or hash in a request, and names the field if it is malformed.
///
/// # Errors
/// INVALID_ARGUMENT with the id's own reason.
pub fn id_field<T>(field: &'static str, bytes: &[u8]) -> Result<T, Failure>
where
    T: for<'a> TryFrom<&'a [u8], Error = MalformedId>,
{
    T::try_from(bytes)
        .map_err(|error| Failure::invalid_field(field, error.reason(), error.to_string()))
}
