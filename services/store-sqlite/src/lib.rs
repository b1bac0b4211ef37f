//! The store in one SQLite file: write-ahead log, foreign keys, every commit flushed to disk.
//!
//! One task writes, over one connection; a pool of connections reads, each query or transaction
//! seeing one snapshot. Each trait of `hedgerow-store` is implemented in the module that holds
//! its SQL; writing methods send a function over a `WriteTx` to the task.

mod backup;
mod change_signal;
mod commit;
mod connection;
mod decode;
mod disk_reserve;
mod feed;
mod groups;
mod inboxes;
mod index_source;
mod insert;
mod key_log;
mod leaf_reader;
mod moderation;
mod objections;
mod records;
mod retention;
mod revision_stream;
mod sources;
mod sqlite_store;
mod staging;
mod view;
mod wal_checkpoint;
mod write_tx;
mod writer;

#[cfg(test)]
mod tests;

pub use backup::{CopySummary, check_copy, copy_database};
pub use sqlite_store::{SqliteStore, pending_migration};
