//! Problems as the rules report them.

use hedgerow_core::rules::Violation;

/// The reason for a key that the group no longer has.
pub const KEY_GONE: &str = "key_gone";

pub(super) fn problem(
    field: String,
    reason: &'static str,
    message: impl Into<String>,
) -> Violation {
    Violation {
        field,
        reason,
        message: message.into(),
        confirmable: false,
        about: None,
    }
}

/// A problem that the author may confirm as intended.
pub(super) fn question(
    field: String,
    reason: &'static str,
    message: impl Into<String>,
) -> Violation {
    Violation {
        confirmable: true,
        ..problem(field, reason, message)
    }
}
