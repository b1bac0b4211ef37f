//! Passes endpoints from announcements to the crawler.

use hedgerow_core::endpoint::Endpoint;
use tokio::sync::mpsc;

/// The most hints that wait. Those beyond are dropped, because the crawler reads all endpoints
/// from the store every minute anyway.
const MAX_WAITING: usize = 256;

/// Sends hints that an endpoint may have something new.
#[derive(Clone)]
pub struct HintSender(mpsc::Sender<Endpoint>);

/// Receives them.
pub struct HintReceiver(mpsc::Receiver<Endpoint>);

impl HintSender {
    /// Makes both ends.
    pub fn channel() -> (Self, HintReceiver) {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        (Self(sender), HintReceiver(receiver))
    }

    /// Sends a hint without waiting.
    pub fn send(&self, endpoint: &Endpoint) {
        // Ignored: the channel is full or closed, and a hint may be lost.
        let _ = self.0.try_send(endpoint.clone());
    }
}

impl HintReceiver {
    /// Receives the next hint. Pending for good once all senders are gone, for use in `select!`.
    pub(super) async fn next(&mut self) -> Option<Endpoint> {
        match self.0.recv().await {
            Some(endpoint) => Some(endpoint),
            None => std::future::pending().await,
        }
    }
}
