//! A connection to an aggregator.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_transport::bounded;
use hedgerow_transport::connector::ConnectFailure;
use tokio::sync::Semaphore;
use tonic::transport::Channel;

use crate::shared::Shared;

/// An aggregator, with the one channel that all workers for it share.
#[derive(Clone, Debug)]
pub(crate) struct Aggregator {
    /// The address as written in the configuration, the console and the store.
    pub(crate) name: String,
    pub(crate) channel: Channel,
    message_bytes: usize,
    /// Timeout of every call except a transfer.
    pub(super) timeout: Duration,
    /// Limits concurrent attempts. Each aggregator has its own limit, so that one that
    /// hangs does not block deliveries to the others.
    pub(super) slots: Arc<Semaphore>,
}

impl Aggregator {
    /// Creates a channel to an aggregator. It connects at the first call.
    pub(crate) fn new(shared: &Shared, address: &Endpoint) -> Result<Self, ConnectFailure> {
        Ok(Self {
            channel: shared
                .connector
                .channel(address, shared.trust_of(address))?,
            name: address.to_string(),
            message_bytes: shared.config.connector.message_bytes,
            timeout: Duration::from_secs(shared.config.delivery.response_seconds),
            slots: Arc::new(Semaphore::new(shared.config.delivery.at_once)),
        })
    }

    /// The timeout of every call except a transfer.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn ingest(&self) -> IngestServiceClient<Channel> {
        bounded!(
            IngestServiceClient::new(self.channel.clone()),
            self.message_bytes
        )
    }
}
