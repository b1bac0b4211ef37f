//! Groups that a source did not send and that are asked for again.

use std::collections::HashMap;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use tokio::time::Instant;

/// The shortest wait. A source may ask for a longer one, and not for a shorter.
const SHORTEST: Duration = Duration::from_secs(5);
/// No wait within a visit is longer: the sweep comes round anyway.
const LONGEST: Duration = Duration::from_secs(3_600);
/// How many groups are remembered. The sweep comes round to the others.
const MOST: usize = 1_000;

/// When which group is asked for again. Bounded, whatever a source answers.
#[derive(Debug, Default)]
pub(super) struct Again(HashMap<GroupId, Turn>);

#[derive(Debug)]
struct Turn {
    /// `None` while it is being asked for.
    at: Option<Instant>,
    /// How often it was put off in a row.
    times: u32,
}

impl Again {
    /// Puts a group off: for so long at least, and longer each time in a row.
    pub(super) fn put_off(&mut self, group: GroupId, wait: Duration, now: Instant) {
        if self.0.len() >= MOST && !self.0.contains_key(&group) {
            return;
        }
        let turn = self.0.entry(group).or_insert(Turn { at: None, times: 0 });
        let own = SHORTEST.saturating_mul(1 << turn.times.min(16));
        turn.times = turn.times.saturating_add(1);
        turn.at = Some(now + wait.max(own).min(LONGEST));
    }

    /// A group is done with.
    pub(super) fn done(&mut self, group: &GroupId) {
        self.0.remove(group);
    }

    /// The next group whose time has come. It keeps its place until it is put off again
    /// or done.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<GroupId> {
        let due = self
            .0
            .iter_mut()
            .filter(|(_, turn)| turn.at.is_some_and(|at| at <= now))
            .min_by_key(|(_, turn)| turn.at)?;
        due.1.at = None;
        Some(*due.0)
    }

    /// When the next group's time comes.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.values().filter_map(|turn| turn.at).min()
    }

    /// Whether nothing is to be asked for again.
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
    fn a_source_that_never_sends_is_asked_ever_more_rarely() {
        let mut again = Again::default();
        let mut now = Instant::now();
        let mut asked = 0;
        let end = now + Duration::from_secs(3_600);
        again.put_off(group(1), Duration::ZERO, now);
        while let Some(next) = again.next().filter(|next| *next < end) {
            now = next;
            assert_eq!(again.take_due(now), Some(group(1)));
            assert_eq!(again.take_due(now), None, "it is being asked for");
            asked += 1;
            again.put_off(group(1), Duration::ZERO, now);
        }
        assert!((5..15).contains(&asked), "{asked} times in an hour");
    }

    #[test]
    fn no_source_is_remembered_without_end() {
        let mut again = Again::default();
        let now = Instant::now();
        for number in 0..100_000 {
            again.put_off(group(number), Duration::from_secs(30), now);
        }
        assert_eq!(again.0.len(), MOST);
        again.done(&group(0));
        assert_eq!(again.0.len(), MOST - 1);
    }
}
