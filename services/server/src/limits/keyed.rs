//! State of a limit for each of many keys.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use parking_lot::Mutex;

/// The state that a limit has for each key, such as each peer. Keys come from outside, so the
/// table removes entries that have no effect any more: the one in use at once, and all others
/// when there are many.
#[derive(Debug)]
pub struct KeyedLimiter<K, S> {
    table: Mutex<Table<K, S>>,
    clean_above: usize,
}

#[derive(Debug)]
struct Table<K, S> {
    entries: HashMap<K, S>,
    clean_at: usize,
}

impl<K: Eq + Hash, S: Default> KeyedLimiter<K, S> {
    /// Makes an empty table that is cleaned when it has `clean_above` entries.
    #[must_use]
    pub fn new(clean_above: usize) -> Self {
        Self {
            table: Mutex::new(Table {
                entries: HashMap::new(),
                clean_at: clean_above,
            }),
            clean_above,
        }
    }

    /// Runs `decide` on the state of a key, which begins as the default. `is_idle` returns
    /// whether a state has the same effect as the default, so that it can be removed.
    ///
    /// The whole table is locked meanwhile: `decide` must be short.
    pub fn with<R>(
        &self,
        key: K,
        is_idle: impl Fn(&S) -> bool,
        decide: impl FnOnce(&mut S) -> R,
    ) -> R {
        let mut table = self.table.lock();
        if table.entries.len() >= table.clean_at {
            table.entries.retain(|_, state| !is_idle(state));
            // If most entries are in use, the next cleaning comes after twice as many, so that
            // a flood of keys does not cause a pass over all of them for each.
            table.clean_at = self.clean_above.max(2 * table.entries.len());
        }
        let mut entry = match table.entries.entry(key) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => entry.insert_entry(S::default()),
        };
        let result = decide(entry.get_mut());
        if is_idle(entry.get()) {
            entry.remove();
        }
        result
    }

    /// Returns the number of entries, including idle ones that have not been removed yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.lock().entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_zero(count: &u32) -> bool {
        *count == 0
    }

    #[test]
    fn an_idle_entry_is_removed_at_once() {
        let limiter = KeyedLimiter::new(10);
        assert_eq!(limiter.with("a", is_zero, |count| *count), 0);
        assert!(limiter.is_empty());
        limiter.with("a", is_zero, |count| *count += 1);
        assert_eq!(limiter.len(), 1);
        limiter.with("a", is_zero, |count| *count -= 1);
        assert!(limiter.is_empty());
    }

    #[test]
    fn a_full_table_is_cleaned_and_entries_in_use_stay() {
        let limiter = KeyedLimiter::new(10);
        let never = |_: &u32| false;
        for key in 0..9 {
            limiter.with(key, never, |count| *count = 0);
        }
        limiter.with(9, is_zero, |count| *count = 1);
        assert_eq!(limiter.len(), 10);
        limiter.with(10, is_zero, |count| *count = 1);
        assert_eq!(limiter.len(), 2);
        assert_eq!(limiter.with(9, is_zero, |count| *count), 1);
    }

    #[test]
    fn a_table_in_full_use_is_cleaned_rarely() {
        let limiter = KeyedLimiter::new(10);
        let cleanings = std::cell::Cell::new(0);
        for key in 0..1_000 {
            let is_idle = |count: &u32| {
                cleanings.set(cleanings.get() + 1);
                *count == 0
            };
            limiter.with(key, is_idle, |count| *count = 1);
        }
        assert!(cleanings.get() < 4_000, "{}", cleanings.get());
    }
}
