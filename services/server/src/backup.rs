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
mod migration;
mod pack;
mod sealed;
mod unpack;

pub use backed_up::{BackedUp, FOLDER};
pub use command::BackupCommand;
pub use error::BackupError;
pub use migration::pack_before_migration;
pub use pack::{Options, pack};
pub use unpack::unpack;
