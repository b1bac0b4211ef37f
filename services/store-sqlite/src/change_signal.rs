//! How an operator's command lets a running aggregator know that it has changed the store
//! beside it: by a file that grows by a byte each time. To look at its length costs next to
//! nothing, so that nobody who is excluded is shown a moment longer.

use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::ErrorKind;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

/// Stands for a length that was not seen.
const UNSEEN: u64 = u64::MAX;

/// The file, and how much of it this process has heeded.
#[derive(Debug)]
pub(super) struct Notice {
    path: PathBuf,
    heeded: AtomicU64,
    /// How many doubts there have been.
    doubts: Mutex<u64>,
}

/// A look at the file, to be heeded once everything before it is read.
pub(super) struct Look {
    doubts: u64,
    length: u64,
}

impl Notice {
    /// The one beside a database.
    pub(super) fn beside(database: &Path) -> Self {
        Self {
            path: database.with_extension("notices"),
            heeded: AtomicU64::new(UNSEEN),
            doubts: Mutex::default(),
        }
    }

    /// Tells all others, now that what was changed is durable.
    pub(super) fn post(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).open(&self.path);
        match file {
            Ok(mut file) => file.write_all(b"\n"),
            // Another user's: a longer one takes its place.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let longer = usize::try_from(self.length()).map_err(|_| error)?;
                let beside = self.path.with_extension("notices.new");
                fs::write(&beside, vec![b'\n'; longer.saturating_add(1)])?;
                fs::rename(&beside, &self.path)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether others may have changed something that was not heeded.
    pub(super) fn is_heeded(&self) -> bool {
        let heeded = self.heeded.load(Ordering::Acquire);
        heeded != UNSEEN && heeded == self.length()
    }

    /// Begins to heed what others have changed: whatever is read after this look includes
    /// it.
    pub(super) fn look(&self) -> Look {
        Look {
            doubts: *self.lock(),
            length: self.length(),
        }
    }

    /// What was read after a look is known now. Where doubts came up meanwhile, they stay.
    pub(super) fn heed(&self, look: &Look) {
        let doubts = self.lock();
        if *doubts == look.doubts {
            self.heeded.store(look.length, Ordering::Release);
        }
    }

    /// It is not certain what is in the store, until it is looked at again.
    pub(super) fn doubt(&self) {
        let mut doubts = self.lock();
        *doubts += 1;
        self.heeded.store(UNSEEN, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn length(&self) -> u64 {
        match fs::metadata(&self.path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(_) => UNSEEN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_posts_is_news_until_it_is_heeded() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("aggregator.sqlite");
        let [running, command] = [(); 2].map(|()| Notice::beside(&database));
        assert!(!running.is_heeded(), "nothing was read yet");
        running.heed(&running.look());
        assert!(running.is_heeded());
        for _ in 0..2 {
            command.post().unwrap();
            assert!(!running.is_heeded());
            let look = running.look();
            running.heed(&look);
            assert!(running.is_heeded());
        }
        let look = running.look();
        command.post().unwrap();
        running.heed(&look);
        assert!(!running.is_heeded(), "it came after the look");
    }

    #[cfg(unix)]
    #[test]
    fn what_another_user_has_posted_keeps_nobody_from_posting() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let notice = Notice::beside(&folder.path().join("aggregator.sqlite"));
        notice.post().unwrap();
        notice.heed(&notice.look());
        fs::set_permissions(&notice.path, fs::Permissions::from_mode(0o400)).unwrap();
        notice.post().unwrap();
        assert!(!notice.is_heeded());
        assert_eq!(notice.length(), 2);
    }

    #[test]
    fn doubts_stay_until_everything_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let notice = Notice::beside(&folder.path().join("aggregator.sqlite"));
        notice.heed(&notice.look());
        for _ in 0..2 {
            let look = notice.look();
            notice.doubt();
            notice.heed(&look);
            assert!(!notice.is_heeded());
        }
        notice.heed(&notice.look());
        assert!(notice.is_heeded());
    }
}
