//! The file that a server is configured by, and why one cannot be used.

use std::fmt::Display;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use hedgerow_transport::limits::Unfit;

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The folder has none.
    #[error(
        "there is no {} yet: run `{program} init --dir {}` first, or name the {}'s folder with \
         --dir or {}", file.display(), dir.display(), kind(program), variable(program)
    )]
    Missing {
        /// The program that it is for, such as `hedgerow-node`.
        program: &'static str,
        /// The file looked for.
        file: PathBuf,
        /// The folder.
        dir: PathBuf,
    },
    /// It cannot be read.
    #[error("{} cannot be read", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is not TOML of the expected form. The message names line and key.
    #[error(
        "{} is not understood: {message}\n`{program} init` in a new folder writes an example with \
         every key", file.display()
    )]
    Malformed {
        /// The program that it is for.
        program: &'static str,
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A value that cannot be.
    #[error("`{key}` {problem}")]
    Value {
        /// Dotted path of the key.
        key: &'static str,
        /// What is wrong, and what would do.
        problem: &'static str,
    },
}

impl From<Unfit> for ConfigError {
    fn from((key, problem): Unfit) -> Self {
        Self::Value { key, problem }
    }
}

/// Reads the file of a program's folder, which bears the program's name.
///
/// # Errors
/// Where there is none, or it is not understood.
pub fn read<C, E: Display>(
    program: &'static str,
    dir: &Path,
    parse: impl FnOnce(&str) -> Result<C, E>,
) -> Result<C, ConfigError> {
    let file = dir.join(program).with_extension("toml");
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ConfigError::Missing {
                program,
                file,
                dir: dir.to_owned(),
            });
        }
        Err(source) => return Err(ConfigError::Unreadable { file, source }),
    };
    parse(&text).map_err(|error| ConfigError::Malformed {
        program,
        file,
        message: error.to_string(),
    })
}

/// What kind of server a program is: `node`.
fn kind(program: &str) -> &str {
    program.strip_prefix("hedgerow-").unwrap_or(program)
}

/// The variable that names its folder.
fn variable(program: &str) -> String {
    format!("{}_DIR", program.replace('-', "_").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(dir: &Path) -> Result<toml::Table, ConfigError> {
        read("hedgerow-node", dir, str::parse)
    }

    #[test]
    fn a_folder_without_a_file_says_what_to_run_and_how_to_name_another() {
        let error = read_in(Path::new("/nowhere")).unwrap_err().to_string();
        for part in [
            "/nowhere/hedgerow-node.toml",
            "`hedgerow-node init --dir /nowhere`",
            "the node's folder",
            "HEDGEROW_NODE_DIR",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }

    #[test]
    fn what_is_there_is_read_or_refused_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("hedgerow-node.toml");
        fs::write(&file, "listen = 1").unwrap();
        assert_eq!(read_in(dir.path()).unwrap().len(), 1);
        fs::write(&file, "listen = ").unwrap();
        let error = read_in(dir.path()).unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
        assert!(error.contains("`hedgerow-node init`"), "{error}");
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let error = read_in(dir.path()).unwrap_err().to_string();
        assert!(error.ends_with("cannot be read"), "{error}");
    }
}
