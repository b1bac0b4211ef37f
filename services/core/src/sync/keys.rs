//! The key events of a stream. A fork is resolved before anything else is read.

use super::error::{Fork, SyncError};
use super::transfer::SyncStep;
use crate::id::GroupId;
use crate::key_log::{Appended, KeyLog, KeyLogError};

/// The key log of a stream that is being read.
pub(super) struct KeyReader {
    log: Option<KeyLog>,
    rival: Option<KeyLog>,
    expected_group: Option<GroupId>,
    limit: u32,
    received: u32,
    changed_from: Option<u32>,
}

impl KeyReader {
    pub(super) fn new(held: Option<KeyLog>, expected_group: Option<GroupId>, limit: u32) -> Self {
        Self {
            log: held,
            rival: None,
            expected_group,
            limit,
            received: 0,
            changed_from: None,
        }
    }

    pub(super) fn log(&self) -> Option<&KeyLog> {
        self.log.as_ref()
    }

    /// The index of the first event that differs from the receiver's old log.
    pub(super) fn changed_from(&self) -> Option<u32> {
        self.changed_from
    }

    pub(super) fn accept(&mut self, envelope: &[u8]) -> Result<SyncStep, SyncError> {
        self.received = self.received.saturating_add(1);
        if self.received > self.limit {
            return Err(KeyLogError::TooLong.into());
        }
        let Some(log) = &mut self.log else {
            return self.start(envelope);
        };
        if let Some(rival) = &mut self.rival {
            // An invalid later event does not undo the fork, which is proved already.
            return match rival.append(envelope) {
                Ok(_) => Ok(self.adopt_winner()),
                Err(_) => Err(self.fork()),
            };
        }
        match log.append(envelope) {
            Ok(Appended::AlreadyHeld) => Ok(SyncStep::Nothing),
            Ok(Appended::Added) if log.tip_index() >= self.limit => {
                Err(KeyLogError::TooLong.into())
            }
            Ok(Appended::Added) => {
                self.changed_from.get_or_insert(log.tip_index());
                Ok(SyncStep::KeyLog)
            }
            Err(KeyLogError::Fork { index, rival, .. }) => {
                self.rival = Some(log.branch(index, &rival)?);
                Ok(self.adopt_winner())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn start(&mut self, envelope: &[u8]) -> Result<SyncStep, SyncError> {
        let log = KeyLog::start(envelope)?;
        if self
            .expected_group
            .is_some_and(|expected| expected != log.group_id())
        {
            return Err(SyncError::WrongGroup);
        }
        self.log = Some(log);
        self.changed_from = Some(0);
        Ok(SyncStep::KeyLog)
    }

    /// Switches to the rival branch once it has set the receiver's aside.
    fn adopt_winner(&mut self) -> SyncStep {
        let (Some(log), Some(rival)) = (&self.log, &self.rival) else {
            return SyncStep::Nothing;
        };
        if !rival.sets_aside(log) {
            return SyncStep::Nothing;
        }
        let fork = log.fork_index(rival);
        self.changed_from = self.changed_from.into_iter().chain(fork).min();
        self.log = self.rival.take();
        SyncStep::KeyLog
    }

    /// Checks the key log at the end of the key events: a fork must be resolved by then.
    pub(super) fn check_resolved(&self) -> Result<(), SyncError> {
        match (&self.log, &self.rival) {
            (None, _) => Err(SyncError::KeyLogMissing),
            (Some(_), None) => Ok(()),
            (Some(log), Some(rival)) if log.sets_aside(rival) => Err(SyncError::BranchSetAside),
            (Some(_), Some(_)) => Err(self.fork()),
        }
    }

    fn fork(&self) -> SyncError {
        match (&self.log, &self.rival) {
            (Some(held), Some(rival)) => SyncError::Fork(Box::new(Fork {
                index: held.fork_index(rival).unwrap_or(0),
                held: held.clone(),
                rival: rival.clone(),
            })),
            _ => SyncError::KeyLogMissing,
        }
    }
}
