//! Groups that publish: many at once, each by one `Push` over TLS.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context as _;
use anyhow::ensure;
use hedgerow_core::address::Address;
use hedgerow_proto::v1;
use hedgerow_proto::v1::ingest_service_client::IngestServiceClient;
use hedgerow_rpc::bounded;
use hedgerow_rpc::failure::CallFailure;
use tokio::sync::Mutex;
use tokio::sync::mpsc;
use tokio_stream::iter;
use tonic::transport::Channel;

use crate::dataset::Dataset;
use crate::dataset::Publication;
use crate::server::channel;
use crate::timing::Times;

/// How many push at once.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Pushes at once.
    pub at_once: usize,
    /// Over so many connections.
    pub connections: usize,
}

impl Default for Crowd {
    fn default() -> Self {
        Self {
            at_once: 64,
            connections: 4,
        }
    }
}

/// What became of a push of everything.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// How many publishers were acknowledged, durably.
    pub publishers: u64,
    /// How many records.
    pub records: u64,
    /// From the first push to the last acknowledgement.
    pub elapsed: Duration,
    /// Each push, from its start to its acknowledgement.
    pub times: Times,
}

#[derive(Default)]
struct Done {
    records: u64,
    times: Vec<Duration>,
}

type Queue = Arc<Mutex<mpsc::Receiver<Publication>>>;

/// Pushes a whole dataset. Every record must be kept: anything else is an error.
pub async fn push(address: &Address, dataset: &Dataset, crowd: Crowd) -> anyhow::Result<Pushed> {
    let (sender, receiver) = mpsc::channel(crowd.at_once * 4);
    let publications = dataset.clone();
    let reading = std::thread::spawn(move || {
        publications.publications(|one| Ok(sender.blocking_send(one).is_ok()))
    });
    let queue: Queue = Arc::new(Mutex::new(receiver));
    let channels = (0..crowd.connections)
        .map(|_| channel(address))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let began = Instant::now();
    let workers: Vec<_> = (0..crowd.at_once)
        .map(|worker| {
            let channel = channels[worker % channels.len()].clone();
            tokio::spawn(work(channel, Arc::clone(&queue)))
        })
        .collect();
    // The workers alone hold the queue: where all of them failed, the reader ends too.
    drop(queue);
    let mut all = Done::default();
    for worker in workers {
        let done = worker.await??;
        all.records += done.records;
        all.times.extend(done.times);
    }
    let elapsed = began.elapsed();
    reading
        .join()
        .unwrap_or_else(|_| anyhow::bail!("reading panicked"))?;
    ensure!(
        all.records == dataset.records,
        "{} of {} records were kept",
        all.records,
        dataset.records
    );
    Ok(Pushed {
        publishers: all.times.len() as u64,
        records: all.records,
        elapsed,
        times: Times::new(all.times)?,
    })
}

async fn work(channel: Channel, queue: Queue) -> anyhow::Result<Done> {
    let mut client = bounded!(IngestServiceClient::new(channel));
    let mut done = Done::default();
    loop {
        let next = queue.lock().await.recv().await;
        let Some(publication) = next else {
            return Ok(done);
        };
        let began = Instant::now();
        let requests = publication
            .into_iter()
            .map(|item| v1::PushRequest { item: Some(item) });
        let answer = client.push(iter(requests)).await;
        let answer = answer
            .map_err(|status| CallFailure::from_status(&status))
            .context("a push was refused")?
            .into_inner();
        ensure!(
            answer.refused == 0 && !answer.receipt.is_empty(),
            "a push was not held: {:?}",
            answer.admission
        );
        done.records += u64::from(answer.kept);
        done.times.push(began.elapsed());
    }
}
