//! The results of the decision ladder.

use hedgerow_core::time::Timestamp;
use hedgerow_transport::failure::Failure;

/// The decision about a group that is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupDecision {
    /// It may begin here.
    Accept,
    /// The operator excluded it in advance.
    Excluded,
    /// Too much is new here: it has to wait; nothing of it is stored.
    OverQuota(Postponed),
}

/// Why a new group has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Postponed {
    /// The limit's name in the configuration.
    pub limit: &'static str,
    /// When its sender may try again.
    pub until: Timestamp,
}

/// The decision about a verified head. `newer`: it is not the head that is stored already.
#[derive(Debug)]
pub enum HeadDecision {
    /// Reject it with this error; nothing is stored.
    Reject(Failure),
    /// Reject it: a later head of the group was accepted before.
    Stale,
    /// The operator excluded the group: store at most the head itself.
    Excluded { newer: bool },
    /// It contradicts the accepted head with this envelope: store both as proof, and freeze.
    Rival { accepted: Vec<u8> },
    /// Rivals froze the group under this key: add nothing, hide what the head removes.
    Frozen { newer: bool },
    /// The group does not permit this aggregator: store at most the head itself.
    NotInvited { newer: bool },
    /// Put it in force, within the group's limits.
    Accept { newer: bool },
}
