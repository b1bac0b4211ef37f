//! What is wrong with a request, field by field.

use std::collections::BTreeSet;

use hedgerow_core::rules::Violation;

use super::Failure;

/// What is wrong with one field of a request (`google.rpc.BadRequest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Dotted path of the field.
    pub field: String,
    /// Stable reason.
    pub reason: String,
    /// What is wrong and what to do, in words.
    pub message: String,
    /// Whether a person may look at it and say that it is meant so.
    pub confirmable: bool,
}

impl FieldViolation {
    /// A violation that nobody can confirm away.
    pub fn new(
        field: impl Into<String>,
        reason: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
            message: message.into(),
            confirmable: false,
        }
    }
}

impl From<Violation> for FieldViolation {
    fn from(violation: Violation) -> Self {
        Self {
            field: violation.field,
            reason: violation.reason.to_owned(),
            message: violation.message,
            confirmable: violation.confirmable,
        }
    }
}

impl From<Vec<Violation>> for Failure {
    fn from(violations: Vec<Violation>) -> Self {
        Self::invalid(violations.into_iter().map(FieldViolation::from).collect())
    }
}

/// `ErrorInfo.metadata` key under which the reasons stand that a person may confirm
/// away, separated by commas.
pub(super) const CONFIRMABLE: &str = "confirmable";

/// The reasons among these violations that may be confirmed, each once.
pub(super) fn confirmable_reasons(violations: &[FieldViolation]) -> Option<String> {
    let reasons: BTreeSet<&str> = violations
        .iter()
        .filter(|violation| violation.confirmable)
        .map(|violation| violation.reason.as_str())
        .collect();
    (!reasons.is_empty()).then(|| reasons.into_iter().collect::<Vec<_>>().join(","))
}
