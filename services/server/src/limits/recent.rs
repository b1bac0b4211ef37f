//! A table of recently used keys whose size is bounded.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

/// Values by keys that come from outside, such as addresses. It has at most twice
/// `generation` entries, and forgets a key between one and two times `keep` after its last use,
/// or earlier if many other keys were used since.
///
/// It has two generations. Used entries move to the younger one; when that is full or old, it
/// replaces the older one, whose entries are dropped. No pass over all entries is necessary, so
/// that a flood of new keys costs the same as a few.
#[derive(Debug)]
pub(crate) struct Recent<K, S> {
    young: HashMap<K, S>,
    old: HashMap<K, S>,
    began: Option<Instant>,
    generation: usize,
    keep: Duration,
}

impl<K: Copy + Eq + Hash, S: Default> Recent<K, S> {
    pub(crate) fn new(generation: usize, keep: Duration) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            began: None,
            generation,
            keep,
        }
    }

    /// Returns the value of a key, which begins as the default.
    pub(crate) fn entry(&mut self, key: K, now: Instant) -> &mut S {
        self.age(now);
        if self.young.len() >= self.generation && !self.young.contains_key(&key) {
            self.turn(now);
        }
        let old = &mut self.old;
        self.young
            .entry(key)
            .or_insert_with(|| old.remove(&key).unwrap_or_default())
    }

    /// Returns the value of a known key. This does not count as a use, and makes no entry.
    pub(crate) fn get(&mut self, key: &K, now: Instant) -> Option<&S> {
        self.age(now);
        self.young.get(key).or_else(|| self.old.get(key))
    }

    fn age(&mut self, now: Instant) {
        let began = *self.began.get_or_insert(now);
        let age = now.duration_since(began);
        if age >= self.keep {
            self.turn(now);
        }
        if age >= 2 * self.keep {
            self.turn(now);
        }
    }

    fn turn(&mut self, now: Instant) {
        self.old = std::mem::take(&mut self.young);
        self.began = Some(now);
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_million_keys_take_no_more_entries_than_two_generations() {
        let mut recent = Recent::<u32, u32>::new(100, KEEP);
        let now = Instant::now();
        for key in 0..1_000_000 {
            *recent.entry(key, now) = key;
            assert!(recent.len() <= 200);
        }
        assert_eq!(recent.get(&999_999, now), Some(&999_999));
        assert_eq!(recent.get(&0, now), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_in_use_outlives_a_flood_of_others() {
        let mut recent = Recent::<u32, u32>::new(100, KEEP);
        let now = Instant::now();
        *recent.entry(0, now) = 7;
        for key in 1..10_000 {
            recent.entry(key, now);
            if key % 50 == 0 {
                assert_eq!(*recent.entry(0, now), 7, "{key}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_unused_key_is_forgotten_after_a_time() {
        let mut recent = Recent::<u32, u32>::new(100, KEEP);
        *recent.entry(0, Instant::now()) = 7;
        tokio::time::advance(KEEP - Duration::from_secs(1)).await;
        assert_eq!(recent.get(&0, Instant::now()), Some(&7));
        tokio::time::advance(KEEP + Duration::from_secs(1)).await;
        recent.entry(1, Instant::now());
        tokio::time::advance(KEEP).await;
        assert_eq!(recent.get(&0, Instant::now()), None);
        tokio::time::advance(3 * KEEP).await;
        recent.get(&0, Instant::now());
        assert_eq!(recent.len(), 0);
    }
}
