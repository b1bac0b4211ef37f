//! The order of two heads of a view, and equivocation.

use super::verified::VerifiedHead;

/// The relation of a new head to the stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadOrder {
    /// The new head comes later.
    Newer,
    /// Both have the same payload; their envelopes may differ.
    Same,
    /// The new head comes earlier: a replay.
    Older,
    /// The group signed two contradicting heads. Their envelopes are the proof.
    Equivocation,
    /// The heads are of different groups or views, so they have no order.
    Unrelated,
}

/// Compares a new head with the stored one, by key index and `seq`.
///
/// Equivocation: two payloads at one (group, view, index, `seq`), or a head at n + 1 whose
/// previous-hash is not that of the head at n, whichever of the two is stored.
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
    // Across a gap there is nothing to check: the heads between are unknown.
    let adjacent = earlier.position().key_index == later.position().key_index
        && earlier.position().seq.next() == Some(later.position().seq);
    if adjacent && later.previous() != Some(earlier.hash()) {
        return HeadOrder::Equivocation;
    }
    order
}
