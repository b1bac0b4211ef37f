//! Maps the node's internal errors to what a caller receives.

use std::time::Duration;

use hedgerow_transport::failure::Failure;

use crate::signing::SigningError;
use crate::store::StoreError;

/// The retry delay while the host must act first, such as by making room on the disk.
const RETRY_DELAY: Duration = Duration::from_secs(60);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full(_) => {
                tracing::error!(%error, "cannot store anything: the disk is full");
                Self::unavailable(
                    "disk_full",
                    "the node's disk is full: nothing was changed. Its host must make room",
                    RETRY_DELAY,
                )
            }
            StoreError::Damaged(_) | StoreError::StoppedByDamage => Self::unavailable(
                "store_damaged",
                "the node's database is damaged: nothing was changed. Its host must restore it",
                RETRY_DELAY,
            ),
            StoreError::Newer { .. }
            | StoreError::Migration { .. }
            | StoreError::Open { .. }
            | StoreError::Inconsistent { .. }
            | StoreError::Database(_) => Self::internal(error),
        }
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Store(error) => error.into(),
            SigningError::KeyLog(_) | SigningError::Head(_) | SigningError::Tree(_) => {
                Self::internal(error)
            }
        }
    }
}
