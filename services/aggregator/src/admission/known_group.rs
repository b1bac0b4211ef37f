//! The stored facts about a group that a further head is evaluated against.

use hedgerow_core::head::{HeadOrder, VerifiedHead, compare};
use hedgerow_core::id::PayloadHash;

/// A view of a group as it is stored. The default is a group that is not stored.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownGroup<'a> {
    /// The operator excluded it.
    pub excluded: bool,
    /// Its key log is forked.
    pub forked: bool,
    /// Key index under which rival heads froze the view.
    pub frozen_index: Option<u32>,
    /// Hash of the stored head, also if a key event ended that head.
    pub stored_hash: Option<PayloadHash>,
    /// The stored head, if it still verifies.
    pub stored: Option<&'a VerifiedHead>,
    /// The highest head ever accepted, if that is another one.
    pub highest: Option<&'a VerifiedHead>,
}

/// The place of a head among those accepted before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HeadComparison {
    Newer,
    Same,
    Older,
    /// Contradicts the accepted head with this envelope.
    Rival(Vec<u8>),
}

impl KnownGroup<'_> {
    /// Compares a head with the stored one and with the highest, which differ while a limit
    /// throttles the group or after it left.
    pub(super) fn compare(&self, new: &VerifiedHead) -> HeadComparison {
        for accepted in [self.stored, self.highest].into_iter().flatten() {
            match compare(accepted, new) {
                HeadOrder::Equivocation => {
                    return HeadComparison::Rival(accepted.envelope().to_vec());
                }
                HeadOrder::Older | HeadOrder::Unrelated => return HeadComparison::Older,
                HeadOrder::Newer | HeadOrder::Same => {}
            }
        }
        // By hash, because a stored head that no longer verifies is not compared above.
        if self.stored_hash == Some(new.hash()) {
            HeadComparison::Same
        } else {
            HeadComparison::Newer
        }
    }
}
