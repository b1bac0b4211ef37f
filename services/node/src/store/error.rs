//! What can go wrong with the database, told apart by what to do about it.

use sqlx::migrate::MigrateError;

/// Why the store did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room: nothing was changed.
    #[error("the disk is full: make room, then try again; nothing was changed")]
    Full(#[source] sqlx::Error),
    /// The file is not what was written.
    #[error("the database is damaged: stop the node and restore its folder from a backup")]
    Damaged(#[source] sqlx::Error),
    /// An earlier error told of damage; nothing is written any more.
    #[error("the database was found damaged: nothing is written until it is restored")]
    StoppedByDamage,
    /// The file's tables are of a later version than this program knows.
    #[error(
        "the database {file} is newer than this program (its version is {found}, the newest known \
         here is {known}): run the newer hedgerow-node, or restore a backup made before it"
    )]
    Newer {
        /// The file.
        file: String,
        /// Its version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// Bringing the tables up to date failed.
    #[error("the database {file} could not be brought up to date")]
    Migration {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: MigrateError,
    },
    /// The file cannot be opened.
    #[error("the database {file} cannot be opened")]
    Open {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A stored value that cannot be right.
    #[error("{table}.{column} of {id} cannot be right")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// Which row.
        id: String,
    },
    /// Any other failure of the database.
    #[error("a database operation failed")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether nothing on the disk can be relied on any more.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_))
    }

    /// A stable name of the kind of failure.
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
            .map(|code| code & 0xff);
        match primary {
            Some(code::FULL) => Self::Full(error),
            // After a failed fsync nobody knows what is on the disk.
            Some(code::CORRUPT | code::NOTADB | code::IOERR) => Self::Damaged(error),
            _ => Self::Database(error),
        }
    }
}

/// Reads a stored value by a parser of the core.
pub(super) fn consistent<T, E>(
    parsed: Result<T, E>,
    table: &'static str,
    column: &'static str,
    id: impl std::fmt::Display,
) -> Result<T, StoreError> {
    parsed.map_err(|_| StoreError::Inconsistent {
        table,
        column,
        id: id.to_string(),
    })
}
