//! Checks of a program's own settings and surroundings, as the `doctor` commands print them.

use std::error::Error;

use hedgerow_core::time::Timestamp;
use serde::Serialize;

use crate::error_chain::Chain;

/// A time before this program was written: a clock behind it is wrong.
const WRITTEN: Timestamp = Timestamp::from_seconds(1_793_000_000);

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Good,
    /// It works, but a person should know.
    Notice,
    Fault,
}

impl Outcome {
    /// Returns the sign at the beginning of its line.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Notice => "•",
            Self::Fault => "✗",
        }
    }
}

/// What was checked, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub outcome: Outcome,
    pub detail: String,
    /// What a person can do. Empty if all is good.
    pub way_out: String,
}

impl Check {
    /// Makes a check that found nothing to do.
    #[must_use]
    pub fn good(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            outcome: Outcome::Good,
            detail: detail.into(),
            way_out: String::new(),
        }
    }

    /// Makes a check of something that works and may surprise.
    #[must_use]
    pub fn notice(
        name: &'static str,
        detail: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self {
            outcome: Outcome::Notice,
            way_out: way_out.into(),
            ..Self::good(name, detail)
        }
    }

    /// Makes a check of something that does not work.
    #[must_use]
    pub fn fault(
        name: &'static str,
        detail: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self {
            outcome: Outcome::Fault,
            ..Self::notice(name, detail, way_out)
        }
    }

    #[must_use]
    pub fn is_fault(&self) -> bool {
        self.outcome == Outcome::Fault
    }
}

/// Checks that a clock is not behind the time at which this program was written.
#[must_use]
pub fn check_clock(now: Timestamp) -> Check {
    const NAME: &str = "clock";
    if now < WRITTEN {
        return Check::fault(
            NAME,
            format!("{now} is in the past"),
            "Set this computer's clock: certificates and signatures are checked by it.",
        );
    }
    Check::good(NAME, format!("{now} (UTC)"))
}

/// Joins an error and its causes in one line. A cause that the text already contains is left out.
#[must_use]
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for cause in Chain(error).all().map(ToString::to_string) {
        if !text.contains(&cause) {
            let separator = if text.is_empty() { "" } else { ": " };
            text = format!("{text}{separator}{cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_this_program_is_a_fault_with_a_way_out() {
        let check = check_clock(Timestamp::from_seconds(0));
        assert!(check.is_fault() && check.way_out.contains("clock"));
        assert!(!check_clock(Timestamp::from_seconds(1_800_000_000)).is_fault());
    }
}
