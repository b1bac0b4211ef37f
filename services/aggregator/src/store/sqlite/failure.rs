//! SQLite's failures as the store's.

use crate::store::StoreError;

/// `SQLITE_FULL`.
const FULL: &str = "13";

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
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
