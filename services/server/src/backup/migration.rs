//! The backup before a new version of a program changes the database.

use std::fs;
use std::path::{Path, PathBuf};

use super::backed_up::{BackedUp, FOLDER};
use super::error::BackupError;
use super::pack::{Options, pack};
use crate::private_files::create_private_dir;

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
    let file = own.join(format!("before-{version:04}.tar"));
    let next = own.join(format!("before-{version:04}.next"));
    // Left by a crash. Any other problem is reported below.
    let _ = fs::remove_file(&next);
    let packed = pack(server, folder, &next, options).await;
    let failed = |source: anyhow::Error| BackupError::BeforeMigration {
        folder: own.clone(),
        // The copy of the database, the archive that it goes into, and the migration itself.
        needed_mib: size(&folder.join(server.database())) * 3 / (1024 * 1024) + 1,
        source,
    };
    packed.map_err(failed)?;
    fs::rename(&next, &file).map_err(|error| failed(error.into()))?;
    tracing::warn!(
        "this version changes the form of the database. The form before is in {0}. To go back, stop \
         the server, install the earlier version, and run `{1} --dir NEW-FOLDER backup restore {0}`",
        file.display(),
        server.program()
    );
    Ok(file)
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |file| file.len())
}
