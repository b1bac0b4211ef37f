//! Many concurrent publications, each with one `Push` over TLS.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_proto::ingest_v1;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_transport::bounded;
use hedgerow_transport::failure::CallFailure;
use tokio::sync::{Mutex, mpsc};
use tokio_stream::iter;
use tonic::transport::Channel;

use crate::dataset::{Dataset, Publication};
use crate::server::channel;
use crate::timing::Times;

#[derive(Debug, Clone, Copy)]
pub struct Concurrency {
    pub pushes: usize,
    pub connections: usize,
}

impl Default for Concurrency {
    fn default() -> Self {
        Self {
            pushes: 64,
            connections: 4,
        }
    }
}

#[derive(Debug, Clone)]
pub struct PushResult {
    /// Publishers with a receipt: their records are durable.
    pub publishers: u64,
    pub records: u64,
    /// The time from the first push to the last receipt.
    pub elapsed: Duration,
    /// The time of each push until its receipt.
    pub times: Times,
}

#[derive(Default)]
struct WorkerResult {
    records: u64,
    times: Vec<Duration>,
}

type Queue = Arc<Mutex<mpsc::Receiver<Publication>>>;

/// Pushes a whole dataset. Fails if the server does not keep every record.
pub async fn push(
    address: &Endpoint,
    dataset: &Dataset,
    concurrency: Concurrency,
) -> anyhow::Result<PushResult> {
    let (sender, receiver) = mpsc::channel(concurrency.pushes * 4);
    let publications = dataset.clone();
    let reading = std::thread::spawn(move || {
        publications.publications(|next| Ok(sender.blocking_send(next).is_ok()))
    });
    let queue: Queue = Arc::new(Mutex::new(receiver));
    let channels = (0..concurrency.connections)
        .map(|_| channel(address))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let began = Instant::now();
    let workers: Vec<_> = (0..concurrency.pushes)
        .map(|worker| {
            let channel = channels[worker % channels.len()].clone();
            tokio::spawn(run_worker(channel, Arc::clone(&queue)))
        })
        .collect();
    // Only the workers keep the queue, so the reading thread ends if all of them fail.
    drop(queue);
    let mut total = WorkerResult::default();
    for worker in workers {
        let result = worker.await??;
        total.records += result.records;
        total.times.extend(result.times);
    }
    let elapsed = began.elapsed();
    reading
        .join()
        .unwrap_or_else(|_| anyhow::bail!("the reading thread panicked"))?;
    ensure!(
        total.records == dataset.records,
        "{} of {} records were kept",
        total.records,
        dataset.records
    );
    Ok(PushResult {
        publishers: total.times.len() as u64,
        records: total.records,
        elapsed,
        times: Times::new(total.times)?,
    })
}

/// Pushes publications of the queue, one at a time, until it is empty.
async fn run_worker(channel: Channel, queue: Queue) -> anyhow::Result<WorkerResult> {
    let mut client = bounded!(IngestServiceClient::new(channel));
    let mut result = WorkerResult::default();
    loop {
        let next = queue.lock().await.recv().await;
        let Some(publication) = next else {
            return Ok(result);
        };
        let began = Instant::now();
        let requests = publication
            .into_iter()
            .map(|item| ingest_v1::PushRequest { item: Some(item) });
        let response = client.push(iter(requests)).await;
        let response = response
            .map_err(|status| CallFailure::from_status(&status))
            .context("a push was rejected")?
            .into_inner();
        ensure!(
            response.refused == 0 && !response.receipt.is_empty(),
            "a push got no receipt: {:?}",
            response.admission
        );
        result.records += u64::from(response.kept);
        result.times.push(began.elapsed());
    }
}
