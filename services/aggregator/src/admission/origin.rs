//! The senders of transfers.

use std::hash::{DefaultHasher, Hash, Hasher};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::peer::PeerKey;

/// A source in the configuration, as a number that is the same for the same address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourceId(u64);

impl SourceId {
    /// Returns the id of a source.
    #[must_use]
    pub fn of(source: &Endpoint) -> Self {
        let mut hasher = DefaultHasher::new();
        source.to_string().hash(&mut hasher);
        Self(hasher.finish())
    }

    #[cfg(test)]
    pub(crate) const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// The sender of a transfer, as far as limits distinguish senders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Pushed by a peer.
    Push(PeerKey),
    /// Fetched from a server in the configuration. The number of its new groups is not limited,
    /// only their bytes.
    Configured(SourceId),
    /// Fetched from a host that a head named.
    Announced(PeerKey),
}

impl Origin {
    /// Returns the peer, unless it is a configured source.
    pub(crate) fn peer(self) -> Option<PeerKey> {
        match self {
            Self::Push(peer) | Self::Announced(peer) => Some(peer),
            Self::Configured(_) => None,
        }
    }

    /// Returns whether a transfer may be committed with bodies missing. Not a push: anyone could
    /// blank a group by pushing its head without bodies.
    pub(crate) fn may_lack_bodies(self) -> bool {
        !matches!(self, Self::Push(_))
    }
}
