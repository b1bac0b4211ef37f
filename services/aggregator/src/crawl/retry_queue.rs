//! Groups that a source did not send and that are requested from it again.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use tokio::time::Instant;

/// The shortest wait. A source may request a longer one, but not a shorter one.
const MIN_WAIT: Duration = Duration::from_secs(5);
/// The longest wait within a session: the next sweep comes at about this time anyway.
const MAX_WAIT: Duration = Duration::from_secs(3_600);
/// The most groups in the queue, whatever a source responds. A sweep retries the others.
const MAX_GROUPS: usize = 1_000;

/// Groups to retry, each with a back-off of its own.
#[derive(Debug, Default)]
pub(super) struct RetryQueue(HashMap<GroupId, Attempt>);

#[derive(Debug)]
struct Attempt {
    /// `None` while the request is under way.
    at: Option<Instant>,
    /// Failures in a row.
    failures: u32,
}

impl RetryQueue {
    /// Schedules a group: after `wait` at least, and later with each failure in a row.
    pub(super) fn schedule(&mut self, group: GroupId, wait: Duration, now: Instant) {
        if self.0.len() >= MAX_GROUPS && !self.0.contains_key(&group) {
            return;
        }
        let attempt = self.0.entry(group).or_insert(Attempt {
            at: None,
            failures: 0,
        });
        let backoff = MIN_WAIT.saturating_mul(1 << attempt.failures.min(16));
        attempt.failures = attempt.failures.saturating_add(1);
        attempt.at = Some(now + wait.max(backoff).min(MAX_WAIT));
    }

    /// Removes a group that needs no further attempt.
    pub(super) fn remove(&mut self, group: &GroupId) {
        self.0.remove(group);
    }

    /// Takes the group that has been due longest. Its entry stays, with its count of failures,
    /// until it is scheduled again or removed.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<GroupId> {
        let (group, attempt) = self
            .0
            .iter_mut()
            .filter(|(_, attempt)| attempt.at.is_some_and(|at| at <= now))
            .min_by_key(|(_, attempt)| attempt.at)?;
        attempt.at = None;
        Some(*group)
    }

    /// Returns the time at which the next group is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.0.values().filter_map(|attempt| attempt.at).min()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(number: u32) -> GroupId {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&number.to_be_bytes());
        GroupId::from_bytes(id)
    }

    #[test]
    fn requests_to_a_source_that_never_sends_become_ever_rarer() {
        let mut queue = RetryQueue::default();
        let mut now = Instant::now();
        let mut requests = 0;
        let end = now + Duration::from_secs(3_600);
        queue.schedule(group(1), Duration::ZERO, now);
        while let Some(next) = queue.next_due().filter(|next| *next < end) {
            now = next;
            assert_eq!(queue.take_due(now), Some(group(1)));
            assert_eq!(queue.take_due(now), None, "a request is under way");
            requests += 1;
            queue.schedule(group(1), Duration::ZERO, now);
        }
        assert!((5..15).contains(&requests), "{requests} times in an hour");
    }

    #[test]
    fn the_queue_of_a_source_is_bounded() {
        let mut queue = RetryQueue::default();
        let now = Instant::now();
        for number in 0..100_000 {
            queue.schedule(group(number), Duration::from_secs(30), now);
        }
        assert_eq!(queue.0.len(), MAX_GROUPS);
        queue.remove(&group(0));
        assert_eq!(queue.0.len(), MAX_GROUPS - 1);
    }
}
