//! The work that comparing hours may take.

use std::collections::HashMap;

use hedgerow_core::id::GroupId;

/// Steps that all comparisons of one request may take. A step expands a day of a schedule or
/// compares two rows of opening hours. Four hundred offers with fourteen rows each and a weekly
/// need take less than half of them, and all of them take some 20 ms.
const MAX_STEPS: u64 = 200_000;
/// Steps that the records of one group may take, so that those of a few groups leave some for
/// the others.
const MAX_GROUP_STEPS: u64 = MAX_STEPS / 10;

/// The remaining steps of one request. Records for which none are left have unknown hours.
pub(super) struct ComparisonBudget {
    left: u64,
    used_by_group: HashMap<GroupId, u64>,
}

impl Default for ComparisonBudget {
    fn default() -> Self {
        Self {
            left: MAX_STEPS,
            used_by_group: HashMap::new(),
        }
    }
}

impl ComparisonBudget {
    /// Returns the steps that a record of the group may take.
    pub(super) fn left_for(&self, group: &GroupId) -> u64 {
        let used = self.used_by_group.get(group).copied().unwrap_or_default();
        self.left.min(MAX_GROUP_STEPS.saturating_sub(used))
    }

    pub(super) fn spend(&mut self, group: GroupId, steps: u64) {
        self.left = self.left.saturating_sub(steps);
        *self.used_by_group.entry(group).or_default() += steps;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_group_leaves_steps_for_the_others() {
        let group = |number| GroupId::from_bytes([number; 32]);
        let mut budget = ComparisonBudget::default();
        budget.spend(group(1), MAX_GROUP_STEPS);
        assert_eq!(budget.left_for(&group(1)), 0);
        assert_eq!(budget.left_for(&group(2)), MAX_GROUP_STEPS);
        for number in 2..=10 {
            budget.spend(group(number), MAX_GROUP_STEPS);
        }
        assert_eq!(budget.left_for(&group(11)), 0);
    }
}
