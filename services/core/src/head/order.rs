//! The order of heads: key index, then `seq`; never a clock.

use std::fmt;

use super::HeadError;
use super::VerifiedHead;

/// A head's number under its key index: 1 to 2^53 − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(u64);

impl Seq {
    /// Where every key index begins.
    pub const FIRST: Self = Self(1);
    /// The last number there is. A thief who signs it is stopped by a rotation.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// Parses a number.
    pub fn new(number: u64) -> Result<Self, HeadError> {
        if (1..=Self::MAX.0).contains(&number) {
            Ok(Self(number))
        } else {
            Err(HeadError::SeqOutOfRange)
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The next number; none after the last.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.skip(1)
    }

    /// The number so many further on; none beyond the last.
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

/// Where a head stands in the order of its group and view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The index of the key event that it is signed under.
    pub key_index: u32,
    /// Its number under that index.
    pub seq: Seq,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key_index, self.seq)
    }
}

/// How a new head relates to the one held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadOrder {
    /// It comes later.
    Newer,
    /// It is the same head, whatever its envelope.
    Same,
    /// It comes earlier: a replay.
    Older,
    /// The two cannot both be honest. Their envelopes are the proof.
    Equivocation,
    /// They are of different groups or views, and nothing follows.
    Unrelated,
}

/// Compares a head with the one held.
///
/// Equivocation: two payloads at one (group, view, index, `seq`), or a head at n + 1 whose
/// previous-hash is not that of the head at n, whichever of the two is held.
#[must_use]
pub fn compare(held: &VerifiedHead, new: &VerifiedHead) -> HeadOrder {
    if held.group_id() != new.group_id() || held.view() != new.view() {
        return HeadOrder::Unrelated;
    }
    let (earlier, later, order) = match held.position().cmp(&new.position()) {
        std::cmp::Ordering::Equal if held.hash() == new.hash() => return HeadOrder::Same,
        std::cmp::Ordering::Equal => return HeadOrder::Equivocation,
        std::cmp::Ordering::Less => (held, new, HeadOrder::Newer),
        std::cmp::Ordering::Greater => (new, held, HeadOrder::Older),
    };
    let next_to_each_other = earlier.position().key_index == later.position().key_index
        && earlier.position().seq.next() == Some(later.position().seq);
    if next_to_each_other && later.previous() != Some(earlier.hash()) {
        return HeadOrder::Equivocation;
    }
    order
}
