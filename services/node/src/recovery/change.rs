//! A change of a group's keys: what permits it, what the host chooses, and its result.

use std::path::PathBuf;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::{Commitment, GroupId};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::RecordName;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::recovery::Continuation;
use hedgerow_core::time::Timestamp;

use super::bundle::Bundle;
use super::survey::Silent;
use crate::delivery::Delivered;
use crate::restore::{RemoteState, RestoreChange};
use crate::store::HostedGroup;

/// What proves that the host may take a group over.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// The phrase itself: the key event is signed here.
    Phrase(&'a Phrase),
    /// The commitment to the first recovery key. The steward has the phrase and signs the key
    /// event on their own device.
    Commitment(Commitment),
}

/// Choices of the host.
#[derive(Clone, Debug, Default)]
pub struct RecoveryOptions {
    /// Aggregators besides the configured ones.
    pub aggregators: Vec<Endpoint>,
    /// The group, if several have a commitment of the phrase.
    pub group: Option<GroupId>,
    /// Goes on although the records cannot be fetched.
    pub without_records: bool,
    /// Rotates with this node's records, although an aggregator holds a newer head.
    pub own_records: bool,
    /// What the old machine has put into a move file.
    pub from: Option<Bundle>,
    /// Records that do not come back.
    pub leave_out: Vec<RecordName>,
}

/// A change of keys that is prepared and not applied yet.
#[derive(Debug)]
pub struct KeyChange {
    pub(super) label: String,
    /// `None` if the group is new on this node.
    pub(super) hosted: Option<HostedGroup>,
    /// The branch that goes on.
    pub(super) log: KeyLog,
    /// Absent if the steward signs the key event.
    pub(super) continuation: Option<Continuation>,
    /// Records that come from the old machine.
    pub(super) bundle: Option<Bundle>,
    pub(super) leave_out: Vec<RecordName>,
    /// Records that come from an aggregator.
    pub(super) remote: Option<RemoteState>,
    pub(super) addresses: Vec<Endpoint>,
    pub(super) silent: Vec<Silent>,
}

impl KeyChange {
    pub fn group_id(&self) -> GroupId {
        self.log.group_id()
    }

    /// The index of the next key event.
    pub fn next_index(&self) -> u32 {
        self.log.tip_index() + 1
    }

    /// The number of rival branches that the next key event sets aside.
    pub fn rivals(&self) -> usize {
        let continuation = self.continuation.as_ref();
        continuation.map_or(0, |continuation| continuation.set_aside().len())
    }

    /// Aggregators that did not answer, with the problem.
    pub fn silent(&self) -> &[Silent] {
        &self.silent
    }

    /// Where the records come from: the aggregator, and the time at which their head was signed.
    pub fn source(&self) -> Option<(&str, Timestamp)> {
        let remote = self.remote.as_ref()?;
        Some((remote.aggregator.as_str(), remote.issue_time))
    }

    /// Whether no head was signed under the newest key event, so that the records are those of the
    /// last head before it. Then that head's key index.
    pub fn ended_head(&self) -> Option<u32> {
        let index = self.remote.as_ref()?.head_index();
        (index < self.log.tip_index()).then_some(index)
    }

    /// The number of records in the move file, and whether they are as new as the newest head.
    pub fn moved_records(&self) -> Option<(usize, bool)> {
        let bundle = self.bundle.as_ref()?;
        Some((bundle.count_records(), self.bundle_is_newest()))
    }

    pub(super) fn bundle_is_newest(&self) -> bool {
        let head = self.remote.as_ref().map(RemoteState::head_hash);
        let bundle = self.bundle.as_ref();
        bundle.is_some_and(|bundle| bundle.is_of_head(head))
    }

    /// The changes to this node's records.
    pub fn changes(&self) -> &[RestoreChange] {
        self.remote.as_ref().map_or(&[], |remote| &remote.changes)
    }
}

/// A completed change of keys.
#[derive(Clone, Debug)]
pub struct KeyChanged {
    pub group_id: GroupId,
    /// The index of the key event now in force.
    pub key_index: u32,
    /// The sequence number of the new head; `None` if there was nothing to sign.
    pub seq: Option<u64>,
    /// The number of records under it.
    pub records: u32,
    /// The steward's file of a group that is new on this node.
    pub token_file: Option<PathBuf>,
    /// Whether the key event waits for the steward's signature.
    pub awaits_steward: bool,
    pub delivered: Vec<Delivered>,
}
