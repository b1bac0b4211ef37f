//! Why there is no usable configuration.

use std::io;
use std::path::PathBuf;

use hedgerow_rpc::limits::Unfit;

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The folder has none.
    #[error(
        "there is no {} yet: run `hedgerow-node init --dir {}` first, or name the node's folder \
         with --dir or HEDGEROW_NODE_DIR", file.display(), dir.display()
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
    #[error("{} is not understood: {message}\n`hedgerow-node init` in a new folder writes an example with every key", file.display())]
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
