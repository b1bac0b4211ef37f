//! The work that the expansion of one record's schedules may take.

use std::cell::Cell;

use super::error::RecurrenceError;

/// Steps that the schedules of one record may take. A step is a day or month that a rule is
/// tested against, or a listed date. Fifty weekly schedules with a year of occurrences take
/// less than half of them, and all of them take a few milliseconds.
pub const MAX_STEPS: u64 = 50_000;

/// The remaining steps. Counts rather than measures time, so that a schedule is too costly on
/// every machine or on none. Shared by all schedules of a record: otherwise a record could
/// multiply its budget by its schedules.
#[derive(Debug)]
pub struct Budget {
    left: Cell<u64>,
    is_exceeded: Cell<bool>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(MAX_STEPS)
    }
}

impl Budget {
    /// A budget of another size than [`MAX_STEPS`].
    #[must_use]
    pub fn new(steps: u64) -> Self {
        Self {
            left: Cell::new(steps),
            is_exceeded: Cell::new(false),
        }
    }

    /// The steps that are left; 0 once it is exceeded.
    #[must_use]
    pub fn steps_left(&self) -> u64 {
        self.left.get()
    }

    /// Spends steps. Returns false, now and from now on, if fewer are left.
    pub(super) fn spend(&self, steps: u64) -> bool {
        match self.left.get().checked_sub(steps) {
            Some(left) if !self.is_exceeded.get() => {
                self.left.set(left);
                true
            }
            _ => {
                self.left.set(0);
                self.is_exceeded.set(true);
                false
            }
        }
    }

    /// Returns an error if an expansion stopped early because the budget was exceeded.
    pub(super) fn check(&self) -> Result<(), RecurrenceError> {
        if self.is_exceeded.get() {
            Err(RecurrenceError::TooCostly)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exceeded_budget_stays_exceeded() {
        let budget = Budget::new(10);
        assert!(budget.spend(10));
        assert_eq!(budget.check(), Ok(()));
        assert!(!budget.spend(1));
        assert!(!budget.spend(0), "a later cheap step must not succeed");
        assert_eq!(budget.check(), Err(RecurrenceError::TooCostly));
    }
}
