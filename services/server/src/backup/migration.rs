//! The backup before a new version of a program changes the database.

use std::fs;
use std::path::{Path, PathBuf};

use super::backed_up::BackedUp;
use super::error::BackupError;
use super::pack::{Options, check_room, pack};
use super::settings::FOLDER;
use super::stored::BEFORE;
use crate::private_files::create_private_dir;

/// Copies of the database that are needed at the same time: the one to check, the one in the backup,
/// and what the migration writes.
const COPIES: u64 = 3;

/// Makes a backup of a folder whose database is about to be migrated to `version`, and returns
/// its file. One of an earlier attempt is replaced: a service that starts again and again must not
/// fill the disk.
///
/// # Errors
/// If it cannot be made, with the space that it needs. The database must then stay as it is.
pub async fn pack_before_migration(
    server: &dyn BackedUp,
    folder: &Path,
    version: i64,
    options: Options<'_>,
) -> Result<PathBuf, BackupError> {
    let own = folder.join(FOLDER);
    create_private_dir(&own)?;
    let file = own.join(format!("{BEFORE}{version:04}.tar"));
    let next = own.join(format!("{BEFORE}{version:04}.next"));
    // Left by a crash. Any other problem is reported below.
    let _ = fs::remove_file(&next);
    let packed = match check_room(&own, &folder.join(server.database()), COPIES) {
        Ok(()) => pack(server, folder, &next, options).await.map(drop),
        Err(error) => Err(error.into()),
    };
    let failed = |source: anyhow::Error| BackupError::BeforeMigration {
        folder: own.clone(),
        needed_mib: size(&folder.join(server.database())) * COPIES / (1024 * 1024) + 1,
        source,
    };
    packed.map_err(failed)?;
    fs::rename(&next, &file).map_err(|error| failed(error.into()))?;
    tracing::warn!(
        "this version changes the form of the database. The form before is in {0}. To go back within \
         a week, stop the server, install the earlier version, and run `{1} --dir NEW-FOLDER backup \
         restore {0}`",
        file.display(),
        server.program()
    );
    Ok(file)
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |file| file.len())
}

#[cfg(test)]
mod tests {
    use hedgerow_core::time::Timestamp;
    use hedgerow_testkit::SeededRandom;

    use super::*;
    use crate::backup::testing::Fake;

    #[tokio::test]
    async fn without_room_for_a_backup_nothing_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("fake.sqlite");
        // A file of holes, larger than any disk here.
        let file = fs::File::create(&database).unwrap();
        file.set_len(1 << 42).unwrap();
        let options = Options {
            passphrase: None,
            random: &SeededRandom::new(1),
            now: Timestamp::from_seconds(1_800_000_000),
        };
        let server = Fake::default();
        let pack = || pack_before_migration(&server, folder.path(), 7, options);
        let error = pack().await.unwrap_err().to_string();
        for part in [
            "which is unchanged",
            "12582913 MiB",
            "go on with the earlier version",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert_eq!(fs::metadata(&database).unwrap().len(), 1 << 42);
        let own = folder.path().join(FOLDER);
        assert_eq!(fs::read_dir(&own).unwrap().count(), 0);
        file.set_len(7).unwrap();
        let made = pack().await.unwrap();
        assert_eq!(made, own.join("before-0007.tar"));
        // An attempt that was repeated replaces its backup.
        assert_eq!(pack().await.unwrap(), made);
        assert!(!own.join("before-0007.next").exists());
    }
}
