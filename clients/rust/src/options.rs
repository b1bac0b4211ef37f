//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::random::Random;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_transport::backoff::Backoff;
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use hedgerow_transport::connector::{Connector, ConnectorConfig};

/// Settings of a client. The defaults suit a program that a person is waiting for; assign
/// the fields that differ.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// The deadline of one call. Streams have none as a whole.
    pub timeout: Duration,
    /// Maximum number of attempts of a call that may safely be repeated.
    pub attempts: u32,
    /// The longest wait between two attempts. If a server asks for a longer one, its failure
    /// is returned at once.
    pub max_retry_delay: Duration,
    /// The wait between attempts if the server names none.
    pub backoff: Backoff,
    /// Further servers whose heads are compared, for [`Agreement`](crate::verified::Agreement).
    pub sources: Vec<Endpoint>,
    /// Opens the connections.
    pub connector: Connector,
    /// Used to compute the age of heads, and for nothing else.
    pub clock: Arc<dyn Clock>,
    /// Used for request ids and jitter.
    pub random: Arc<dyn Random>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            attempts: 4,
            max_retry_delay: Duration::from_secs(10),
            backoff: Backoff {
                first: Duration::from_millis(200),
                cap: Duration::from_secs(5),
            },
            sources: Vec::new(),
            connector: Connector::new(ConnectorConfig::default()),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }
}

impl Options {
    /// Reads the client's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes a request id of 128 random bits, so that no two clients choose the same.
    pub(crate) fn request_id(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        hex::encode(bytes)
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("timeout", &self.timeout)
            .field("attempts", &self.attempts)
            .field("max_retry_delay", &self.max_retry_delay)
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}
