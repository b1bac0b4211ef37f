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
    /// The other record that the problem is about. A confirmation must name it.
    pub about: Option<String>,
}

impl Violation {
    /// Returns what a person writes to confirm the problem: its reason, and after a colon the
    /// record that it is about, if it is about another one.
    #[must_use]
    pub fn confirmation(&self) -> String {
        match &self.about {
            Some(about) => format!("{}:{about}", self.reason),
            None => self.reason.to_owned(),
        }
    }

    /// Returns whether one of the confirmations is about this very problem.
    #[must_use]
    pub fn is_confirmed(&self, confirmed: &[String]) -> bool {
        self.confirmable
            && match &self.about {
                Some(about) => is_confirmed(confirmed, self.reason, about),
                None => confirmed.iter().any(|it| it == self.reason),
            }
    }
}

/// Returns whether a confirmation of the reason names the record. It may name several, with
/// commas between them.
pub(super) fn is_confirmed(confirmed: &[String], reason: &str, about: &str) -> bool {
    let names = confirmed.iter().filter_map(|it| {
        let (confirmed, names) = it.split_once(':')?;
        (confirmed.trim() == reason).then_some(names)
    });
    names
        .flat_map(|names| names.split(','))
        .any(|name| name.trim() == about)
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
            about: None,
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

    /// Adds a violation that a person may confirm by naming the record that it is about.
    pub(super) fn add_about(
        &mut self,
        field: impl Into<String>,
        reason: &'static str,
        about: &str,
        message: impl Into<String>,
    ) {
        self.add_confirmable(field, reason, message);
        if let Some(added) = self.list.last_mut() {
            added.about = Some(about.to_owned());
        }
    }

    pub(super) fn add_adjustment(&mut self, words: String) {
        self.adjustments.push(words);
    }

    pub(super) fn has_field(&self, field: &str) -> bool {
        self.list.iter().any(|violation| violation.field == field)
    }
}
