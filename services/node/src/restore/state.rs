//! A newer state at an aggregator, and what restoring it would change.

use std::collections::HashMap;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;

use super::fetch::Fetched;

/// A verified newer state of a group at an aggregator, compared with the node's own.
#[derive(Debug)]
pub struct RemoteState {
    /// The address of the aggregator.
    pub aggregator: String,
    /// The sequence number of its head.
    pub seq: u64,
    pub issue_time: Timestamp,
    /// Changes to records, ordered by name. Empty if only the head is newer.
    pub changes: Vec<RestoreChange>,
    pub(super) group_id: GroupId,
    pub(super) head: VerifiedHead,
    pub(super) manifest: Manifest,
    pub(super) bodies: HashMap<RecordHash, Vec<u8>>,
}

impl RemoteState {
    pub(crate) fn new(fetched: Fetched, changes: Vec<RestoreChange>) -> Self {
        Self {
            aggregator: fetched.aggregator,
            seq: fetched.head.position().seq.get(),
            issue_time: fetched.head.issue_time(),
            changes,
            group_id: fetched.head.group_id(),
            head: fetched.head,
            manifest: fetched.manifest,
            bodies: fetched.bodies,
        }
    }

    /// The payload hash of its head.
    pub(crate) fn head_hash(&self) -> PayloadHash {
        self.head.hash()
    }

    /// The key event under which its head was signed.
    pub(crate) fn head_index(&self) -> u32 {
        self.head.position().key_index
    }

    /// Leaves a record out of the next head. Returns false if the state has no such record.
    pub(crate) fn leave_out(&mut self, name: &RecordName) -> bool {
        let mut changes = self.changes.iter_mut();
        let Some(change) = changes.find(|change| change.name == *name) else {
            return false;
        };
        change.effect = RestoreEffect::LeftOut;
        true
    }
}

/// A record that the restore changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreChange {
    pub name: RecordName,
    /// Its title, if its kind has one.
    pub title: Option<String>,
    pub effect: RestoreEffect,
}

/// What the restore does to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreEffect {
    /// It is added; this node does not have it.
    Added,
    /// A newer version replaces this node's.
    Replaced,
    /// It is removed; it was withdrawn after the backup.
    Removed,
    /// It was withdrawn here, and stays so.
    StaysWithdrawn,
    /// This node has an unpublished edit of it, which is kept on the node only.
    SetAside,
    /// The host has chosen to leave it out of the next head.
    LeftOut,
    /// No server has its bytes any more: it is left out of the next head.
    Lost,
}

impl RestoreEffect {
    /// Describes the effect to the host.
    pub fn words(self) -> &'static str {
        match self {
            Self::Added => "comes back",
            Self::Replaced => "is replaced by the newer version",
            Self::Removed => "is removed: it was taken back after the backup",
            Self::StaysWithdrawn => "stays taken back, as on this node",
            Self::SetAside => {
                "your waiting edit is kept on this node only; publish it again if it is right"
            }
            Self::LeftOut => "is left out, as you chose",
            Self::Lost => "cannot be fetched, and is left out",
        }
    }
}

/// A completed restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The sequence number of the new head.
    pub seq: u64,
    /// The number of records under it.
    pub records: u32,
}
