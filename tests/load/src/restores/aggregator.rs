//! Groups that push to an aggregator.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use hedgerow_core::time::Clock as _;
use hedgerow_proto::ingest_v1;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_testkit::{FakeGroup, samples, transfer};
use hedgerow_transport::bounded;
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::failure::CallFailure;
use tokio::task::JoinSet;
use tonic::transport::Channel;

use super::drill::{Kind, Published, Running, Scale, Sent};
use crate::server::{Server, init_aggregator};

/// Number of the first group: no other benchmark has the same keys.
const FIRST_GROUP: u64 = 7_000_000;

/// Starts an aggregator below `folder`, and the groups that push to it.
pub async fn start(folder: &Path, scale: Scale) -> anyhow::Result<Running> {
    let home = folder.join("aggregator");
    init_aggregator(&home, &[])?;
    let server = Server::aggregator(&home).await?;
    let published = Arc::new(Published::default());
    let mut publishers = JoinSet::new();
    for numbers in scale.shares() {
        let now = SystemClock.now();
        let groups = numbers.map(|number| FakeGroup::new(FIRST_GROUP + number, now));
        let task = Publisher {
            channel: server.channel()?,
            groups: groups.collect(),
            scale,
            published: Arc::clone(&published),
        };
        publishers.spawn(task.run());
    }
    Ok(Running {
        kind: Kind::Aggregator,
        server,
        published,
        publishers,
    })
}

/// Publishes the records of its groups again and again.
struct Publisher {
    channel: Channel,
    groups: Vec<FakeGroup>,
    scale: Scale,
    published: Arc<Published>,
}

impl Publisher {
    async fn run(mut self) -> anyhow::Result<()> {
        // A late push does not make the next ones wait: the rate stays the same.
        let mut tick = tokio::time::interval(self.scale.period());
        for round in 0_u64.. {
            for index in 0..self.groups.len() {
                tick.tick().await;
                self.publish(index, round).await?;
            }
        }
        Ok(())
    }

    async fn publish(&mut self, index: usize, round: u64) -> anyhow::Result<()> {
        let group = &mut self.groups[index];
        let earlier = group
            .head
            .as_ref()
            .map(|head| (group.manifest(), head.hash()));
        for number in 0..self.scale.records {
            let listing = samples::listing(&format!("Round {round}"), "Kept or replaced", None);
            group.put("listing", &format!("l{number}"), &listing);
        }
        group.now = SystemClock.now();
        let head = group.publish();
        let bodies: Vec<_> = group.records.values().cloned().collect();
        let basis = earlier.as_ref().map(|(manifest, hash)| (manifest, *hash));
        let (log, manifest) = (&group.log, group.manifest());
        let items = transfer(log, Some(head.envelope()), basis, &manifest, &bodies);
        let id = group.id();
        let sent = Sent {
            head: head.clone(),
            has_receipt: false,
        };
        self.published
            .heads
            .lock()
            .await
            .entry(id)
            .or_default()
            .push(sent);
        let requests = items
            .into_iter()
            .map(|item| ingest_v1::PushRequest { item: Some(item) });
        let mut client = bounded!(IngestServiceClient::new(self.channel.clone()));
        let began = Instant::now();
        let response = client.push(tokio_stream::iter(requests)).await;
        let response = response
            .map_err(|status| CallFailure::from_status(&status))
            .context("a push was rejected")?
            .into_inner();
        ensure!(
            response.refused == 0 && !response.receipt.is_empty(),
            "a push got no receipt: {:?}",
            response.admission
        );
        self.published.times.lock().await.push(began.elapsed());
        self.published
            .records
            .fetch_add(self.scale.records, Ordering::SeqCst);
        let mut heads = self.published.heads.lock().await;
        if let Some(last) = heads.get_mut(&id).and_then(|sent| sent.last_mut()) {
            last.has_receipt = true;
        }
        Ok(())
    }
}
