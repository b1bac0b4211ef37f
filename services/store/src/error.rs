//! How a store fails.

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database was written by a newer program.
    #[error(
        "the database in {path} was written by a newer hedgerow-aggregator (its schema is at \
         {version}, which this program does not know): install the newer program"
    )]
    Newer {
        /// Where it is.
        path: String,
        /// The migration that is not known here.
        version: i64,
    },
    /// There is no room on the disk. Nothing is acknowledged until there is.
    #[error("the disk that holds the database is full: free some space; nothing was changed")]
    DiskFull,
    /// A row that cannot be right.
    #[error(transparent)]
    Inconsistency(#[from] Inconsistency),
    /// The database failed.
    #[error("the database failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A row that cannot be right: the database was damaged or changed by hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table}.{column} of {id} holds a value that cannot be right")]
pub struct Inconsistency {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// Which row.
    pub id: String,
}

impl Inconsistency {
    /// A value of this column that cannot be right.
    pub fn new(table: &'static str, column: &'static str, id: impl Into<String>) -> Self {
        Self {
            table,
            column,
            id: id.into(),
        }
    }
}

#[cfg(feature = "sqlx")]
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        /// `SQLITE_FULL`.
        const FULL: &str = "13";
        let full = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| code == FULL);
        if full {
            Self::DiskFull
        } else {
            Self::Backend(Box::new(error))
        }
    }
}
