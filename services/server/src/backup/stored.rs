//! Finished backups in a folder: the newest, and those that are too old to be kept.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use hedgerow_core::time::Timestamp;

use super::error::BackupError;

/// The ending of an encrypted backup.
const SEALED: &str = "backup";
/// The ending of a plain one.
const PLAIN: &str = "tar";
/// The beginning of one that a new version made before it changed the database.
pub(super) const BEFORE: &str = "before-";

/// A backup, by its name alone: an encrypted one cannot be read without its passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stored {
    file: PathBuf,
    made: Timestamp,
    /// Whether its name is one of [`file_name`] for the program.
    is_named: bool,
    is_before_upgrade: bool,
}

/// The name of a backup, which sorts by time and has no character that a file system forbids.
pub(super) fn file_name(program: &str, now: Timestamp, is_encrypted: bool) -> String {
    let time: String = now
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let ending = if is_encrypted { SEALED } else { PLAIN };
    format!("{program}-{time}.{ending}")
}

/// Returns when the newest backup in a folder was made. Those of before an upgrade do not count:
/// they become old without a later one.
#[must_use]
pub fn newest(program: &str, folder: &Path) -> Option<Timestamp> {
    let stored = list(program, folder).ok()?;
    let regular = stored.iter().filter(|one| !one.is_before_upgrade);
    regular.map(|one| one.made).max()
}

/// What is deleted from a folder of backups.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prune<'a> {
    pub(super) program: &'a str,
    /// Whether the folder is the server's own, where every backup is its own, however it is named.
    pub(super) is_own: bool,
    /// Maximum number of backups.
    pub(super) keep: usize,
    /// Maximum age.
    pub(super) keep_for: Duration,
}

impl Prune<'_> {
    /// Deletes backups that are too many or too old, and returns the number of deleted ones.
    pub(super) fn run(&self, folder: &Path, now: Timestamp) -> Result<usize, BackupError> {
        let mut stored = list(self.program, folder)?;
        stored.retain(|one| self.is_own || one.is_named);
        stored.sort_by_key(|one| std::cmp::Reverse(one.made));
        let mut regular = 0;
        let mut deleted = 0;
        for one in stored {
            // One of before an upgrade is the way back, which later ones do not replace.
            regular += usize::from(!one.is_before_upgrade);
            let is_extra = !one.is_before_upgrade && regular > self.keep;
            if !is_extra && now.since(one.made) < self.keep_for {
                continue;
            }
            fs::remove_file(&one.file).map_err(BackupError::write(&one.file))?;
            tracing::info!(file = %one.file.display(), "deleted an old backup");
            deleted += 1;
        }
        Ok(deleted)
    }
}

fn list(program: &str, folder: &Path) -> Result<Vec<Stored>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(BackupError::read(folder))?,
    };
    let mut stored = Vec::new();
    for entry in entries {
        let file = entry.map_err(BackupError::read(folder))?.path();
        let ending = file.extension().and_then(|ending| ending.to_str());
        // A symbolic link is followed, so that one to another disk counts; only the link is deleted.
        let Some(metadata) = fs::metadata(&file).ok().filter(fs::Metadata::is_file) else {
            continue;
        };
        if ending != Some(SEALED) && ending != Some(PLAIN) {
            continue;
        }
        let name = file.file_stem().and_then(|name| name.to_str());
        let name = name.unwrap_or_default();
        let named = name.strip_prefix(program);
        let named = named.and_then(|rest| rest.strip_prefix('-'));
        let named = named.and_then(parse_time);
        // Copying may change the time of a file, but not its name.
        let Some(made) = named.or_else(|| modified(&metadata)) else {
            continue;
        };
        let is_before_upgrade = named.is_none() && name.starts_with(BEFORE);
        let is_named = named.is_some();
        stored.push(Stored {
            file,
            made,
            is_named,
            is_before_upgrade,
        });
    }
    Ok(stored)
}

/// Parses a time as in [`file_name`]: `20261128T014724Z`, or with digits of a second before the Z.
fn parse_time(text: &str) -> Option<Timestamp> {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    if date.len() != 8 || time.len() < 6 || !is_digits(date) || !is_digits(time) {
        return None;
    }
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let (hour, minute, second) = (&time[..2], &time[2..4], &time[4..6]);
    let time = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z");
    time.parse().ok()
}

fn modified(metadata: &fs::Metadata) -> Option<Timestamp> {
    let since = metadata.modified().ok()?;
    let since = since.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since.as_secs()).ok()?;
    Some(Timestamp::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "hedgerow-node";
    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn at(hours: u32) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000).plus(HOUR * hours)
    }

    fn make(folder: &Path, name: &str) {
        fs::write(folder.join(name), "").unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn the_name_of_a_backup_has_its_time() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest(NAME, folder.path()), None);
        assert_eq!(newest(NAME, &folder.path().join("missing")), None);
        for hours in [3, 5, 4] {
            make(folder.path(), &file_name(NAME, at(hours), hours == 5));
        }
        assert_eq!(newest(NAME, folder.path()), Some(at(5)));
        let with_millis = Timestamp::from_millis(at(6).as_millis() + 7);
        make(folder.path(), &file_name(NAME, with_millis, true));
        assert_eq!(newest(NAME, folder.path()), Some(at(6)), "to the second");
        for name in ["before-0012.tar", "node.part", "lock", "failed.txt"] {
            make(folder.path(), name);
        }
        assert_eq!(newest(NAME, folder.path()), Some(at(6)));
    }

    #[test]
    fn backups_that_are_too_many_or_too_old_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        for hours in 0..6 {
            make(folder.path(), &file_name(NAME, at(hours), true));
        }
        let kept = ["hedgerow-node.toml", "lock"];
        for name in kept {
            make(folder.path(), name);
        }
        let mut prune = Prune {
            program: NAME,
            is_own: true,
            keep: 4,
            keep_for: HOUR * 100,
        };
        assert_eq!(prune.run(folder.path(), at(6)).unwrap(), 2);
        prune.keep_for = HOUR * 3;
        assert_eq!(prune.run(folder.path(), at(6)).unwrap(), 2);
        let left = [4, 5].map(|hours| file_name(NAME, at(hours), true));
        assert_eq!(
            names(folder.path()),
            [&left[..], &kept.map(String::from)].concat()
        );
        assert_eq!(
            prune.run(folder.path(), at(9)).unwrap(),
            2,
            "the last ones too"
        );
    }

    #[test]
    fn only_backups_of_the_server_are_deleted_from_a_folder_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let others = ["before-0001.tar", "holiday.tar", "hedgerow-node-old.backup"];
        for name in others {
            make(folder.path(), name);
        }
        make(
            folder.path(),
            &file_name("hedgerow-aggregator", at(0), true),
        );
        make(folder.path(), &file_name(NAME, at(0), true));
        let mut prune = Prune {
            program: NAME,
            is_own: false,
            keep: 1,
            keep_for: HOUR,
        };
        let late = Timestamp::from_seconds(4_000_000_000);
        assert_eq!(prune.run(folder.path(), late).unwrap(), 1);
        assert_eq!(names(folder.path()).len(), 4);
        // In the server's own folder a backup may have any name, and one of before an upgrade
        // is not one of the few that are kept.
        prune.is_own = true;
        prune.keep_for = HOUR * 24 * 365 * 200;
        assert_eq!(prune.run(folder.path(), late).unwrap(), 2);
        assert!(names(folder.path()).contains(&"before-0001.tar".to_owned()));
        prune.keep_for = HOUR;
        prune.run(folder.path(), late).unwrap();
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
