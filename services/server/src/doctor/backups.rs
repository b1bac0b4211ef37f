//! The backups of a server.

use std::path::Path;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_transport::checks::Check;

use crate::backup::{BackupSettings, FOLDER, Failure, TAKEN_BACK_DAYS, newest};
use crate::program::command;

const NAME: &str = "backups";
/// After this, a lost disk costs more than a month of changes.
const MAX_AGE: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// Checks that the backups of the configuration are made, and how old the newest one is. Without
/// such a line, one that was copied elsewhere and deleted here cannot be seen, so that a missing
/// one is no fault.
#[must_use]
pub fn check_backups(
    (program, data_dir): (&str, &Path),
    settings: &BackupSettings,
    now: Timestamp,
) -> Check {
    let command = command(program, data_dir);
    let folder = settings.folder(data_dir);
    // Those that a person made are in the server's own folder.
    let folders = [folder.clone(), data_dir.join(FOLDER)];
    let newest = folders
        .iter()
        .filter_map(|folder| newest(program, folder))
        .max();
    let detail = match newest {
        Some(newest) => format!("the newest is of {newest}"),
        None => "none is in the folder".to_owned(),
    };
    let Some(every) = settings.every else {
        let way_out = format!(
            "`{command} backup make` makes one. To have one each day: `every = \"1 day\"` under \
             [backup] in the configuration."
        );
        return match newest {
            Some(newest) if now.since(newest) <= MAX_AGE => Check::good(NAME, detail),
            _ => Check::notice(NAME, detail, way_out),
        };
    };
    let way_out = format!(
        "`{command} backup make` tries it now; a restart of the server tries the folder of the \
         configuration, {}.",
        folder.display()
    );
    if let Some(failure) = Failure::read(data_dir) {
        let detail = format!(
            "{detail}; the last try, at {}, failed: {}",
            failure.at, failure.error
        );
        return Check::fault(NAME, detail, way_out);
    }
    if newest.is_none_or(|newest| now.since(newest) > 2 * every.duration()) {
        let detail = format!("{detail}, although the configuration has one every {every}");
        let way_out = format!("The server makes them while it runs. {way_out}");
        return Check::fault(NAME, detail, way_out);
    }
    if settings.keep_days > TAKEN_BACK_DAYS {
        let detail = format!("{detail}; kept for {} days", settings.keep_days);
        let way_out = format!(
            "What groups take back stays in backups for as long. Tell them, or set `backup.keep_days` \
             to at most {TAKEN_BACK_DAYS}."
        );
        return Check::notice(NAME, detail, way_out);
    }
    Check::good(NAME, detail)
}

#[cfg(test)]
mod tests {
    use hedgerow_core::time::Clock as _;
    use hedgerow_transport::clock::SystemClock;
    use std::fs;

    use super::*;
    use crate::backup::Interval;

    const PROGRAM: &str = "hedgerow-node";
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn now() -> Timestamp {
        SystemClock.now()
    }

    #[test]
    fn an_old_backup_and_none_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let settings = BackupSettings::default();
        let check = |now| check_backups((PROGRAM, folder.path()), &settings, now);
        assert!(check(now()).way_out.contains("backup make"));
        let own = folder.path().join(FOLDER);
        fs::create_dir(&own).unwrap();
        fs::write(own.join("before-0012.tar"), "").unwrap();
        assert_eq!(check(now()).detail, "none is in the folder");
        fs::write(own.join("node.tar"), "").unwrap();
        assert_eq!(check(now()).way_out, "");
        let later = now().plus(DAY * 40);
        assert!(check(later).way_out.contains("backup make"));
    }

    #[test]
    fn backups_of_the_configuration_that_are_not_made_are_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let disk = tempfile::tempdir().unwrap();
        let mut settings = BackupSettings {
            every: Some(Interval::DAY),
            folder: disk.path().to_owned(),
            ..BackupSettings::default()
        };
        let start = Timestamp::from_seconds(1_800_000_000);
        let check = |settings: &BackupSettings, after| {
            check_backups((PROGRAM, folder.path()), settings, start.plus(after))
        };
        let none = check(&settings, Duration::ZERO);
        assert!(
            none.is_fault() && none.detail.contains("one every 1 day"),
            "{none:?}"
        );
        fs::write(
            disk.path().join("hedgerow-node-20270115T080000Z.backup"),
            "",
        )
        .unwrap();
        assert_eq!(check(&settings, DAY).way_out, "");
        assert!(check(&settings, DAY * 3).is_fault());
        settings.keep_days = 30;
        assert!(check(&settings, DAY).way_out.contains("at most 7"));
        settings.keep_days = 7;
        let own = folder.path().join(FOLDER);
        fs::create_dir(&own).unwrap();
        let note = "2027-01-15T09:00:00Z the disk is full\n";
        fs::write(own.join("failed.txt"), note).unwrap();
        let failed = check(&settings, DAY);
        assert!(
            failed.is_fault() && failed.detail.contains("the disk is full"),
            "{failed:?}"
        );
    }
}
