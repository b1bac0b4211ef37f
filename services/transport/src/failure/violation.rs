//! Violations of single fields of a request.

use std::collections::BTreeSet;

#[cfg(feature = "rules")]
use hedgerow_core::rules::Violation;

/// A problem of one field of a request (`google.rpc.BadRequest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Dotted path of the field, such as `listing.name`.
    pub field: String,
    /// Stable reason, such as `too_long`. If a confirmation must name another record, its
    /// name follows after a colon: `other_record_is_finer:event/0123`.
    pub reason: String,
    /// The problem and the way out, for people.
    pub message: String,
    /// Whether a person may confirm that the value is intended.
    pub confirmable: bool,
}

impl FieldViolation {
    /// Makes a violation that cannot be confirmed.
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

#[cfg(feature = "rules")]
impl From<Violation> for FieldViolation {
    fn from(violation: Violation) -> Self {
        Self {
            reason: violation.confirmation(),
            field: violation.field,
            message: violation.message,
            confirmable: violation.confirmable,
        }
    }
}

/// The key in `ErrorInfo.metadata` of the reasons that a person may confirm, separated by
/// commas. `google.rpc.BadRequest` has no field for it.
pub(super) const CONFIRMABLE: &str = "confirmable";

/// Returns the distinct reasons that may be confirmed, joined by commas.
pub(super) fn confirmable_reasons(violations: &[FieldViolation]) -> Option<String> {
    let reasons: BTreeSet<&str> = violations
        .iter()
        .filter(|violation| violation.confirmable)
        .map(|violation| violation.reason.as_str())
        .collect();
    (!reasons.is_empty()).then(|| reasons.into_iter().collect::<Vec<_>>().join(","))
}
