//! How the index fails.

use std::path::PathBuf;

use crate::store::StoreError;

/// Why the index could not be opened, followed or asked.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Its folder cannot be read or written.
    #[error("the index in {} cannot be opened", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The search engine failed.
    #[error("the search index failed")]
    Engine(#[from] tantivy::TantivyError),
    /// The store that it follows failed.
    #[error("the store that the index follows failed")]
    Store(#[from] StoreError),
    /// A document that this program did not write.
    #[error("a document of the index lacks its {0}")]
    Damaged(&'static str),
    /// A thread that worked on the index ended early.
    #[error("work on the index was broken off")]
    BrokenOff(#[from] tokio::task::JoinError),
}
