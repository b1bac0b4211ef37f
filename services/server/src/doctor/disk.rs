//! The space that is left on the disk of a folder.

use std::fs;
use std::path::Path;

use hedgerow_transport::checks::Check;

use crate::disk::free_bytes;

const NAME: &str = "disk";
const MIB: u64 = 1024 * 1024;
/// Below this, a server is about to reject changes.
const MIN_FREE: u64 = 64 * MIB;

/// Checks that changes fit, and the backup before an upgrade too, which needs three times the
/// database.
#[must_use]
pub fn check_disk(data_dir: &Path, database: &Path) -> Check {
    let free = match free_bytes(data_dir) {
        Ok(free) => free,
        Err(error) => {
            let detail = format!("cannot read the free space: {error}");
            return Check::notice(NAME, detail, "Compare with `df`.");
        }
    };
    let needed = 3 * fs::metadata(database).map_or(0, |file| file.len()) + MIN_FREE;
    let detail = format!("{} MiB free", free / MIB);
    let folder = data_dir.display();
    if free < MIN_FREE {
        let way_out = format!(
            "Make room on the disk of {folder}: a full disk stops all changes but take-backs. \
             Nothing that was published is lost."
        );
        return Check::fault(NAME, detail, way_out);
    }
    if free < needed {
        let way_out = format!(
            "Have {} MiB free on the disk of {folder} before the next upgrade: it makes a backup \
             first.",
            needed / MIB
        );
        return Check::notice(NAME, detail, way_out);
    }
    Check::good(NAME, detail)
}
