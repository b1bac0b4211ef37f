//! Database errors, grouped by what the host can do about them.

use std::fmt::Display;

use hedgerow_core::id::GroupId;
use sqlx::migrate::MigrateError;

/// Why a store operation failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite has rolled back; the operation can be retried once there is room.
    #[error("the disk is full: make room, then try again; nothing was changed")]
    Full(#[source] sqlx::Error),
    #[error("the database is damaged: stop the node and restore its folder from a backup")]
    Damaged(#[source] sqlx::Error),
    /// An earlier operation reported damage.
    #[error("the database was found damaged: nothing is written until it is restored")]
    StoppedByDamage,
    /// A later version of the program has migrated the file.
    #[error(
        "the database {file} is newer than this program (its version is {found}, the newest known \
         here is {known}): run the newer hedgerow-node, or restore a backup made before it"
    )]
    Newer {
        file: String,
        found: i64,
        known: i64,
    },
    #[error("cannot migrate the database {file}")]
    Migration {
        file: String,
        #[source]
        source: MigrateError,
    },
    #[error("cannot open the database {file}")]
    Open {
        file: String,
        #[source]
        source: std::io::Error,
    },
    /// A stored value that its own parser rejects.
    #[error("corrupt row: {column} for {id}")]
    Inconsistent {
        /// As `TABLE.COLUMN`.
        column: &'static str,
        id: String,
    },
    #[error("a database operation failed")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the file can no longer be relied on, so that writing must stop.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_))
    }

    /// The stable, machine-readable reason.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Full(_) => "disk_full",
            Self::Damaged(_) | Self::StoppedByDamage | Self::Inconsistent { .. } => "store_damaged",
            Self::Newer { .. } => "database_newer",
            Self::Migration { .. } | Self::Open { .. } | Self::Database(_) => "store_failed",
        }
    }
}

/// Primary result codes of SQLite (<https://www.sqlite.org/rescode.html>).
mod code {
    pub(super) const IOERR: u32 = 10;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const NOTADB: u32 = 26;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let primary = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok())
            // The low byte of an extended result code is the primary one.
            .map(|code| code & 0xff);
        match primary {
            Some(code::FULL) => Self::Full(error),
            // After a failed fsync the kernel may have dropped the dirty pages, so an
            // I/O error counts as damage: the file's content is unknown.
            Some(code::CORRUPT | code::NOTADB | code::IOERR) => Self::Damaged(error),
            _ => Self::Database(error),
        }
    }
}

/// Turns a failed parse of a stored value into [`StoreError::Inconsistent`].
pub(super) fn check_column<T, E>(
    parsed: Result<T, E>,
    column: &'static str,
    id: impl Display,
) -> Result<T, StoreError> {
    parsed.map_err(|_| StoreError::Inconsistent {
        column,
        id: id.to_string(),
    })
}

/// Converts the bytes of a column, such as an id or a hash.
pub(super) fn bytes_column<T: for<'b> TryFrom<&'b [u8]>>(
    bytes: &[u8],
    column: &'static str,
    id: impl Display,
) -> Result<T, StoreError> {
    check_column(T::try_from(bytes), column, id)
}

/// Parses a column with a group's id.
pub(super) fn group_id(bytes: &[u8], column: &'static str) -> Result<GroupId, StoreError> {
    bytes_column(bytes, column, hex::encode(bytes))
}
