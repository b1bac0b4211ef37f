//! Forked key logs, and the one way to resolve a fork.

use super::event::{KeyEventEntry, commitment_to};
use super::log::KeyLog;
use crate::id::Commitment;

impl KeyLog {
    /// The first index at which two logs of one group differ, or `None` if one continues the other
    /// or they are of different groups.
    #[must_use]
    pub fn fork_index(&self, other: &Self) -> Option<u32> {
        if self.group_id() != other.group_id() {
            return None;
        }
        let mut pairs = self.events().iter().zip(other.events());
        pairs
            .find(|(ours, theirs)| ours.hash != theirs.hash)
            .map(|(ours, _)| ours.index)
    }

    /// Rebuilds the rival branches of this log from their events, in order of index. Each event
    /// follows an event of this log or the tip of an earlier branch; others are ignored.
    #[must_use]
    pub fn rival_branches<I>(&self, envelopes: I) -> Vec<Self>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut branches: Vec<Self> = Vec::new();
        for envelope in envelopes {
            let envelope = envelope.as_ref();
            // The previous hash identifies the branch, so each event is verified only once.
            let continued = branches
                .iter_mut()
                .find(|branch| branch.parent_of(envelope) == Some(branch.tip_index()));
            if let Some(branch) = continued {
                // An invalid event proves nothing, and undoes nothing that is proved.
                let _ = branch.append(envelope);
            } else if let Some(parent) = self.parent_of(envelope)
                && let Ok(branch) = self.branch(parent + 1, envelope)
                && self.fork_index(&branch).is_some()
            {
                branches.push(branch);
            }
        }
        branches
    }

    /// Whether this branch validly sets the rival branch aside.
    ///
    /// Valid if one of its events after the fork names the rival's tip, and up to that event the
    /// branch has revealed every recovery key to which the rival committed. The owner of the phrase
    /// can do this for each of their own branches. A thief of one recovery key cannot reveal the
    /// owner's keys, nor the owner those of a thief. A deactivation is final and cannot be set
    /// aside.
    #[must_use]
    pub fn sets_aside(&self, rival: &Self) -> bool {
        let Some(fork) = self.fork_index(rival) else {
            return false;
        };
        if rival.is_ended() {
            return false;
        }
        let (ours, theirs) = (
            &self.events()[fork as usize..],
            &rival.events()[fork as usize..],
        );
        let tip = rival.tip_hash();
        let named_at =
            |(at, event): (usize, &KeyEventEntry)| event.set_aside.contains(&tip).then_some(at);
        ours.iter().enumerate().filter_map(named_at).any(|at| {
            let revealed: Vec<Commitment> = ours[..=at]
                .iter()
                .filter_map(|event| event.recovery_key.as_ref().map(commitment_to))
                .collect();
            theirs
                .iter()
                .filter_map(|event| event.commitment)
                .all(|one| revealed.contains(&one))
        })
    }
}

/// The outcome of a fork, given every known branch of the key log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution<'a> {
    /// There is one log, or one branch sets aside all its rivals.
    Settled(&'a KeyLog),
    /// There are rival branches without a winner, so the group is frozen.
    Frozen {
        /// The first index at which any two branches differ.
        index: u32,
    },
}

/// Every known branch of one group's key log. Branches set aside are kept as proof of the fork.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branches {
    logs: Vec<KeyLog>,
}

impl Branches {
    /// Starts with one log and no rivals.
    #[must_use]
    pub fn new(log: KeyLog) -> Self {
        Self { logs: vec![log] }
    }

    /// Adds a verified log of the same group and returns whether that changed anything. A
    /// continuation replaces the log that it continues; a log of another group, or the beginning
    /// of a known branch, is ignored.
    pub fn add(&mut self, log: KeyLog) -> bool {
        let same_branch = |held: &KeyLog| held.fork_index(&log).is_none();
        if self
            .logs
            .iter()
            .any(|held| held.group_id() != log.group_id())
        {
            return false;
        }
        if self
            .logs
            .iter()
            .any(|held| same_branch(held) && held.tip_index() >= log.tip_index())
        {
            return false;
        }
        self.logs.retain(|held| !same_branch(held));
        self.logs.push(log);
        true
    }

    /// The branches, in the order in which they were added.
    #[must_use]
    pub fn logs(&self) -> &[KeyLog] {
        &self.logs
    }

    /// Finds the winning branch, if there is one. The order in which branches were added does not
    /// matter.
    #[must_use]
    pub fn resolve(&self) -> Resolution<'_> {
        let wins = |log: &&KeyLog| {
            self.logs
                .iter()
                .all(|other| other.tip_hash() == log.tip_hash() || log.sets_aside(other))
        };
        if let Some(winner) = self.logs.iter().find(wins) {
            return Resolution::Settled(winner);
        }
        let forks = self.logs.iter().enumerate().flat_map(|(at, one)| {
            self.logs[at + 1..]
                .iter()
                .filter_map(|other| one.fork_index(other))
        });
        Resolution::Frozen {
            index: forks.min().unwrap_or(0),
        }
    }
}
