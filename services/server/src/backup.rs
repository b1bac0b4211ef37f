//! Backups of a server's folder: one file, made while the server runs, checked before it counts.
//!
//! The file is a tar archive. Its first entry, `backup.json`, lists the other files with their
//! hashes; then come the configuration, the keys and all else in the folder, with the database as
//! one consistent copy. Outside of the folder it is encrypted with a passphrase.

mod archive;
mod backed_up;
mod command;
mod contents;
mod error;
mod failure;
mod migration;
mod pack;
mod passphrase_prompt;
mod schedule;
mod sealed;
mod settings;
mod stored;
mod unpack;

#[cfg(test)]
mod testing;

pub use backed_up::BackedUp;
pub use command::BackupCommand;
pub use error::BackupError;
pub use failure::Failure;
pub use migration::pack_before_migration;
pub use pack::{Options, pack};
pub use schedule::Schedule;
pub use settings::{BackupSettings, FOLDER, Interval, IntervalError, TAKEN_BACK_DAYS};
pub use stored::newest;
pub use unpack::unpack;
