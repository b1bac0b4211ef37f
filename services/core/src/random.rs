//! The randomness that callers bring.

/// Where a program takes its randomness.
pub trait Random: Send + Sync {
    /// Fills the bytes with randomness fit for keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// What every source of randomness can do.
pub trait RandomExt: Random {
    /// So many random bytes.
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

impl<R: Random + ?Sized> RandomExt for R {}
