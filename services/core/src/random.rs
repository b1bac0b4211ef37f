//! The randomness that callers supply, so that tests can repeat a run.

/// A source of randomness.
pub trait Random: Send + Sync {
    /// Fills the bytes with randomness fit for keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// Shorthands for every source of randomness. A trait of its own, because a generic method would
/// keep [`Random`] from being used as `dyn Random`.
pub trait RandomExt: Random {
    /// Returns `N` random bytes.
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

impl<R: Random + ?Sized> RandomExt for R {}
