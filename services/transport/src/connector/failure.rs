//! Why a connection was not made.

use std::error::Error;
use std::fmt;

use crate::failure::Chain;

/// The stable reasons for which no connection is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectReason {
    /// The address is special (loopback, private, …) and was announced by somebody.
    AddressNotAllowed,
    /// The host's name leads to no address.
    NameNotFound,
    /// Nothing answers there.
    ConnectFailed,
    /// It took too long.
    ConnectTimedOut,
    /// The server shows another key than the address names.
    PinMismatch,
    /// TLS failed otherwise: no valid certificate, or no common version.
    TlsFailed,
}

impl ConnectReason {
    /// The reason as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressNotAllowed => "address_not_allowed",
            Self::NameNotFound => "name_not_found",
            Self::ConnectFailed => "connect_failed",
            Self::ConnectTimedOut => "connect_timed_out",
            Self::PinMismatch => "pin_mismatch",
            Self::TlsFailed => "tls_failed",
        }
    }
}

impl fmt::Display for ConnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A connection that was not made, and why. Names the address that was asked for.
#[derive(Debug)]
pub struct ConnectFailure {
    /// The stable reason.
    pub reason: ConnectReason,
    /// `HOST:PORT` as it was asked for.
    pub address: String,
    /// What happened beneath.
    pub source: Box<dyn Error + Send + Sync>,
}

impl ConnectFailure {
    pub(crate) fn new(
        reason: ConnectReason,
        address: &str,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            reason,
            address: address.to_owned(),
            source: source.into(),
        }
    }

    /// Finds the connection failure beneath an error (a `tonic::Status` or transport
    /// error), where there is one.
    #[must_use]
    pub fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        Chain(error).all().find_map(|error| error.downcast_ref())
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = &self.address;
        match self.reason {
            ConnectReason::AddressNotAllowed => write!(
                f,
                "{address} is not dialled, because its address was announced by somebody else and {}; \
                 allow_networks in the configuration permits it",
                self.source
            ),
            ConnectReason::NameNotFound => write!(f, "the name of {address} was not found"),
            ConnectReason::ConnectFailed => {
                write!(f, "{address} cannot be reached: {}", self.source)
            }
            ConnectReason::ConnectTimedOut => write!(f, "{address} did not answer in time"),
            ConnectReason::PinMismatch => write!(
                f,
                "{address} shows another key than its address names: it is another server, or its key was replaced"
            ),
            ConnectReason::TlsFailed => {
                write!(f, "no secure connection to {address}: {}", self.source)
            }
        }
    }
}

impl Error for ConnectFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_ref();
        Some(source)
    }
}
