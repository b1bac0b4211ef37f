//! Converts the errors of the core to failures. No match has a wildcard, so that a new variant
//! does not compile until it has a kind.

use hedgerow_core::endpoint::EndpointError;
use hedgerow_core::envelope::EnvelopeError;
use hedgerow_core::head::HeadError;
use hedgerow_core::id::{MalformedId, MalformedRequestId};
use hedgerow_core::key_log::KeyLogError;
use hedgerow_core::keys::{KeyError, SignatureError};
use hedgerow_core::name::NameError;
#[cfg(feature = "phrase")]
use hedgerow_core::phrase::PhraseError;
use hedgerow_core::proof::ProofError;
use hedgerow_core::receipt::ReceiptError;
use hedgerow_core::record::RecordError;
#[cfg(feature = "rules")]
use hedgerow_core::rules::Violation;
use hedgerow_core::signed_request::RequestError;
use hedgerow_core::sync::SyncError;
use hedgerow_core::time::TimeError;
use hedgerow_core::tree::TreeError;

use super::Failure;
use super::kind::Kind;
#[cfg(feature = "rules")]
use super::violation::FieldViolation;

#[cfg(feature = "rules")]
impl From<Vec<Violation>> for Failure {
    fn from(violations: Vec<Violation>) -> Self {
        Self::invalid(violations.into_iter().map(FieldViolation::from).collect())
    }
}

/// Errors that the received data always causes.
macro_rules! invalid {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(Kind::Invalid, error.reason(), error.to_string())
            }
        }
    )+};
}

invalid!(
    EndpointError,
    EnvelopeError,
    KeyError,
    MalformedId,
    MalformedRequestId,
    NameError,
    ReceiptError,
    RecordError,
    SignatureError,
    TimeError,
    TreeError,
);
#[cfg(feature = "phrase")]
invalid!(PhraseError);

/// Errors whose kind depends on the variant.
macro_rules! by_kind {
    ($($error:ty => $kind:path),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new($kind(&error), error.reason(), error.to_string())
            }
        }
    )+};
}

by_kind!(
    HeadError => head_kind,
    KeyLogError => key_log_kind,
    ProofError => proof_kind,
    RequestError => request_kind,
    SyncError => sync_kind,
);

fn head_kind(error: &HeadError) -> Kind {
    match error {
        HeadError::Envelope(_)
        | HeadError::Malformed(_)
        | HeadError::SeqOutOfRange
        | HeadError::Lifetime
        | HeadError::Endpoint(_)
        | HeadError::WrongGroup => Kind::Invalid,
        // Well-formed, but this server cannot accept it now.
        HeadError::KeyEventUnknown { .. }
        | HeadError::KeyEventMismatch { .. }
        | HeadError::KeyEnded { .. }
        | HeadError::GroupEnded
        | HeadError::FromTheFuture { .. } => Kind::FailedPrecondition,
    }
}

fn key_log_kind(error: &KeyLogError) -> Kind {
    match error {
        KeyLogError::Empty
        | KeyLogError::Envelope(_)
        | KeyLogError::Malformed(_)
        | KeyLogError::Key { .. }
        | KeyLogError::WrongGroup
        | KeyLogError::OutOfOrder { .. }
        | KeyLogError::BrokenChain(_)
        | KeyLogError::NotCommitted(_)
        | KeyLogError::TooLong => Kind::Invalid,
        KeyLogError::Ended | KeyLogError::Fork { .. } => Kind::FailedPrecondition,
    }
}

fn proof_kind(error: &ProofError) -> Kind {
    match error {
        ProofError::KeyLog(error) => key_log_kind(error),
        ProofError::Head(error) => head_kind(error),
        ProofError::Tree(_)
        | ProofError::WrongGroup
        | ProofError::WrongView
        | ProofError::Empty
        | ProofError::NotIncluded
        | ProofError::RecordMismatch => Kind::Invalid,
    }
}

fn request_kind(error: &RequestError) -> Kind {
    match error {
        RequestError::Envelope(_)
        | RequestError::Malformed(_)
        | RequestError::WrongMethod
        | RequestError::WrongReceiver
        | RequestError::BodyMismatch
        | RequestError::Lifetime => Kind::Invalid,
        // Well-formed, but this server cannot accept it now.
        RequestError::KeyUnknown { .. }
        | RequestError::KeyEnded { .. }
        | RequestError::GroupEnded
        | RequestError::Expired
        | RequestError::FromTheFuture => Kind::FailedPrecondition,
    }
}

fn sync_kind(error: &SyncError) -> Kind {
    match error {
        SyncError::KeyLog(error) => key_log_kind(error),
        SyncError::Head(error) => head_kind(error),
        SyncError::UnknownItem
        | SyncError::OutOfOrder(_)
        | SyncError::WrongGroup
        | SyncError::WrongView
        | SyncError::BatchTooLarge
        | SyncError::BatchEmpty
        | SyncError::MissingRepeated(_)
        | SyncError::CountMismatch { .. }
        | SyncError::Tree(_)
        | SyncError::RemovalInWhole
        | SyncError::TooManyRemovals
        | SyncError::TooManyLeaves
        | SyncError::Hash(_)
        | SyncError::BodyUnknown(_)
        | SyncError::BodyRepeated(_)
        | SyncError::BodyCount { .. }
        | SyncError::RootMismatch { .. } => Kind::Invalid,
        SyncError::Incomplete => Kind::Aborted,
        // Well-formed, but this server cannot accept it.
        SyncError::KeyLogMissing
        | SyncError::Fork(_)
        | SyncError::BranchSetAside
        | SyncError::HeadOlder { .. }
        | SyncError::Equivocation { .. }
        | SyncError::BasisUnknown
        | SyncError::TooManyRecords { .. }
        | SyncError::ViewTooLarge { .. } => Kind::FailedPrecondition,
    }
}
