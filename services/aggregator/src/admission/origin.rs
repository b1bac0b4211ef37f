//! The senders of transfers.

use hedgerow_server::peer::PeerKey;

/// The sender of a transfer, as far as limits distinguish senders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Pushed by a peer.
    Push(PeerKey),
    /// Fetched from a server in the configuration, whose new groups are not limited.
    Configured,
    /// Fetched from a host that a head named.
    Announced(PeerKey),
}

impl Origin {
    /// Returns the peer, unless it is a configured source.
    pub(crate) fn peer(self) -> Option<PeerKey> {
        match self {
            Self::Push(peer) | Self::Announced(peer) => Some(peer),
            Self::Configured => None,
        }
    }

    /// Returns whether a transfer may be committed with bodies missing. Not a push: anyone could
    /// blank a group by pushing its head without bodies.
    pub(crate) fn may_lack_bodies(self) -> bool {
        !matches!(self, Self::Push(_))
    }
}
