//! Violations: the problems that keep a draft from being published.

/// One problem of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field: `places[0].postcode`. Empty for the record as a whole.
    pub field: String,
    /// The stable name of the problem.
    pub reason: &'static str,
    /// The problem and what to do about it, for a volunteer.
    pub message: String,
    /// Whether the draft passes once a person confirms the reason.
    pub confirmable: bool,
}

/// Collects the violations of one draft, and the adjustments made to it.
#[derive(Debug, Default)]
pub(super) struct Violations {
    pub(super) list: Vec<Violation>,
    /// In words for the steward.
    pub(super) adjustments: Vec<String>,
}

impl Violations {
    pub(super) fn add(
        &mut self,
        field: impl Into<String>,
        reason: &'static str,
        message: impl Into<String>,
    ) {
        self.list.push(Violation {
            field: field.into(),
            reason,
            message: message.into(),
            confirmable: false,
        });
    }

    /// Adds a violation that a person may confirm as intended.
    pub(super) fn add_confirmable(
        &mut self,
        field: impl Into<String>,
        reason: &'static str,
        message: impl Into<String>,
    ) {
        self.add(field, reason, message);
        if let Some(added) = self.list.last_mut() {
            added.confirmable = true;
        }
    }

    pub(super) fn add_adjustment(&mut self, words: String) {
        self.adjustments.push(words);
    }

    pub(super) fn has_field(&self, field: &str) -> bool {
        self.list.iter().any(|violation| violation.field == field)
    }
}
