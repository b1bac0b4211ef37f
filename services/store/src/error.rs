//! Errors of a store.

/// The result of every store operation.
pub type Result<T> = std::result::Result<T, StoreError>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer program has migrated the database.
    #[error(
        "the database in {path} was written by a newer hedgerow-aggregator (its schema is at \
         {version}, which this program does not know): install the newer program"
    )]
    Newer {
        path: String,
        /// The unknown migration.
        version: i64,
    },
    /// Writes fail until an operator frees space.
    #[error("the disk that holds the database is full: free some space; nothing was changed")]
    DiskFull,
    #[error(transparent)]
    Inconsistency(#[from] Inconsistency),
    #[error("cannot read or write the database")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// An impossible value in a row: the database is damaged or was changed by hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("corrupt row: {table}.{column} for {id}")]
pub struct Inconsistency {
    pub table: &'static str,
    pub column: &'static str,
    /// The row, or the value in hexadecimal.
    pub id: String,
}

impl Inconsistency {
    pub fn new(table: &'static str, column: &'static str, id: impl Into<String>) -> Self {
        Self {
            table,
            column,
            id: id.into(),
        }
    }
}

// Here rather than in the backend, because only the crate of `StoreError` may implement `From`
// for two foreign types.
#[cfg(feature = "sqlx")]
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        /// `SQLITE_FULL`.
        const FULL: &str = "13";
        let is_full = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| code == FULL);
        if is_full {
            Self::DiskFull
        } else {
            Self::Backend(Box::new(error))
        }
    }
}
