//! Secrets that the service manager passes to the program: systemd's `LoadCredential=NAME:FILE`.
//!
//! They are files in a folder of memory that only this service can read, so that a key or a
//! passphrase need not lie in the server's own folder, where backups and copies of it would have it.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The variable with the folder, as systemd sets it.
const VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// The certificate of the server in PEM form, its own first.
pub const CERTIFICATE: &str = "certificate";
/// The private key of [`CERTIFICATE`] in PEM form.
pub const CERTIFICATE_KEY: &str = "certificate-key";
/// The passphrase of encrypted backups.
pub const BACKUP_PASSPHRASE: &str = "backup-passphrase";

/// Returns the file of a credential. `None` if the manager passes no credential of that name.
#[must_use]
pub fn path(name: &str) -> Option<PathBuf> {
    find(env::var_os(VARIABLE).as_deref(), name)
}

/// Resolves a path of the configuration: one that begins with `$CREDENTIALS_DIRECTORY/` is in the
/// manager's folder, and a relative one in the server's folder.
#[must_use]
pub fn resolve(file: &Path, data_dir: &Path) -> PathBuf {
    resolve_in(env::var_os(VARIABLE).as_deref(), file, data_dir)
}

fn find(folder: Option<&OsStr>, name: &str) -> Option<PathBuf> {
    let file = Path::new(folder?).join(name);
    file.is_file().then_some(file)
}

fn resolve_in(folder: Option<&OsStr>, file: &Path, data_dir: &Path) -> PathBuf {
    match (file.strip_prefix(format!("${VARIABLE}")), folder) {
        (Ok(name), Some(folder)) => Path::new(folder).join(name),
        // Without the manager's folder, the error of a reader names the path as it was written.
        (Ok(_), None) => file.to_owned(),
        (Err(_), _) => data_dir.join(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_found_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("certificate"), "text").unwrap();
        let at = Some(folder.path().as_os_str());
        let file = folder.path().join("certificate");
        assert_eq!(find(at, CERTIFICATE), Some(file));
        assert_eq!(find(at, CERTIFICATE_KEY), None);
        assert_eq!(find(None, CERTIFICATE), None);
    }

    #[test]
    fn a_path_of_the_configuration_may_name_the_folder_of_credentials() {
        let own = Path::new("/data");
        let in_folder = |file: &str| resolve_in(Some(OsStr::new("/run/c")), Path::new(file), own);
        let credential = "$CREDENTIALS_DIRECTORY/backup-passphrase";
        assert_eq!(in_folder(credential), Path::new("/run/c/backup-passphrase"));
        assert_eq!(in_folder("secret"), Path::new("/data/secret"));
        assert_eq!(in_folder("/etc/secret"), Path::new("/etc/secret"));
        let without = resolve_in(None, Path::new(credential), own);
        assert_eq!(without, Path::new(credential));
    }
}
