//! Whole aggregators over real TLS: calls of nodes, and aggregators that follow each other.

mod announced;
mod follow;
mod hostile_source;
mod inbox;
mod ingest;
mod limits;
mod pages;
mod rings;
mod statuses;

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_proto::{feed_v1, ingest_v1};
use hedgerow_server::listen;
use hedgerow_store::Store;
use hedgerow_transport::bounded;
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use tokio::sync::oneshot;
use tonic::transport::Channel;

use crate::{Aggregator, Config, Deps};
use hedgerow_testkit::FakeGroup;

/// An aggregator that serves until it is stopped.
struct Served {
    address: Endpoint,
    id: GroupId,
    store: Arc<dyn Store>,
    channel: Channel,
    searchable: tokio::sync::watch::Receiver<u64>,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<()>,
    folder: tempfile::TempDir,
}

impl Served {
    async fn start(sources: Vec<Endpoint>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            sources,
            ..Config::new(folder.path())
        };
        Self::make(config, folder).await
    }

    async fn make(config: Config, folder: tempfile::TempDir) -> Self {
        let phrase = Phrase::from_entropy([9; 16]);
        Aggregator::initialise(&config, &phrase, &SystemRandom).unwrap();
        Self::serve(config, folder).await
    }

    async fn serve(config: Config, folder: tempfile::TempDir) -> Self {
        Self::serve_at(config, folder, 0).await
    }

    async fn serve_at(mut config: Config, folder: tempfile::TempDir, port: u16) -> Self {
        let listener = listen::bind(([127, 0, 0, 1], port).into()).await.unwrap();
        config.listen = listener.local_addr().unwrap().to_string();
        config.crawl.first_retry_milliseconds = 50;
        config.crawl.longest_retry_seconds = 1;
        config.feed.watchers_per_peer = 10;
        config.feed.watch_interval_millis = 10;
        let aggregator = Aggregator::open(config, Deps::system()).await.unwrap();
        let connector = Connector::new(ConnectorConfig::default());
        let channel = connector
            .channel(aggregator.address(), Trust::Configured)
            .unwrap();
        let (stop, stopped) = oneshot::channel();
        let (address, id) = (aggregator.address().clone(), aggregator.id());
        let store = aggregator.store().clone();
        let searchable = aggregator.index().searchable_revision();
        let done = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            aggregator.run(listener, stopped).await.unwrap();
        });
        Self {
            address,
            id,
            store,
            channel,
            searchable,
            stop,
            done,
            folder,
        }
    }

    async fn stop(self) -> tempfile::TempDir {
        drop(self.channel);
        let _ = self.stop.send(());
        self.done.await.unwrap();
        self.folder
    }

    fn ingest(&self) -> IngestServiceClient<Channel> {
        bounded!(IngestServiceClient::new(self.channel.clone()))
    }

    async fn push(&self, items: Vec<feed_v1::SyncItem>) -> ingest_v1::PushResponse {
        let requests = items
            .into_iter()
            .map(|item| ingest_v1::PushRequest { item: Some(item) });
        let requests: Vec<_> = requests.collect();
        self.ingest()
            .push(futures::stream::iter(requests))
            .await
            .unwrap()
            .into_inner()
    }

    async fn admission(&self, publisher: &FakeGroup) -> ingest_v1::GetAdmissionResponse {
        let request = ingest_v1::GetAdmissionRequest {
            group_id: publisher.id().to_vec(),
            view: String::new(),
        };
        self.ingest()
            .get_admission(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// Requests the aggregator's own key log, and verifies it.
    async fn key_log(&self, publisher: &FakeGroup) -> KeyLog {
        KeyLog::verify(self.admission(publisher).await.aggregator_key_log).unwrap()
    }
}

/// Makes a group with two records, dated by the real clock.
fn publisher(number: u64) -> FakeGroup {
    let mut publisher = FakeGroup::new(number, now());
    publisher.add("one", b"first");
    publisher.add("two", b"second");
    publisher
}

fn now() -> Timestamp {
    use hedgerow_core::time::Clock;
    SystemClock.now()
}

/// Waits until the condition is true, and fails after a minute.
async fn eventually<F, Fut>(what: &str, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    for _ in 0..600 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never happened: {what}");
}
