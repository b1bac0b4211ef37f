//! The stages of ingest, each measured alone in this process.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::Context as _;
use futures::StreamExt as _;
use hedgerow_aggregator::admission::{Origin, SourceId};
use hedgerow_aggregator::{Aggregator, Config, Deps};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules;
use hedgerow_core::sync::{SyncLimits, SyncReader, SyncStep};
use hedgerow_proto::ingest_v1::ingest_service_server::{IngestService, IngestServiceServer};
use hedgerow_proto::{feed_v1, ingest_v1};
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::ServerLimits;
use hedgerow_server::listen::bind;
use hedgerow_server::server::{Server, standard_services};
use hedgerow_transport::bounded;
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use tokio::sync::oneshot;
use tonic::{Request, Response, Status, Streaming};

use crate::dataset::{Dataset, Publication, group_id};
use crate::process::Process;
use crate::push::{Concurrency, push};

pub struct Stage {
    pub name: &'static str,
    /// Records per second with all cores.
    pub per_second: f64,
    /// Microseconds of one core per record, of this whole process.
    pub core_us: f64,
}

/// Measures each stage over a dataset.
pub async fn measure_stages(folder: &Path, dataset: &Dataset) -> anyhow::Result<Vec<Stage>> {
    let mut stages = vec![transport(dataset).await?];
    let publications = read_all(dataset)?;
    stages.push(verify(&publications, dataset.records)?);
    let (committed, indexed) = commit_and_index(folder, publications, dataset.records).await?;
    stages.extend([committed, indexed]);
    Ok(stages)
}

fn read_all(dataset: &Dataset) -> anyhow::Result<Vec<Publication>> {
    let mut all = Vec::new();
    dataset.publications(|publication| {
        all.push(publication);
        Ok(true)
    })?;
    Ok(all)
}

/// Starts a measurement, and returns the function that ends it.
fn measure(name: &'static str, records: u64) -> impl FnOnce() -> Stage {
    let (began, cpu) = (Instant::now(), Process::own().cpu());
    move || {
        #[expect(clippy::cast_precision_loss, reason = "a rate to two digits")]
        let records = records as f64;
        let cpu = Process::own().cpu().saturating_sub(cpu);
        Stage {
            name,
            per_second: records / began.elapsed().as_secs_f64(),
            core_us: cpu.as_secs_f64() * 1e6 / records,
        }
    }
}

/// A server that discards what it receives.
struct Sink(AtomicU64);

#[tonic::async_trait]
impl IngestService for Sink {
    async fn announce(
        &self,
        _: Request<ingest_v1::AnnounceRequest>,
    ) -> Result<Response<ingest_v1::AnnounceResponse>, Status> {
        Err(Status::unimplemented("not measured"))
    }

    async fn push(
        &self,
        request: Request<Streaming<ingest_v1::PushRequest>>,
    ) -> Result<Response<ingest_v1::PushResponse>, Status> {
        let mut requests = request.into_inner();
        let mut kept = 0;
        while let Some(request) = requests.message().await? {
            let item = request.item.and_then(|item| item.item);
            kept += u32::from(matches!(item, Some(feed_v1::sync_item::Item::Body(_))));
        }
        self.0.fetch_add(u64::from(kept), Ordering::Relaxed);
        Ok(Response::new(ingest_v1::PushResponse {
            kept,
            receipt: vec![0],
            ..Default::default()
        }))
    }

    async fn get_admission(
        &self,
        _: Request<ingest_v1::GetAdmissionRequest>,
    ) -> Result<Response<ingest_v1::GetAdmissionResponse>, Status> {
        Err(Status::unimplemented("not measured"))
    }
}

async fn transport(dataset: &Dataset) -> anyhow::Result<Stage> {
    let listener = bind(([127, 0, 0, 1], 0).into()).await?;
    let identity = Identity::generate(&["127.0.0.1".to_owned()])?;
    let address = Endpoint {
        host: "127.0.0.1".to_owned(),
        port: listener.local_addr()?.port(),
        pin: Some(identity.spki_hash()),
    };
    let limits = ServerLimits {
        calls_per_peer: 512,
        pushes: 512,
        pushes_per_peer: 512,
        ..ServerLimits::default()
    };
    let services = standard_services(&["hedgerow.ingest.v1.IngestService"]).await?;
    let sink = bounded!(IngestServiceServer::new(Sink(AtomicU64::new(0))));
    let serving = Server::new(limits, &identity)?.routes(services.add_service(sink));
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(serving.serve(listener, async {
        let _ = stopped.await;
    }));
    let end = measure("received: gRPC over TLS, both ends", dataset.records);
    push(&address, dataset, Concurrency::default()).await?;
    let stage = end();
    drop(stop);
    running.await?;
    Ok(stage)
}

fn verify(publications: &[Publication], records: u64) -> anyhow::Result<Stage> {
    let half = publications.len().div_ceil(2).max(1);
    let end = measure("verified: signatures, leaves, root, rules", records);
    std::thread::scope(|scope| {
        let workers: Vec<_> = publications
            .chunks(half)
            .map(|part| scope.spawn(move || part.iter().try_for_each(verify_one)))
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| anyhow::bail!("a verifying thread panicked"))
        })
    })?;
    Ok(end())
}

fn verify_one(publication: &Publication) -> anyhow::Result<()> {
    let group = group_id(publication)?;
    let mut reader = SyncReader::new(SyncLimits::default(), None, Some(group));
    for item in publication {
        if let SyncStep::Body { hash, record } = reader.accept(item.clone())? {
            let leaf = reader.leaf(&hash).context("a body without a leaf")?;
            let parsed = ParsedRecord::parse_leaf(&record, &group, leaf, 65_536)?;
            rules::check_received(&parsed)
                .map_err(|refused| anyhow::anyhow!("{}: {}", refused.reason, refused.detail))?;
        }
    }
    Ok(())
}

async fn commit_and_index(
    folder: &Path,
    publications: Vec<Publication>,
    records: u64,
) -> anyhow::Result<(Stage, Stage)> {
    let mut config = Config::new(folder.join("stages"));
    config.ingest.creates = 1_000_000;
    Aggregator::initialise(&config, &Phrase::from_entropy([7; 16]), &SystemRandom)?;
    let deps = Deps {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let aggregator = Aggregator::open(config.clone(), deps).await?;
    let end = measure(
        "verified and committed: SQLite, one transfer per publisher",
        records,
    );
    let processor = aggregator.processor();
    // Only its name counts: the limits of a configured source are the widest.
    let source = Endpoint {
        host: "127.0.0.1".to_owned(),
        port: 1,
        pin: None,
    };
    let origin = Origin::Configured(SourceId::of(&source));
    futures::stream::iter(publications)
        .map(|publication| {
            let processor = Arc::clone(processor);
            let items = futures::stream::iter(publication.into_iter().map(Ok));
            tokio::spawn(async move { processor.process(items, origin).await })
        })
        .buffer_unordered(Concurrency::default().pushes)
        .for_each(|result| async move { drop(result) })
        .await;
    let committed = end();
    let end = measure("indexed: rebuilt from the store", records);
    let indexed = hedgerow_search::rebuild(
        &folder.join("stages-index"),
        aggregator.store().clone(),
        Arc::new(SystemClock),
        config.index.clone(),
    )
    .await?;
    anyhow::ensure!(
        indexed == records,
        "{indexed} of {records} records were committed"
    );
    Ok((committed, end()))
}
