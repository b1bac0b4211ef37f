//! Kinds of failures.

use tonic::Code;

/// The kind of a failure, which decides its gRPC code and whether a retry can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is wrong in any state of the server.
    Invalid,
    /// The requested thing does not exist, or is hidden from this caller. The two look
    /// the same.
    NotFound,
    AlreadyExists,
    /// The state does not permit it: something else must happen first.
    FailedPrecondition,
    /// The state changed during the call: start over.
    Aborted,
    /// Past the end of something, for instance a cursor of another stream.
    OutOfRange,
    /// The token is missing or wrong.
    Unauthenticated,
    /// The token does not authorize this call.
    PermissionDenied,
    /// A limit is reached; a later retry can succeed.
    ResourceExhausted,
    /// The server does not accept calls now; a later retry can succeed.
    Unavailable,
    /// The call took longer than its caller or this server allows.
    DeadlineExceeded,
    /// Missing in this build.
    Unimplemented,
    /// A fault of this server.
    Internal,
    /// Stored or transferred data is damaged.
    DataLoss,
}

impl Kind {
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Invalid => Code::InvalidArgument,
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::FailedPrecondition => Code::FailedPrecondition,
            Self::Aborted => Code::Aborted,
            Self::OutOfRange => Code::OutOfRange,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::PermissionDenied => Code::PermissionDenied,
            Self::ResourceExhausted => Code::ResourceExhausted,
            Self::Unavailable => Code::Unavailable,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::Unimplemented => Code::Unimplemented,
            Self::Internal => Code::Internal,
            Self::DataLoss => Code::DataLoss,
        }
    }
}
