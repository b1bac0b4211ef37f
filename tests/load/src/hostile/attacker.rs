//! What every attack uses: addresses, groups, and tasks that repeat an operation.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock as _;
use hedgerow_proto::feed_v1::SyncItem;
use hedgerow_proto::ingest_v1;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_testkit::FakeGroup;
use hedgerow_transport::bounded;
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::failure::CallFailure;
use tokio::task::JoinSet;
use tonic::transport::Channel;

use super::peer::Peer;
use super::tally::Tally;

/// After a refusal. Without it, the attacking program would spend the machine's time on
/// refusals, and less on what costs the server.
const REFUSAL_PAUSE: Duration = Duration::from_millis(10);

/// What one operation of an attack came to: a name, or the reason why it failed.
pub type Outcome = Result<String, String>;

/// A running attack.
pub struct Attacker {
    pub server: Endpoint,
    /// Where the server's metrics are served, without TLS.
    pub metrics: Option<SocketAddr>,
    /// A group that the server has.
    pub group: Option<GroupId>,
    /// Less of everything that takes long to prepare, for a program that is not optimised.
    pub small: bool,
    pub tally: Tally,
    tasks: JoinSet<()>,
    groups: GroupNumbers,
    next_peer: u32,
}

/// Numbers of fake groups that no other attack uses. Clones share the count.
#[derive(Debug, Clone)]
pub struct GroupNumbers(Arc<AtomicU64>);

impl GroupNumbers {
    pub fn next(&self) -> FakeGroup {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        FakeGroup::new(number, SystemClock.now())
    }
}

impl Attacker {
    /// Makes an attacker whose groups and addresses those with other numbers do not use.
    pub fn new(server: Endpoint, number: u32, small: bool) -> Self {
        Self {
            server,
            metrics: None,
            group: None,
            small,
            tally: Tally::default(),
            tasks: JoinSet::new(),
            groups: GroupNumbers(Arc::new(AtomicU64::new(
                1_000_000_000_000 + u64::from(number) * 1_000_000_000,
            ))),
            next_peer: number * 1_000,
        }
    }

    /// Addresses that this attack has not used yet.
    pub fn peers(&mut self, count: u32) -> anyhow::Result<Vec<Peer>> {
        let first = self.next_peer;
        self.next_peer += count;
        (first..first + count)
            .map(|number| Peer::hostile(number, &self.server))
            .collect()
    }

    pub fn groups(&self) -> GroupNumbers {
        self.groups.clone()
    }

    /// The first number in a full attack, the second in a small one.
    pub fn scaled(&self, full: usize, small: usize) -> usize {
        if self.small { small } else { full }
    }

    /// Repeats an operation until the attack ends.
    pub fn repeat<F, Fut>(&mut self, mut operation: F)
    where
        F: FnMut() -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send,
    {
        let tally = self.tally.clone();
        self.tasks.spawn(async move {
            loop {
                match operation().await {
                    Ok(name) => tally.count(&name),
                    Err(reason) => {
                        tally.count(&reason);
                        tokio::time::sleep(REFUSAL_PAUSE).await;
                    }
                }
            }
        });
    }

    /// Repeats a gRPC operation from each of these addresses, `concurrency` times at once on one
    /// connection.
    pub fn repeat_calls<F, Fut>(
        &mut self,
        peers: &[Peer],
        concurrency: usize,
        operation: F,
    ) -> anyhow::Result<()>
    where
        F: Fn(Channel) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        for peer in peers {
            let channel = peer.channel()?;
            for _ in 0..concurrency {
                let (channel, operation) = (channel.clone(), operation.clone());
                self.repeat(move || operation(channel.clone()));
            }
        }
        Ok(())
    }

    /// Ends the attack and closes its connections.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// The reason of a failed call.
pub fn reason(status: &tonic::Status) -> String {
    CallFailure::from_status(status).reason
}

/// Pushes items, and returns what the server did with them.
pub async fn push(channel: Channel, items: Vec<SyncItem>) -> Outcome {
    push_stream(channel, tokio_stream::iter(items)).await
}

/// Like [`push`], with items that may never end.
pub async fn push_stream(
    channel: Channel,
    items: impl futures::Stream<Item = SyncItem> + Send + 'static,
) -> Outcome {
    use futures::StreamExt as _;
    let mut client = bounded!(IngestServiceClient::new(channel));
    let requests = items.map(|item| ingest_v1::PushRequest { item: Some(item) });
    let response = client.push(requests).await;
    let response = response.map_err(|status| reason(&status))?.into_inner();
    let admission = response.admission.unwrap_or_default();
    if let Some(refusal) = admission.refusals.first() {
        return Err(format!("record:{}", refusal.reason));
    }
    if response.receipt.is_empty() {
        let why = [admission.limit.as_str(), admission.reason.as_str()];
        let why = why.into_iter().find(|text| !text.is_empty());
        let pending = admission.pending_reason().as_str_name().to_lowercase();
        return Err(why.map_or(pending, ToOwned::to_owned));
    }
    Ok("accepted".to_owned())
}
