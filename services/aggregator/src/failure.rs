//! What a caller is told when the store fails.

use std::time::Duration;

use hedgerow_rpc::failure::Failure;

use crate::store::StoreError;

/// When to come back to a server whose disk is full: its operator has been told loudly.
const DISK_FULL_RETRY: Duration = Duration::from_secs(300);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => {
                tracing::error!("the disk is full: nothing is taken until there is room");
                Self::unavailable(
                    "disk_full",
                    "This server has no room at the moment; nothing was taken. Try again later.",
                    DISK_FULL_RETRY,
                )
            }
            error @ (StoreError::Newer { .. }
            | StoreError::Inconsistency(_)
            | StoreError::Backend(_)) => Self::internal(error),
        }
    }
}
