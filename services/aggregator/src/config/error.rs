//! Why there is no usable configuration.

use std::io;
use std::path::{Path, PathBuf};

use hedgerow_rpc::limits::Unfit;

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The folder has none.
    #[error(
        "there is no {} yet: run `hedgerow-aggregator init --dir {}` first, or name the \
         aggregator's folder with --dir or HEDGEROW_AGGREGATOR_DIR", file.display(), dir.display()
    )]
    Missing {
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
        "{} is not understood: {message}\n`hedgerow-aggregator init` in a new folder writes an \
         example with every key", file.display()
    )]
    Malformed {
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

impl ConfigError {
    pub(super) fn reading(dir: &Path, file: PathBuf, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing {
                file,
                dir: dir.to_owned(),
            },
            _ => Self::Unreadable { file, source },
        }
    }

    pub(super) fn value(key: &'static str, problem: &'static str) -> Self {
        Self::Value { key, problem }
    }
}
