//! The backups in a server's own folder.

use std::path::Path;
use std::time::{Duration, SystemTime};

use hedgerow_core::time::Timestamp;
use hedgerow_transport::checks::Check;

use crate::backup::FOLDER;
use crate::program::command;

const NAME: &str = "backups";
/// After this, a lost disk costs more than a month of changes.
const MAX_AGE: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// Checks that there is a backup, and how old it is. One that was copied elsewhere and deleted here
/// cannot be seen, so that a missing one is no fault.
#[must_use]
pub fn check_backups((program, data_dir): (&str, &Path), now: Timestamp) -> Check {
    let command = command(program, data_dir);
    let way_out = format!("Unless you keep one elsewhere: `{command} backup make`.");
    let Some(newest) = newest(&data_dir.join(FOLDER)) else {
        return Check::notice(NAME, "none is in the folder", way_out);
    };
    let detail = format!("the newest is of {newest}");
    if now.since(newest) > MAX_AGE {
        return Check::notice(NAME, detail, way_out);
    }
    Check::good(NAME, detail)
}

/// When the newest backup was made that is not one of before an upgrade.
fn newest(folder: &Path) -> Option<Timestamp> {
    let entries = folder.read_dir().ok()?.filter_map(Result::ok);
    let made = entries.filter(|entry| {
        let name = entry.file_name();
        !name.to_string_lossy().starts_with("before-")
    });
    let times = made.filter_map(|entry| {
        let file = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let since = file.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH);
        i64::try_from(since.ok()?.as_secs()).ok()
    });
    times.max().map(Timestamp::from_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_backup_and_none_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let now = || {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            Timestamp::from_seconds(i64::try_from(since.unwrap().as_secs()).unwrap())
        };
        let check = |now| check_backups(("hedgerow-node", folder.path()), now);
        assert!(check(now()).way_out.contains("backup make"));
        let own = folder.path().join(FOLDER);
        std::fs::create_dir(&own).unwrap();
        std::fs::write(own.join("before-0012.tar"), "").unwrap();
        assert_eq!(check(now()).detail, "none is in the folder");
        std::fs::write(own.join("node.tar"), "").unwrap();
        assert_eq!(check(now()).way_out, "");
        let later = now().plus(Duration::from_secs(40 * 24 * 60 * 60));
        assert!(check(later).way_out.contains("backup make"));
    }
}
