//! The section `[backup]` of a server's configuration.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use hedgerow_transport::limits::{OutOfRange, check_range};
use hedgerow_transport::secret_file::read_secret;
use serde::{Deserialize, Serialize};

use super::error::BackupError;
use crate::credentials;
use crate::passphrase::Passphrase;

/// The subfolder for backups that do not leave the machine.
pub const FOLDER: &str = "backups";

const HOUR: u64 = 60 * 60;
const HOURS_PER_DAY: u64 = 24;
const HOURS_PER_WEEK: u64 = 7 * HOURS_PER_DAY;

/// Days after which nothing that a group has taken back is left of it, in backups too. They are
/// kept no longer unless the operator says so.
pub const TAKEN_BACK_DAYS: u32 = 7;

/// Backups that a server makes by itself, and how long it keeps those in its folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackupSettings {
    /// The time between two backups. `None`: the server makes none by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Interval>,
    /// Where they are written: `backups` in the server's folder, or a full path.
    pub folder: PathBuf,
    /// Maximum number of backups in the folder.
    pub keep: u32,
    /// Maximum age of a backup.
    pub keep_days: u32,
    /// A file with the passphrase by which they are encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passphrase_file: Option<PathBuf>,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self {
            every: None,
            folder: PathBuf::from(FOLDER),
            keep: 7,
            keep_days: TAKEN_BACK_DAYS,
            passphrase_file: None,
        }
    }
}

impl BackupSettings {
    /// Rejects values that would lose backups, or put one into the next.
    ///
    /// # Errors
    /// With the key.
    pub fn check(&self, data_dir: &Path) -> Result<(), OutOfRange> {
        check_range(
            "backup.keep",
            self.keep.into(),
            1..=1_000,
            "must be from 1 to 1000",
        )?;
        check_range(
            "backup.keep_days",
            self.keep_days.into(),
            1..=366,
            "must be from 1 to 366; with more than 7, what groups take back stays in backups for \
             longer than a week",
        )?;
        let own = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.to_owned());
        let is_outside = self.folder.is_absolute() && !self.folder.starts_with(own);
        if !self.is_inside() && (!is_outside || self.folder.iter().any(|part| part == "..")) {
            return Err((
                "backup.folder",
                "must be \"backups\", or the full path of a folder outside of the server's own: \
                 otherwise each backup would contain the ones before it",
            ));
        }
        Ok(())
    }

    /// The folder of the backups that the server makes by itself.
    pub fn folder(&self, data_dir: &Path) -> PathBuf {
        data_dir.join(&self.folder)
    }

    /// Whether the backups stay in the server's own folder.
    pub(super) fn is_inside(&self) -> bool {
        self.folder == Path::new(FOLDER)
    }

    pub(super) fn keep_for(&self) -> Duration {
        Duration::from_secs(u64::from(self.keep_days) * HOURS_PER_DAY * HOUR)
    }

    /// Reads the passphrase, from its file or as the service manager passes it.
    ///
    /// # Errors
    /// If it cannot be read or is too short, or there is none although the backups leave the
    /// server's folder.
    pub(super) fn passphrase(&self, data_dir: &Path) -> Result<Option<Passphrase>, BackupError> {
        let named = self.passphrase_file.as_deref();
        let named = named.map(|file| credentials::resolve(file, data_dir));
        let Some(file) = named.or_else(|| credentials::path(credentials::BACKUP_PASSPHRASE)) else {
            if self.is_inside() {
                return Ok(None);
            }
            return Err(BackupError::NoPassphrase(self.folder(data_dir)));
        };
        let text = read_secret(&file).map_err(BackupError::read(&file))?;
        let passphrase = Passphrase::choose(&text);
        let passphrase = passphrase.map_err(|problem| BackupError::Passphrase { file, problem });
        passphrase.map(Some)
    }
}

/// A time between two backups, as in `every = "1 day"`: whole hours, up to a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Interval {
    hours: u64,
}

/// The error for a time between two backups that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`backup.every` is invalid: expected a time from \"1 hour\" to \"1 week\", such as \"6 hours\" \
     or \"1 day\""
)]
pub struct IntervalError;

