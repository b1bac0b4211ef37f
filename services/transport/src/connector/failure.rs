//! Failures to connect.

use std::error::Error;
use std::fmt;

use crate::error_chain::Chain;

/// The stable reason for a failure to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectReason {
    /// The address was announced, and is special: loopback, private, ….
    AddressNotAllowed,
    /// The host name resolves to no address.
    NameNotFound,
    /// No address accepts the TCP connection.
    ConnectFailed,
    /// Resolving, connecting or the handshake took too long.
    ConnectTimedOut,
    /// The server's key is not the one in its address.
    PinMismatch,
    /// TLS failed otherwise: no valid certificate, or no common version.
    TlsFailed,
}

impl ConnectReason {
    /// Returns the reason in snake case, as in [`CallFailure`](crate::failure::CallFailure).
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

/// A failure to connect, with the requested address.
#[derive(Debug)]
pub struct ConnectFailure {
    pub reason: ConnectReason,
    /// `HOST:PORT` as requested, not as resolved.
    pub address: String,
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

    /// Finds the failure to connect among the sources of an error, such as a `tonic::Status`.
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
                "cannot connect to {address}: another party announced it, and {}; to permit it, add \
                 its network to allow_networks in the configuration",
                self.source
            ),
            ConnectReason::NameNotFound => write!(f, "the name of {address} cannot be resolved"),
            ConnectReason::ConnectFailed => {
                write!(f, "{address} cannot be reached: {}", self.source)
            }
            ConnectReason::ConnectTimedOut => write!(f, "{address} did not respond in time"),
            ConnectReason::PinMismatch => write!(
                f,
                "{address} has another key than its address names: it is another server, or its key was replaced"
            ),
            ConnectReason::TlsFailed => {
                write!(
                    f,
                    "cannot make a secure connection to {address}: {}",
                    self.source
                )
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
