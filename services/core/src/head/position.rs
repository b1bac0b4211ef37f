//! Positions of heads: key index, then `seq`. Clocks play no part.

use std::fmt;

use super::error::HeadError;

/// A head's number under its key index: 1 to 2^53 − 1, rising with every signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(u64);

impl Seq {
    /// The lowest number, the usual one of the first head under a key index.
    pub const FIRST: Self = Self(1);
    /// The highest number. A thief who signs it blocks the group only until the next rotation.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// Checks that a number is in range.
    pub fn new(number: u64) -> Result<Self, HeadError> {
        if (1..=Self::MAX.0).contains(&number) {
            Ok(Self(number))
        } else {
            Err(HeadError::SeqOutOfRange)
        }
    }

    /// The number as messages carry it.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The next number, or `None` after [`MAX`](Self::MAX).
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.skip(1)
    }

    /// The number `numbers` further on, or `None` beyond [`MAX`](Self::MAX).
    #[must_use]
    pub fn skip(self, numbers: u64) -> Option<Self> {
        Self::new(self.0.checked_add(numbers)?).ok()
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The position of a head among those of its group and view. Sorts by key index first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The index of the key event whose key signs the head.
    pub key_index: u32,
    /// The head's number under that key index.
    pub seq: Seq,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key_index, self.seq)
    }
}
