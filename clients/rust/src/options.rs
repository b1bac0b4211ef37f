//! How a client behaves.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Random;
use hedgerow_core::time::Timestamp;
use hedgerow_rpc::backoff::Backoff;
use hedgerow_rpc::clock::SystemClock;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::connector::Connector;
use hedgerow_rpc::connector::ConnectorConfig;

/// How a client behaves. [`Options::default`] suits a person who waits for an answer.
#[derive(Clone)]
pub struct Options {
    /// The deadline of one call. Streams have none as a whole.
    pub timeout: Duration,
    /// How often a safe call is tried in all.
    pub attempts: u32,
    /// The longest that a client waits between two tries: where the server asks for
    /// more, its failure is returned at once.
    pub patience: Duration,
    /// The wait between tries.
    pub backoff: Backoff,
    /// Further servers that are asked which head they hold, so that
    /// [`Agreement`](crate::Agreement) says how many sources agree.
    pub sources: Vec<Address>,
    /// What makes the connections.
    pub connector: Connector,
    /// The clock: it labels heads with their age and decides nothing else.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for request ids and jitter.
    pub random: Arc<dyn Random>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            attempts: 4,
            patience: Duration::from_secs(10),
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
    /// The time now, by the client's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A request id that nobody else chooses.
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
            .field("patience", &self.patience)
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}
