//! Who owns the files of a server's folder, and who may read them.

use std::path::Path;

use hedgerow_transport::checks::Check;

const NAME: &str = "folder";

/// Checks that the folder and its files belong to one user, and that no other user may read them.
#[cfg(unix)]
#[must_use]
pub fn check_files(data_dir: &Path) -> Check {
    let folder = data_dir.display();
    let found = match unix::find(data_dir) {
        Ok(found) => found,
        Err(error) => {
            let way_out = "Run this as the server's user: with the package, `sudo \
                           hedgerow-…-admin doctor`.";
            return Check::fault(NAME, format!("cannot read {folder}: {error}"), way_out);
        }
    };
    if let Some(file) = found.foreign {
        let (owner, file) = (found.owner, file.display());
        let detail = format!("{file} belongs to another user than the folder");
        let way_out = format!(
            "`sudo chown -R {owner} {folder}`, and run commands of the service with the script of \
             the package instead of as root."
        );
        return Check::fault(NAME, detail, way_out);
    }
    if let Some(file) = found.open {
        let detail = format!("other users of this machine may read {}", file.display());
        let way_out = format!("`chmod -R go= {folder}`: keys are in it.");
        return Check::fault(NAME, detail, way_out);
    }
    Check::good(NAME, format!("{folder}, readable by its owner only"))
}

/// Checks that the folder can be read.
#[cfg(not(unix))]
#[must_use]
pub fn check_files(data_dir: &Path) -> Check {
    let folder = data_dir.display();
    match data_dir.read_dir() {
        Ok(_) => Check::good(NAME, folder.to_string()),
        Err(error) => Check::fault(
            NAME,
            format!("cannot read {folder}: {error}"),
            "Run this as the server's user.",
        ),
    }
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::io;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::{Path, PathBuf};

    /// Most files that are looked at. An index has some hundreds.
    const MAX_FILES: usize = 10_000;

    #[derive(Debug)]
    pub(super) struct Found {
        /// The user of the folder, as `chown` accepts it.
        pub(super) owner: String,
        /// A file of another user.
        pub(super) foreign: Option<PathBuf>,
        /// The folder or a file that others may read although the folder does not keep them out.
        pub(super) open: Option<PathBuf>,
    }

    pub(super) fn find(data_dir: &Path) -> io::Result<Found> {
        let folder = fs::metadata(data_dir)?;
        let is_closed = folder.mode() & 0o077 == 0;
        let mut found = Found {
            owner: format!("{}:{}", folder.uid(), folder.gid()),
            foreign: None,
            open: None,
        };
        let mut folders = vec![data_dir.to_owned()];
        let mut left = MAX_FILES;
        while let Some(folder_path) = folders.pop() {
            for entry in fs::read_dir(&folder_path)? {
                let entry = entry?;
                left = left.saturating_sub(1);
                if left == 0 {
                    return Ok(found);
                }
                // A file may be gone between both: the server deletes some.
                let Ok(file) = entry.metadata() else { continue };
                if file.uid() != folder.uid() && found.foreign.is_none() {
                    found.foreign = Some(entry.path());
                }
                // There is nothing to read in the lock file but a version.
                let is_secret = !file.is_symlink() && entry.file_name() != "lock";
                if !is_closed && is_secret && file.mode() & 0o044 != 0 {
                    found.open.get_or_insert_with(|| entry.path());
                }
                if file.is_dir() {
                    folders.push(entry.path());
                }
            }
        }
        Ok(found)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_that_others_may_read_is_named_unless_the_folder_keeps_them_out() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let file = folder.path().join("keys.json");
        fs::write(&file, "secret").unwrap();
        mode(&file, 0o644);
        mode(folder.path(), 0o700);
        assert!(!check_files(folder.path()).is_fault());
        mode(folder.path(), 0o755);
        let check = check_files(folder.path());
        assert!(
            check.is_fault() && check.detail.contains("keys.json"),
            "{check:?}"
        );
        assert!(check.way_out.contains("chmod -R go="), "{check:?}");
        mode(&file, 0o600);
        assert!(!check_files(folder.path()).is_fault());
        assert!(check_files(Path::new("/nowhere")).is_fault());
    }
}
