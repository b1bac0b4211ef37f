//! Changes requested of a store. Each is one compare-and-swap transaction: `expected_*` is the
//! state that the change was computed from.

use std::collections::HashMap;

use hedgerow_core::head::Position;
use hedgerow_core::id::{Commitment, GroupId, PayloadHash, RecordHash};
use hedgerow_core::key_log::KeyEventEntry;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;

use crate::rows::{HeadFacts, LeafState, Throttle, Tokens};

/// The outcome of a compare-and-swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// Durable; the last revision that the change took.
    At(u64),
    /// Another change was committed first; nothing was changed.
    Superseded,
}

#[derive(Debug, Clone)]
pub struct KeyEventPut {
    pub index: u32,
    pub hash: PayloadHash,
    pub envelope: Vec<u8>,
    /// Commitment to the next recovery key; absent in a deactivation.
    pub commitment: Option<Commitment>,
}

impl From<&KeyEventEntry> for KeyEventPut {
    fn from(event: &KeyEventEntry) -> Self {
        Self {
            index: event.index,
            hash: event.hash,
            envelope: event.envelope.clone(),
            commitment: event.commitment,
        }
    }
}

/// Key events to append to a group's log.
#[derive(Debug, Clone)]
pub struct KeyEventCommit {
    pub group_id: GroupId,
    /// The previous tip; `None` starts the group.
    pub expected_tip: Option<PayloadHash>,
    /// At least one event, in order. Stored events from the first one's index on become a rival
    /// branch.
    pub events: Vec<KeyEventPut>,
    /// Whether the last event deactivates the group.
    pub ends: bool,
    /// Whether a rival branch remains that has not lost to this one.
    pub forked: bool,
    pub now: Timestamp,
}

/// Verified bodies by hash.
pub type Bodies = HashMap<RecordHash, Vec<u8>>;

/// A leaf to insert or replace.
#[derive(Debug, Clone)]
pub struct LeafPut {
    pub leaf: Leaf,
    pub state: LeafState,
}

/// A newer head with all its changes.
#[derive(Debug, Clone)]
pub struct HeadCommit {
    pub group_id: GroupId,
    pub view: View,
    /// The complete key log of a group that is not known yet; empty for a known group. A new
    /// group is committed in one step, so `bodies` must contain the body of every held leaf.
    pub new_key_log: Vec<KeyEventPut>,
    /// The tip of the key log that the head was verified with.
    pub expected_tip: PayloadHash,
    /// The current head, whole or not, that `removals` and `puts` start from.
    pub expected_head: Option<PayloadHash>,
    pub head: HeadFacts,
    pub removals: Vec<RecordName>,
    pub puts: Vec<LeafPut>,
    /// Bodies of held leaves. Other held leaves take their bodies from staging.
    pub bodies: Bodies,
    /// Sum of the lengths of all leaves of the new manifest.
    pub bytes: u64,
    /// The remaining quota for new records.
    pub tokens: Tokens,
    pub now: Timestamp,
}

/// A newer head to store without its leaves.
#[derive(Debug, Clone)]
pub struct HeadOnly {
    pub group_id: GroupId,
    pub view: View,
    /// The tip of the key log that the head was verified with.
    pub expected_tip: PayloadHash,
    pub head: HeadFacts,
    pub now: Timestamp,
}

/// A newer head that a limit throttles.
#[derive(Debug, Clone)]
pub struct ThrottledHead {
    pub group_id: GroupId,
    pub view: View,
    /// The tip of the key log that the head was verified with.
    pub expected_tip: PayloadHash,
    /// The current head, from which `hide` was computed.
    pub expected_head: Option<PayloadHash>,
    /// Envelope of the throttled head.
    pub envelope: Vec<u8>,
    pub hash: PayloadHash,
    pub position: Position,
    /// Names whose stored records are not under the throttled head.
    pub hide: Vec<RecordName>,
    pub limit: Throttle,
}

/// Evidence of a fork.
#[derive(Debug, Clone)]
pub enum Rival {
    /// Two heads under one key index.
    Head {
        key_index: u32,
        /// Envelope of the current head.
        held: Vec<u8>,
        /// Envelope of the other head.
        rival: Vec<u8>,
    },
    /// Key events that contradict the stored ones.
    KeyEvents(Vec<KeyEventPut>),
    /// A further head under a key index that is already frozen.
    None,
}

/// Rival heads or key logs.
#[derive(Debug, Clone)]
pub struct Freeze {
    pub group_id: GroupId,
    pub view: View,
    pub rival: Rival,
    /// The current head, from which `hide` was computed.
    pub expected_head: Option<PayloadHash>,
    /// Names whose stored records are not under the rival head.
    pub hide: Vec<RecordName>,
    pub now: Timestamp,
}

/// Bodies that were missing under a head.
#[derive(Debug, Clone)]
pub struct Fill {
    pub group_id: GroupId,
    pub view: View,
    pub expected_head: PayloadHash,
    /// Leaves, each held or refused.
    pub leaves: Vec<(RecordName, RecordHash, LeafState)>,
    /// Bodies of held leaves. Other held leaves take their bodies from staging.
    pub bodies: Bodies,
}

#[derive(Debug, Clone)]
pub struct Exclude {
    pub group_id: GroupId,
    /// In the operator's words.
    pub reason: String,
    pub now: Timestamp,
}

/// A view whose leaves and bodies are to be deleted.
#[derive(Debug, Clone)]
pub struct Erase {
    pub group_id: GroupId,
    pub view: View,
    /// Has no effect unless the head expired before this time.
    pub expired_before: Timestamp,
}
