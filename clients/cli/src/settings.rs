//! What the command remembers between runs: an aggregator and a steward file.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// Names another file than the platform's, for tests and for several groups on one machine.
pub const FILE_VARIABLE: &str = "HEDGEROW_SETTINGS";
/// A larger file is not ours.
const MAX_BYTES: u64 = 64 * 1024;

/// The remembered settings. Options and environment variables override them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The aggregator's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregator: Option<String>,
    /// The steward file, as an absolute path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steward: Option<PathBuf>,
}

impl Settings {
    /// Reads the settings of this account. Empty if none were written yet.
    ///
    /// # Errors
    /// If the file cannot be read or is malformed.
    pub fn read() -> anyhow::Result<Self> {
        file().map_or_else(|| Ok(Self::default()), |file| Self::read_from(&file))
    }

    fn read_from(file: &Path) -> anyhow::Result<Self> {
        let way_out = || {
            format!(
                "cannot read the settings in {}: correct or delete that file",
                file.display()
            )
        };
        match fs::metadata(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error).with_context(way_out),
            Ok(metadata) => {
                anyhow::ensure!(metadata.len() <= MAX_BYTES, "{}", way_out());
            }
        }
        let text = fs::read_to_string(file).with_context(way_out)?;
        serde_json::from_str(&text).with_context(way_out)
    }

    /// Writes the settings, readable by this account only, and returns their file.
    ///
    /// # Errors
    /// If this account has no folder for settings, or the file cannot be written.
    pub fn write(&self) -> anyhow::Result<PathBuf> {
        let file = file().with_context(|| {
            format!(
                "cannot find this account's folder for settings: name a file in {FILE_VARIABLE}"
            )
        })?;
        self.write_to(&file)?;
        Ok(file)
    }

    fn write_to(&self, file: &Path) -> anyhow::Result<()> {
        let what = || format!("cannot write the settings to {}", file.display());
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(what)?;
        }
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        // Written next to the file and moved, so that a crash leaves the old settings.
        let new = file.with_extension("new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&new)
            .and_then(|mut open| io::Write::write_all(&mut open, &text))
            .and_then(|()| fs::rename(&new, file))
            .with_context(what)
    }
}

/// The settings file of this account. `None` if it has no home.
pub fn file() -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(file) = variable(FILE_VARIABLE) {
        return Some(file.into());
    }
    let folder = if cfg!(windows) {
        PathBuf::from(variable("APPDATA")?)
    } else if cfg!(target_os = "macos") {
        PathBuf::from(variable("HOME")?).join("Library/Application Support")
    } else {
        let config = variable("XDG_CONFIG_HOME").map(PathBuf::from);
        match config.filter(|folder| folder.is_absolute()) {
            Some(folder) => folder,
            None => PathBuf::from(variable("HOME")?).join(".config"),
        }
    };
    Some(folder.join("hedgerow").join("settings.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_written_by_this_account_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("new/settings.json");
        assert_eq!(
            Settings::read_from(&file).expect("none"),
            Settings::default()
        );
        let settings = Settings {
            aggregator: Some("https://127.0.0.1:1".to_owned()),
            steward: Some(folder.path().join("kettle.json")),
        };
        settings.write_to(&file).expect("written");
        settings.write_to(&file).expect("written again");
        assert_eq!(Settings::read_from(&file).expect("read"), settings);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&file).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(&file, "agregator = 1").expect("written");
        let error = format!("{:#}", Settings::read_from(&file).expect_err("malformed"));
        assert!(error.contains("delete that file"), "{error}");
    }
}
