//! The virtual time of peers: how much they have used, compared with others who competed.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

/// How far a peer that has used little may be ahead of those that use all they get: some ten
/// searches, which then run without delay.
const MAX_CREDIT: Duration = Duration::from_millis(100);
/// Entries at which those without effect are removed: keys come from outside.
const CLEAN_ABOVE: usize = 4_096;

/// The virtual time of each key, such as each peer. It advances by what the key uses, and does not
/// fall far behind that of the whole queue, so that an idle key saves up little time.
#[derive(Debug)]
pub(super) struct VirtualTimes<K> {
    entries: HashMap<K, Duration>,
    clean_at: usize,
}

impl<K> Default for VirtualTimes<K> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            clean_at: CLEAN_ABOVE,
        }
    }
}

impl<K: Eq + Hash> VirtualTimes<K> {
    /// Begins or resumes the time of a key whose work arrives when the queue has reached `now`. A
    /// new key has no credit, so that many new ones do not pass all that are known.
    pub(super) fn arrive(&mut self, key: K, now: Duration) {
        let min = now.saturating_sub(MAX_CREDIT);
        if self.entries.len() >= self.clean_at {
            self.entries.retain(|_, time| *time >= min);
            // Otherwise many active keys would cause a cleaning for each new one.
            self.clean_at = CLEAN_ABOVE.max(2 * self.entries.len());
        }
        let entry = self.entries.entry(key);
        entry
            .and_modify(|time| *time = min.max(*time))
            .or_insert(now);
    }

    /// The time of a key whose work has arrived.
    pub(super) fn of(&self, key: &K) -> Duration {
        self.entries.get(key).copied().unwrap_or_default()
    }

    pub(super) fn advance(&mut self, key: &K, used: Duration) {
        if let Some(time) = self.entries.get_mut(key) {
            *time += used;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_new_key_begins_now_and_a_known_one_with_a_little_credit() {
        let mut times = VirtualTimes::default();
        times.arrive("known", Duration::ZERO);
        times.arrive("known", SECOND);
        times.arrive("new", SECOND);
        assert_eq!(times.of(&"known"), SECOND - MAX_CREDIT);
        assert_eq!(times.of(&"new"), SECOND);
        times.advance(&"new", 3 * SECOND);
        times.arrive("new", 2 * SECOND);
        assert_eq!(times.of(&"new"), 4 * SECOND, "what it has used counts");
    }

    #[test]
    fn keys_without_effect_are_forgotten() {
        let mut times = VirtualTimes::default();
        for key in 0..CLEAN_ABOVE {
            times.arrive(key, Duration::ZERO);
        }
        times.advance(&7, 2 * SECOND);
        times.arrive(CLEAN_ABOVE, SECOND);
        assert_eq!(times.entries.len(), 2);
        assert_eq!(times.of(&7), 2 * SECOND);
    }
}
