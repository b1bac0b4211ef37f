//! Errors of fetching messages.

use std::time::Duration;

use hedgerow_core::key_log::KeyLogError;
use hedgerow_transport::connector::ConnectFailure;
use hedgerow_transport::failure::CallFailure;
use tonic::Code;

use crate::messages::MessageError;
use crate::store::StoreError;

/// Why messages cannot be fetched. It is tried again.
#[derive(Debug, thiserror::Error)]
pub(super) enum InboxError {
    #[error("{0}")]
    Call(Box<CallFailure>),
    #[error("cannot connect: {0}")]
    Connect(#[from] ConnectFailure),
    /// Deliveries pin an aggregator's identity at first contact.
    #[error("the aggregator's identity is not known yet: nothing was delivered to it")]
    NotMet,
    #[error("the group has ended")]
    Ended,
    #[error("the node's own store failed: {0}")]
    Store(#[from] StoreError),
    #[error("cannot keep a message: {0}")]
    Message(#[from] MessageError),
    #[error("the stored key log does not verify: {0}")]
    KeyLog(#[from] KeyLogError),
}

impl InboxError {
    /// The delay that the aggregator has requested.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Call(failure) => failure.retry_after,
            _ => None,
        }
    }

    /// Whether the aggregator certainly has no inbox of the group.
    pub(super) fn is_closed_there(&self) -> bool {
        match self {
            Self::Ended => true,
            Self::Call(failure) => {
                let reasons = ["inbox_not_offered", "group_unknown", "group_ended"];
                failure.code == Code::Unimplemented || reasons.contains(&failure.reason.as_str())
            }
            _ => false,
        }
    }
}
