//! Errors of place packs.

use std::io;
use std::path::PathBuf;

/// Why a place pack cannot be read or built.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    /// The file cannot be opened, read or written.
    #[error("cannot read or write {path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file is not a place pack, or it is damaged.
    #[error("the place pack is invalid: {0}. Build it again with `hedgerow places import`")]
    Damaged(&'static str),
    /// A source file has a form that the import does not read.
    #[error("cannot import {path}: {reason}", path = path.display())]
    Source {
        /// The source file.
        path: PathBuf,
        /// The reason, with the way out.
        reason: String,
    },
}