impl Interval {
    /// The shortest.
    pub const HOUR: Self = Self { hours: 1 };
    pub const DAY: Self = Self {
        hours: HOURS_PER_DAY,
    };

    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.hours * HOUR)
    }
}

impl FromStr for Interval {
    type Err = IntervalError;

    fn from_str(text: &str) -> Result<Self, IntervalError> {
        let (count, unit) = text.trim().split_once(' ').ok_or(IntervalError)?;
        let count: u64 = count.parse().map_err(|_| IntervalError)?;
        let unit = match unit.trim() {
            "hour" | "hours" => 1,
            "day" | "days" => HOURS_PER_DAY,
            "week" | "weeks" => HOURS_PER_WEEK,
            _ => return Err(IntervalError),
        };
        let hours = count.checked_mul(unit).ok_or(IntervalError)?;
        let is_allowed = (1..=HOURS_PER_WEEK).contains(&hours);
        is_allowed.then_some(Self { hours }).ok_or(IntervalError)
    }
}

impl TryFrom<String> for Interval {
    type Error = IntervalError;

    fn try_from(text: String) -> Result<Self, IntervalError> {
        text.parse()
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self.hours {
            HOURS_PER_WEEK => (1, "week"),
            hours if hours.is_multiple_of(HOURS_PER_DAY) => (hours / HOURS_PER_DAY, "day"),
            hours => (hours, "hour"),
        };
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} {unit}{plural}")
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        interval.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<BackupSettings, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn a_time_between_backups_is_read_as_it_is_written() {
        for text in ["1 hour", "6 hours", "1 day", "3 days", "1 week"] {
            let settings = read(&format!("every = \"{text}\"")).unwrap();
            assert_eq!(settings.every.unwrap().to_string(), text);
            let written = toml::to_string(&settings).unwrap();
            assert_eq!(read(&written).unwrap(), settings);
        }
        for text in ["0 hours", "8 days", "2 weeks", "1", "day", "-1 day", "1 m"] {
            let error = read(&format!("every = \"{text}\"")).unwrap_err();
            assert!(error.to_string().contains("`backup.every` is"), "{error}");
        }
    }

    #[test]
    fn a_folder_whose_backups_would_contain_each_other_is_rejected_by_its_key() {
        let own = Path::new("/srv/node");
        for (folder, is_allowed) in [
            ("backups", true),
            ("/mnt/disk", true),
            ("../backups", false),
            ("/mnt/../srv/node", false),
            ("copies", false),
            ("/srv/node/a", false),
            ("/srv/node", false),
            ("backups/a", false),
        ] {
            let settings = read(&format!("folder = {folder:?}")).unwrap();
            let checked = settings.check(own).map_err(|(key, _)| key);
            let expected = if is_allowed {
                Ok(())
            } else {
                Err("backup.folder")
            };
            assert_eq!(checked, expected, "{folder}");
        }
        for (text, key) in [
            ("keep = 0", "backup.keep"),
            ("keep_days = 0", "backup.keep_days"),
            ("keep_days = 400", "backup.keep_days"),
        ] {
            let checked = read(text).unwrap().check(own);
            assert_eq!(checked.unwrap_err().0, key);
        }
    }

    #[test]
    fn a_folder_outside_needs_a_passphrase_of_some_length() {
        let own = tempfile::tempdir().unwrap();
        let mut settings = BackupSettings::default();
        assert!(settings.passphrase(own.path()).unwrap().is_none());
        settings.folder = PathBuf::from("/mnt/disk");
        let error = settings.passphrase(own.path()).unwrap_err().to_string();
        assert!(error.contains("backup.passphrase_file"), "{error}");
        settings.passphrase_file = Some(PathBuf::from("secret"));
        let error = settings.passphrase(own.path()).unwrap_err().to_string();
        assert!(error.contains("secret"), "{error}");
        std::fs::write(own.path().join("secret"), "kettle\n").unwrap();
        let error = settings.passphrase(own.path()).unwrap_err().to_string();
        assert!(error.contains("at least 12"), "{error}");
        std::fs::write(own.path().join("secret"), "kettle kettle\n").unwrap();
        let passphrase = settings.passphrase(own.path()).unwrap().unwrap();
        assert_eq!(passphrase.as_str(), "kettle kettle");
    }
}
