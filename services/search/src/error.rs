//! Errors of the index.

use std::path::PathBuf;

use hedgerow_store::StoreError;

/// An error while opening, updating or searching the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("cannot open the search index in {}", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the search engine failed")]
    Engine(#[from] tantivy::TantivyError),
    #[error("cannot read the store that the search index follows")]
    Store(#[from] StoreError),
    /// A stored document lacks a field, so another program has written it.
    #[error("the search index is corrupt: a document has no {0}")]
    Damaged(&'static str),
    #[error("the search index is stopping")]
    Stopping,
    /// The caller has ended the search at a checkpoint.
    #[error("the search was interrupted by its caller")]
    Interrupted,
    /// A task on a blocking thread panicked or was cancelled.
    #[error("a task of the search index was cancelled")]
    Cancelled(#[from] tokio::task::JoinError),
}
