//! Why a round to an aggregator did not end with a receipt.

use std::time::Duration;

use hedgerow_core::key_log::KeyLogError;
use hedgerow_rpc::failure::CallFailure;
use hedgerow_rpc::failure::Failure;
use tonic::Code;
use tonic::Status;

use crate::signing::SigningError;
use crate::store::StoreError;

/// Why a round failed. It is tried again, whatever it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeliveryError {
    /// The call failed.
    #[error("{0}")]
    Call(Box<CallFailure>),
    /// It answered, but not the question.
    #[error("it did not say what it holds of this group")]
    NoAnswer,
    /// It holds a head that is none of this group's.
    #[error("it named a head that does not verify: {0}")]
    BadHead(&'static str),
    /// It is not who it was.
    #[error(
        "another aggregator answers at this address than before (or its key log was replaced): \
         its receipts are not trusted. If its operator confirms that, stop the node and run \
         `hedgerow-node aggregator forget ADDRESS`"
    )]
    Changed,
    /// Its own key log does not verify.
    #[error("its own key log does not verify: {0}")]
    ItsKeyLog(KeyLogError),
    /// Its receipt does not count.
    #[error("its receipt does not count: {0}")]
    Receipt(&'static str),
    /// It asks for the same bodies again and again, or for nothing, without a receipt.
    #[error("it did not take the head: {0}")]
    NotTaken(String),
    /// A limit of its own, until a time that it named.
    #[error("it holds changes back for now (limit `{limit}`)")]
    Throttled {
        /// Which.
        limit: String,
        /// For how long.
        wait: Duration,
    },
    /// A newer head replaced the one that was being brought.
    #[error("a newer head came meanwhile")]
    Superseded,
    /// The node's own store.
    #[error("the node's own store failed: {0}")]
    Store(#[from] StoreError),
    /// The node's own reading.
    #[error("the node could not read what it was to bring: {0}")]
    Own(#[from] Failure),
    /// The node's own signing.
    #[error("the node could not sign: {0}")]
    Signing(#[from] SigningError),
    /// A stored key log.
    #[error("the stored key log does not verify: {0}")]
    KeyLog(#[from] KeyLogError),
}

impl From<Status> for DeliveryError {
    fn from(status: Status) -> Self {
        Self::Call(Box::new(CallFailure::from_status(&status)))
    }
}

impl DeliveryError {
    /// When to come back, where the aggregator said so.
    pub(super) fn asked(&self) -> Option<Duration> {
        match self {
            Self::Call(failure) => failure.retry_after,
            Self::Throttled { wait, .. } => Some(*wait),
            _ => None,
        }
    }

    /// Whether even news must wait for that time: the aggregator is short of strength,
    /// and not of patience with this group. Whatever else it says of a time is about what
    /// it was brought, and something newer may do at once.
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
    fn only_an_overload_makes_news_wait() {
        let soon = Duration::from_secs(9);
        let overload = Failure::resource_exhausted("too_many", "Too many.", soon);
        let future = Failure::failed_precondition("head_from_the_future", "Not yet.")
            .retry_after(Duration::from_secs(31_536_000));
        for (failure, firm) in [(overload, true), (future, false)] {
            let error = DeliveryError::from(Status::from(failure));
            assert!(error.asked().is_some());
            assert_eq!(error.is_overload(), firm);
        }
    }
}
