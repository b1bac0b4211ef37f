//! Forked key logs, and the one way in which a fork heals.

use super::KeyEventEntry;
use super::KeyLog;
use crate::id::Commitment;
use crate::phrase::commitment_to;

impl KeyLog {
    /// The first index at which two logs of one group differ; none where one continues the other,
    /// or they are of different groups.
    #[must_use]
    pub fn fork_index(&self, other: &Self) -> Option<u32> {
        if self.group_id != other.group_id {
            return None;
        }
        let mut pairs = self.events.iter().zip(&other.events);
        pairs
            .find(|(ours, theirs)| ours.hash != theirs.hash)
            .map(|(ours, _)| ours.index)
    }

    /// Whether this branch validly sets the rival aside.
    ///
    /// One of its events after the fork names the rival's tip, and up to that event the branch has
    /// revealed every recovery key to which the rival committed. Whoever holds the phrase can do
    /// so for each of its own branches; a thief of one recovery key can for none but his own, and
    /// nobody can for his. A deactivation is final and is never set aside.
    #[must_use]
    pub fn sets_aside(&self, rival: &Self) -> bool {
        let Some(fork) = self.fork_index(rival) else {
            return false;
        };
        if rival.is_ended() {
            return false;
        }
        let (ours, theirs) = (
            &self.events[fork as usize..],
            &rival.events[fork as usize..],
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

/// Where a group stands, given every branch of its key log that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution<'a> {
    /// There is one log, or one branch sets all its rivals aside.
    Settled(&'a KeyLog),
    /// Rival branches, of which none wins: the group is frozen.
    Frozen {
        /// The first index at which any two of them differ.
        index: u32,
    },
}

/// Every known branch of one group's key log; the rivals are kept, for they are the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branches {
    logs: Vec<KeyLog>,
}

impl Branches {
    /// Begins with the log that is held.
    #[must_use]
    pub fn new(log: KeyLog) -> Self {
        Self { logs: vec![log] }
    }

    /// Adds a verified log of the same group. A continuation takes the place of what it continues;
    /// a log of another group, or one that is already covered, changes nothing. Says whether
    /// anything changed.
    pub fn add(&mut self, log: KeyLog) -> bool {
        let same_line = |held: &KeyLog| held.fork_index(&log).is_none();
        if self.logs.iter().any(|held| held.group_id != log.group_id) {
            return false;
        }
        if self
            .logs
            .iter()
            .any(|held| same_line(held) && held.events.len() >= log.events.len())
        {
            return false;
        }
        self.logs.retain(|held| !same_line(held));
        self.logs.push(log);
        true
    }

    /// The branches.
    #[must_use]
    pub fn logs(&self) -> &[KeyLog] {
        &self.logs
    }

    /// Who wins, if anyone. The order in which branches became known plays no part.
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
