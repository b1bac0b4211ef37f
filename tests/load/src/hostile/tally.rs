//! Counts of the outcomes of an attack's operations.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Outcomes by their name, such as `accepted` or a reason. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<String, u64>>>);

impl Tally {
    pub fn count(&self, outcome: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(outcome.to_owned()).or_default() += 1;
    }

    /// Waits for the first outcome.
    pub async fn first(&self) {
        while self.line().is_empty() {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Adds the counts of another tally.
    pub fn merge(&self, other: &Self) {
        let added = other
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (outcome, count) in added {
            *counts.entry(outcome).or_default() += count;
        }
    }

    /// The outcomes in one line, the most frequent first: `accepted=12 over_quota=3`.
    pub fn line(&self) -> String {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted: Vec<_> = counts.iter().collect();
        sorted.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
        let words: Vec<_> = sorted
            .iter()
            .map(|(name, count)| format!("{name}={count}"))
            .collect();
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_sorted_by_their_count() {
        let tally = Tally::default();
        for outcome in ["b", "a", "b"] {
            tally.clone().count(outcome);
        }
        assert_eq!(tally.line(), "b=2 a=1");
    }
}
