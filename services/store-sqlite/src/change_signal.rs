//! A signal between processes that the database has changed: a file that grows by one byte with
//! each change that an operator's command makes. See decision 11.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, io};

use parking_lot::Mutex;

/// Marks a length that could not be read or that was invalidated.
const UNKNOWN: u64 = u64::MAX;

/// The signal file, and the length up to which this process has read the changes.
#[derive(Debug)]
pub(crate) struct ChangeSignal {
    path: PathBuf,
    acknowledged: AtomicU64,
    /// The number of calls of [`ChangeSignal::invalidate`].
    invalidations: Mutex<u64>,
}

/// The signal's state before a read of the database, to be acknowledged after it.
pub(crate) struct Observation {
    invalidations: u64,
    length: u64,
}

impl ChangeSignal {
    /// Uses the file next to the database, with the extension `notices`.
    pub(crate) fn new(database: &Path) -> Self {
        Self {
            path: database.with_extension("notices"),
            acknowledged: AtomicU64::new(UNKNOWN),
            invalidations: Mutex::default(),
        }
    }

    /// Signals a change to other processes. To be called when the change is durable.
    pub(crate) fn notify(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).open(&self.path);
        match file {
            Ok(mut file) => file.write_all(b"\n"),
            // The file belongs to another user, for instance because a command ran as root.
            // The directory is ours, so a longer file can replace it.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let length = usize::try_from(self.length()).map_err(|_| error)?;
                let replacement = self.path.with_extension("notices.new");
                fs::write(&replacement, vec![b'\n'; length.saturating_add(1)])?;
                fs::rename(&replacement, &self.path)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether everything that other processes have signalled was acknowledged. Costs one `stat`.
    pub(crate) fn is_current(&self) -> bool {
        let acknowledged = self.acknowledged.load(Ordering::Acquire);
        acknowledged != UNKNOWN && acknowledged == self.length()
    }

    /// Returns the current state. A later read of the database includes every change signalled
    /// until now.
    pub(crate) fn observe(&self) -> Observation {
        Observation {
            invalidations: *self.invalidations.lock(),
            length: self.length(),
        }
    }

    /// Marks the observed state as read. Has no effect if it was invalidated since.
    pub(crate) fn acknowledge(&self, observation: &Observation) {
        // Held while storing, so that an invalidation in between is not overwritten.
        let invalidations = self.invalidations.lock();
        if *invalidations == observation.invalidations {
            self.acknowledged
                .store(observation.length, Ordering::Release);
        }
    }

    /// Requires another read of the database, because the outcome of a commit is unknown.
    pub(crate) fn invalidate(&self) {
        let mut invalidations = self.invalidations.lock();
        *invalidations += 1;
        self.acknowledged.store(UNKNOWN, Ordering::Release);
    }

    fn length(&self) -> u64 {
        match fs::metadata(&self.path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(_) => UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_makes_the_signal_stale_until_it_is_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("aggregator.sqlite");
        let [running, command] = [(); 2].map(|()| ChangeSignal::new(&database));
        assert!(!running.is_current(), "nothing has been read yet");
        running.acknowledge(&running.observe());
        assert!(running.is_current());
        for _ in 0..2 {
            command.notify().unwrap();
            assert!(!running.is_current());
            let observation = running.observe();
            running.acknowledge(&observation);
            assert!(running.is_current());
        }
        let observation = running.observe();
        command.notify().unwrap();
        running.acknowledge(&observation);
        assert!(!running.is_current(), "it came after the observation");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_another_user_does_not_prevent_notifications() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let signal = ChangeSignal::new(&folder.path().join("aggregator.sqlite"));
        signal.notify().unwrap();
        signal.acknowledge(&signal.observe());
        fs::set_permissions(&signal.path, fs::Permissions::from_mode(0o400)).unwrap();
        signal.notify().unwrap();
        assert!(!signal.is_current());
        assert_eq!(signal.length(), 2);
    }

    #[test]
    fn an_invalidation_lasts_until_the_database_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let signal = ChangeSignal::new(&folder.path().join("aggregator.sqlite"));
        signal.acknowledge(&signal.observe());
        for _ in 0..2 {
            let observation = signal.observe();
            signal.invalidate();
            signal.acknowledge(&observation);
            assert!(!signal.is_current());
        }
        signal.acknowledge(&signal.observe());
        assert!(signal.is_current());
    }
}
