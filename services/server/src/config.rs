//! Reads a program's configuration file.

mod annotate;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use hedgerow_transport::limits::OutOfRange;
use serde::de::DeserializeOwned;

pub use annotate::annotate;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "there is no {} yet: run `{program} init --dir {}` first, or name the {}'s folder with \
         --dir or {}{}", file.display(), dir.display(), kind(program), variable(program),
         packaged(Path::new("/var/lib"), program)
    )]
    Missing {
        /// Such as `hedgerow-node`.
        program: &'static str,
        file: PathBuf,
        dir: PathBuf,
    },
    #[error("cannot read {}", file.display())]
    Unreadable {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "{} is invalid: {message}\n`{program} init` in a new folder writes an example with every \
         key", file.display()
    )]
    Malformed {
        program: &'static str,
        file: PathBuf,
        /// With line and key.
        message: String,
    },
    #[error(
        "`listen` must be an IP address and a port, such as \"{default}\" (this machine only) or \
         \"{}\" (the whole network)", default.replace("127.0.0.1", "0.0.0.0")
    )]
    Listen {
        /// The program's loopback default.
        default: &'static str,
    },
    #[error("`{key}` {problem}")]
    Value {
        /// Dotted path of the key.
        key: &'static str,
        /// The allowed values, as the end of a sentence.
        problem: &'static str,
    },
}

impl From<OutOfRange> for ConfigError {
    fn from((key, problem): OutOfRange) -> Self {
        Self::Value { key, problem }
    }
}

/// Returns `PROGRAM.toml` in a program's folder.
pub(crate) fn config_file(program: &str, dir: &Path) -> PathBuf {
    dir.join(program).with_extension("toml")
}

/// Reads and parses the configuration file in a program's folder.
///
/// # Errors
/// If the file does not exist, or cannot be read or parsed.
pub fn read<C: DeserializeOwned>(program: &'static str, dir: &Path) -> Result<C, ConfigError> {
    let file = config_file(program, dir);
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
    toml::from_str(&text).map_err(|error: toml::de::Error| ConfigError::Malformed {
        program,
        file,
        message: error.to_string(),
    })
}

/// Parses the `listen` key. `default` is the example in the error.
///
/// # Errors
/// If it is not an IP address with a port.
pub fn listen_address(listen: &str, default: &'static str) -> Result<SocketAddr, ConfigError> {
    listen.parse().map_err(|_| ConfigError::Listen { default })
}

/// Rejects a list that has one value twice.
///
/// # Errors
/// With the key, if a value is repeated.
pub fn check_distinct<T: PartialEq>(key: &'static str, values: &[T]) -> Result<(), OutOfRange> {
    if (1..values.len()).any(|index| values[..index].contains(&values[index])) {
        return Err((key, "must not contain an address twice: remove one of them"));
    }
    Ok(())
}

/// Rejects a reverse proxy that contradicts the rest of a configuration.
///
/// # Errors
/// With the key, if proxies have no origin to pass requests on for, or the server itself has the
/// certificate that browsers see.
pub fn check_origin(
    has_origin: bool,
    has_proxies: bool,
    has_domain: bool,
) -> Result<(), OutOfRange> {
    if has_proxies && !has_origin {
        return Err((
            "site.proxies",
            "needs `site.origin`, the address in browsers by way of these proxies",
        ));
    }
    if has_origin && has_domain {
        return Err((
            "site.origin",
            "must be left out with `domain`: browsers reach the server itself under that name",
        ));
    }
    Ok(())
}

/// Returns the kind of server that a program is, such as `node`.
fn kind(program: &str) -> &str {
    program.strip_prefix("hedgerow-").unwrap_or(program)
}

/// Returns the way to the folder of a service that a package has installed, if there is one.
fn packaged(services: &Path, program: &str) -> String {
    let folder = services.join(program);
    if !folder.is_dir() {
        return String::new();
    }
    format!(
        ". The service of this machine has the folder {}: run its commands as `sudo \
         {program}-admin COMMAND`",
        folder.display()
    )
}

/// Returns the environment variable for a program's folder.
fn variable(program: &str) -> String {
    format!("{}_DIR", program.replace('-', "_").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(dir: &Path) -> Result<toml::Table, ConfigError> {
        read("hedgerow-node", dir)
    }

    #[test]
    fn the_error_for_a_missing_file_names_the_command_and_the_folder_options() {
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
    fn the_folder_of_an_installed_service_is_named_with_the_script_for_it() {
        let services = tempfile::tempdir().unwrap();
        assert_eq!(packaged(services.path(), "hedgerow-node"), "");
        fs::create_dir(services.path().join("hedgerow-node")).unwrap();
        let advice = packaged(services.path(), "hedgerow-node");
        assert!(
            advice.contains("`sudo hedgerow-node-admin COMMAND`"),
            "{advice}"
        );
    }

    #[test]
    fn a_file_is_read_or_rejected_with_its_path() {
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
        assert!(error.starts_with("cannot read "), "{error}");
    }
}
