//! Passes endpoints from announcements to the crawler.

use hedgerow_core::endpoint::Endpoint;
use tokio::sync::mpsc;

/// The most hints that wait. Those beyond are dropped, because the crawler reads all endpoints
/// from the store every minute anyway.
const MAX_WAITING: usize = 256;

/// Sends hints that an endpoint may have something new.
#[derive(Clone)]
pub struct HintSender(mpsc::Sender<Endpoint>);

impl HintSender {
    /// Makes both ends.
    pub fn channel() -> (Self, mpsc::Receiver<Endpoint>) {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        (Self(sender), receiver)
    }

    /// Sends a hint without waiting.
    pub fn send(&self, endpoint: &Endpoint) {
        // Ignored: the channel is full or closed, and a hint may be lost.
        let _ = self.0.try_send(endpoint.clone());
    }
}
