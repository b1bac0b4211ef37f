//! What a store is asked to change. Each is one transaction that compares before it
//! swaps: `expected_*` is what the change was worked out from.

use std::collections::HashMap;

use hedgerow_core::head::Position;
use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::id::Root;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;

use super::rows::Throttle;
use super::rows::Tokens;

/// How a change went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// Done, durably; the last revision that it took.
    At(u64),
    /// Something else was committed meanwhile; nothing was changed.
    Superseded,
}

/// A key event to add.
#[derive(Debug, Clone)]
pub struct KeyEventPut {
    /// Its index.
    pub index: u32,
    /// Its payload hash.
    pub hash: PayloadHash,
    /// Its envelope.
    pub envelope: Vec<u8>,
    /// What it commits to; absent in a deactivation.
    pub commitment: Option<Commitment>,
}

/// Key events to add to a group's log.
#[derive(Debug, Clone)]
pub struct KeyEventCommit {
    /// The group.
    pub group_id: GroupId,
    /// The tip held before; `None` starts the group.
    pub expected_tip: Option<PayloadHash>,
    /// The events, at least one, in order. What is held from the first one's index on
    /// becomes a rival branch.
    pub events: Vec<KeyEventPut>,
    /// Whether the last one deactivates the group.
    pub ends: bool,
    /// Whether a rival branch is left that is not set aside.
    pub forked: bool,
    /// When.
    pub now: Timestamp,
}

/// A head to hold.
#[derive(Debug, Clone)]
pub struct NewHead {
    /// Its envelope.
    pub envelope: Vec<u8>,
    /// Its payload hash.
    pub hash: PayloadHash,
    /// Key index and seq.
    pub position: Position,
    /// Root over the leaves.
    pub root: Root,
    /// How many leaves.
    pub count: u32,
    /// When it was signed.
    pub issue_time: Timestamp,
    /// When it goes stale.
    pub expire_time: Timestamp,
    /// The endpoint that it names, as an address with pin.
    pub endpoint: Option<String>,
    /// Whether it permits this aggregator to index.
    pub invited: bool,
}

/// What is kept of a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafState {
    /// The body is at hand, staged or held.
    Held,
    /// The body is missing.
    Wanted,
    /// The body is not kept.
    Refused {
        /// A stable reason.
        reason: String,
        /// In words.
        detail: String,
    },
}

/// Bodies by their hash, each verified.
pub type Bodies = HashMap<RecordHash, Vec<u8>>;

/// A leaf to put.
#[derive(Debug, Clone)]
pub struct LeafPut {
    /// The leaf.
    pub leaf: Leaf,
    /// What is kept of it.
    pub state: LeafState,
}

/// A newer head with all that it changes.
#[derive(Debug, Clone)]
pub struct HeadCommit {
    /// The group.
    pub group_id: GroupId,
    /// The view.
    pub view: View,
    /// The whole key log of a group of which nothing is known: it begins with this head at
    /// once. Every body that is held then is at hand. Empty for a group that is known.
    pub begins: Vec<KeyEventPut>,
    /// The key-log tip that the head was verified under.
    pub expected_tip: PayloadHash,
    /// The head held, whole or not, that removals and puts start from.
    pub expected_head: Option<PayloadHash>,
    /// The head.
    pub head: NewHead,
    /// Names to remove.
    pub removals: Vec<RecordName>,
    /// Leaves to put.
    pub puts: Vec<LeafPut>,
    /// Bodies at hand of leaves that are put as held. Of the others what is staged is taken.
    pub bodies: Bodies,
    /// Lengths of all leaves of the new manifest together.
    pub bytes: u64,
    /// What is left of the allowance for new records.
    pub tokens: Tokens,
    /// When.
    pub now: Timestamp,
}

/// A newer head to hold without anything under it.
#[derive(Debug, Clone)]
pub struct HeadOnly {
    /// The group.
    pub group_id: GroupId,
    /// The view.
    pub view: View,
    /// The key-log tip that the head was verified under.
    pub expected_tip: PayloadHash,
    /// The head.
    pub head: NewHead,
    /// When.
    pub now: Timestamp,
}

/// A newer head that a limit holds back.
#[derive(Debug, Clone)]
pub struct ThrottledHead {
    /// The group.
    pub group_id: GroupId,
    /// The view.
    pub view: View,
    /// The key-log tip that the head was verified under.
    pub expected_tip: PayloadHash,
    /// The head held, from which `hide` was worked out.
    pub expected_head: Option<PayloadHash>,
    /// Envelope of the head held back.
    pub envelope: Vec<u8>,
    /// Its payload hash.
    pub hash: PayloadHash,
    /// Its position.
    pub position: Position,
    /// Names held whose present bytes are not under it.
    pub hide: Vec<RecordName>,
    /// The limit.
    pub limit: Throttle,
}

/// What rivals what.
#[derive(Debug, Clone)]
pub enum Rival {
    /// Two heads.
    Head {
        /// Key index of both.
        key_index: u32,
        /// Envelope of the one held.
        held: Vec<u8>,
        /// Envelope of the other.
        rival: Vec<u8>,
    },
    /// Key events beside the ones held.
    KeyEvents(Vec<KeyEventPut>),
    /// A further head under a key index that is frozen already.
    None,
}

/// Rival heads or key logs.
#[derive(Debug, Clone)]
pub struct Freeze {
    /// The group.
    pub group_id: GroupId,
    /// The view.
    pub view: View,
    /// What was found.
    pub rival: Rival,
    /// The head held, from which `hide` was worked out.
    pub expected_head: Option<PayloadHash>,
    /// Names held whose present bytes the other lacks.
    pub hide: Vec<RecordName>,
    /// When.
    pub now: Timestamp,
}

/// Bodies that were missing.
#[derive(Debug, Clone)]
pub struct Fill {
    /// The group.
    pub group_id: GroupId,
    /// The view.
    pub view: View,
    /// The head under which they are.
    pub expected_head: PayloadHash,
    /// Leaves, each held or refused.
    pub leaves: Vec<(RecordName, RecordHash, LeafState)>,
    /// Bodies at hand of leaves that are held then. Of the others what is staged is taken.
    pub bodies: Bodies,
}

/// An exclusion.
#[derive(Debug, Clone)]
pub struct Exclude {
    /// The group.
    pub group_id: GroupId,
    /// In the operator's words.
    pub reason: String,
    /// When.
    pub now: Timestamp,
}

/// A view to erase.
#[derive(Debug, Clone)]
pub struct Erase {
    /// The group.
    pub group_id: GroupId,
    /// The view.
    pub view: View,
    /// Only if its head expired before this.
    pub expired_before: Timestamp,
}

/// A body, or a verdict on one, to keep for a commit to come.
#[derive(Debug, Clone)]
pub struct Staged {
    /// The record's hash.
    pub record_hash: RecordHash,
    /// The name inside the record, where it could be read.
    pub name: Option<RecordName>,
    /// What was decided.
    pub verdict: Verdict,
}

/// What was decided about a body.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Keep these bytes.
    Keep(Vec<u8>),
    /// Refuse it.
    Refuse {
        /// A stable reason.
        reason: String,
        /// In words.
        detail: String,
    },
}
