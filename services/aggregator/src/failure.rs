//! Maps errors of the store and the index to responses. The types are of other crates, so a
//! `From` implementation is not possible here; call [`OrFailure::or_failure`] before `?`.

use std::time::Duration;

use hedgerow_search::IndexError;
use hedgerow_store::StoreError;
use hedgerow_transport::failure::Failure;

/// The reason of a failure for lack of disk space, and the limit that delays a group's head
/// meanwhile.
pub(crate) const DISK_FULL: &str = "disk_full";

/// The retry delay sent when the disk is full: an operator has to act first.
pub(crate) const DISK_FULL_RETRY: Duration = Duration::from_secs(300);

/// Converts the error of a store or index call to the response for the caller.
pub(crate) trait OrFailure<T> {
    fn or_failure(self) -> Result<T, Failure>;
}

impl<T> OrFailure<T> for Result<T, StoreError> {
    fn or_failure(self) -> Result<T, Failure> {
        self.map_err(store_failure)
    }
}

impl<T> OrFailure<T> for Result<T, IndexError> {
    fn or_failure(self) -> Result<T, Failure> {
        self.map_err(|error| match error {
            IndexError::Store(error) => store_failure(error),
            error => Failure::internal(error),
        })
    }
}

pub(crate) fn store_failure(error: StoreError) -> Failure {
    match error {
        StoreError::DiskFull => {
            tracing::error!("the disk is full: cannot store anything until there is space");
            Failure::unavailable(
                "disk_full",
                "This server has no disk space left, and nothing was stored. Try again later.",
                DISK_FULL_RETRY,
            )
        }
        error @ (StoreError::Newer { .. }
        | StoreError::Inconsistency(_)
        | StoreError::Backend(_)) => Failure::internal(error),
    }
}
