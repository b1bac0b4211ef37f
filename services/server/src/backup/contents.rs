//! The list of a backup's files, which is its first entry.

use serde::{Deserialize, Serialize};

/// The name of the list in the archive.
pub(super) const NAME: &str = "backup.json";
/// The version of the form.
pub(super) const FORMAT: u32 = 1;
/// The longest list that is read: some ten thousand files.
pub(super) const MAX_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents {
    pub(super) format: u32,
    pub(super) program: String,
    /// Of the program that made it.
    pub(super) version: String,
    /// When, in RFC 3339.
    pub(super) made: String,
    pub(super) files: Vec<File>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// In hex.
    pub(super) sha256: String,
}
