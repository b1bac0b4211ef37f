//! Errors of a delivery attempt.

use std::time::Duration;

use hedgerow_core::key_log::KeyLogError;
use hedgerow_transport::failure::{CallFailure, Failure};
use tonic::{Code, Status};

use crate::signing::SigningError;
use crate::signing::guard::StopReason;
use crate::store::StoreError;

/// Why an attempt failed. Every failure is retried; the steward sees the text as the
/// delivery's last error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeliveryError {
    #[error("{0}")]
    Call(Box<CallFailure>),
    /// The response has neither a head nor the statement that there never was one.
    #[error("it did not report what it holds of this group")]
    NoHeldHead,
    /// It holds a head that is not one of this group's.
    #[error("it reported a head that does not verify: {0}")]
    InvalidHead(&'static str),
    #[error(
        "this address now belongs to another aggregator (or its key log was replaced): \
         its receipts are not trusted. If its operator confirms that, stop the node and run \
         `hedgerow-node aggregator forget ADDRESS`"
    )]
    IdentityChanged,
    #[error("its own key log does not verify: {0}")]
    AggregatorKeyLog(KeyLogError),
    #[error("its receipt is invalid: {0}")]
    InvalidReceipt(&'static str),
    /// It repeats its requests for bodies, or sends neither requests nor a receipt.
    #[error("it did not accept the head: {0}")]
    NotAccepted(String),
    #[error("it is limiting this group for now (limit `{limit}`)")]
    Throttled { limit: String, wait: Duration },
    /// The group's signing has stopped: a retry cannot change that.
    #[error("nothing is delivered: the group's signing has stopped ({})", .0.as_str())]
    Stopped(StopReason),
    /// A newer head replaced the one being delivered.
    #[error("a newer head was signed meanwhile")]
    Superseded,
    #[error("the node's own store failed: {0}")]
    Store(#[from] StoreError),
    #[error("the node cannot read the data to deliver: {0}")]
    Feed(#[from] Failure),
    #[error("the node cannot sign: {0}")]
    Signing(#[from] SigningError),
    #[error("the stored key log does not verify: {0}")]
    KeyLog(#[from] KeyLogError),
}

impl From<Status> for DeliveryError {
    fn from(status: Status) -> Self {
        Self::Call(Box::new(CallFailure::from_status(&status)))
    }
}

impl DeliveryError {
    /// The retry delay that the aggregator has requested.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Call(failure) => failure.retry_after,
            Self::Throttled { wait, .. } => Some(*wait),
            _ => None,
        }
    }

    /// Whether the aggregator is overloaded, so that even a new head must wait. Any other
    /// retry delay refers to the head that was delivered, and a newer one may be accepted at
    /// once.
    pub(super) fn is_overload(&self) -> bool {
        let Self::Call(failure) = self else {
            return false;
        };
        matches!(failure.code, Code::ResourceExhausted | Code::Unavailable)
            && failure.retry_after.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_overload_delays_new_heads() {
        let soon = Duration::from_secs(9);
        let overload = Failure::resource_exhausted("too_many", "Too many.", soon);
        let future = Failure::failed_precondition("head_from_the_future", "Not yet.")
            .retry_after(Duration::from_secs(31_536_000));
        for (failure, is_overload) in [(overload, true), (future, false)] {
            let error = DeliveryError::from(Status::from(failure));
            assert!(error.retry_after().is_some());
            assert_eq!(error.is_overload(), is_overload);
        }
    }
}
