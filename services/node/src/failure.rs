//! What callers are told when the node itself fails them.

use std::time::Duration;

use hedgerow_rpc::failure::Failure;

use crate::signing::SigningError;
use crate::store::StoreError;

/// Long enough for somebody to make room.
const COME_BACK: Duration = Duration::from_secs(60);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full(_) => {
                tracing::error!(%error, "nothing can be stored: the disk is full");
                Self::unavailable(
                    "disk_full",
                    "the node's disk is full: nothing was changed. Its host must make room",
                    COME_BACK,
                )
            }
            StoreError::Damaged(_) | StoreError::StoppedByDamage => Self::unavailable(
                "store_damaged",
                "the node's database is damaged: nothing was changed. Its host must restore it",
                COME_BACK,
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
