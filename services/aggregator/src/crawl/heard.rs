//! Word of endpoints, from announcements to the crawler.

use hedgerow_core::address::Address;
use tokio::sync::mpsc;

/// How many may wait. What does not fit is found at the next look.
const WAITING: usize = 256;

/// Where announcements tell of endpoints.
#[derive(Clone)]
pub struct Heard(mpsc::Sender<Address>);

/// Where the crawler listens.
pub struct Listening(mpsc::Receiver<Address>);

impl Heard {
    /// Both ends.
    pub fn channel() -> (Self, Listening) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), Listening(receiver))
    }

    /// Tells that something may be new at an endpoint. Never waits.
    pub fn tell(&self, endpoint: &Address) {
        // Too many at once, or nobody listening: the next look finds it.
        let _ = self.0.try_send(endpoint.clone());
    }
}

impl Listening {
    /// The next endpoint; never where nobody will tell any more.
    pub(super) async fn next(&mut self) -> Option<Address> {
        match self.0.recv().await {
            Some(address) => Some(address),
            None => std::future::pending().await,
        }
    }
}
