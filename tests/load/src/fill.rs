//! Aggregators that hold a dataset and find all of its records.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::ensure;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_transport::bounded;

use crate::dataset::{Dataset, Shape, VERSION};
use crate::push::{Concurrency, PushResult, push};
use crate::report::progress;
use crate::server::{ConfigChange, Server, init_aggregator};

/// The longest time without new searchable records.
const STALL_TIMEOUT: Duration = Duration::from_secs(120);

/// An aggregator with all records of a dataset.
pub struct Filled {
    pub server: Server,
    pub pushed: PushResult,
    /// The time from the first push until search found all records.
    pub searchable: Duration,
}

/// Creates an aggregator in a folder, pushes a dataset to it, and waits until search finds all
/// records.
pub async fn fill(
    folder: &Path,
    dataset: &Dataset,
    changes: &[ConfigChange],
) -> anyhow::Result<Filled> {
    init_aggregator(folder, changes)?;
    let server = Server::aggregator(folder).await?;
    fill_running(server, dataset).await
}

/// Like [`fill`], with a running aggregator that has no records.
pub async fn fill_running(server: Server, dataset: &Dataset) -> anyhow::Result<Filled> {
    progress(&format!("pushing {} records …", dataset.records));
    let began = Instant::now();
    let pushed = push(&server.address, dataset, Concurrency::default()).await?;
    progress(&format!(
        "acknowledged after {:.1} s; waiting until search finds all records …",
        pushed.elapsed.as_secs_f64()
    ));
    wait_until_found(&server, dataset.records).await?;
    Ok(Filled {
        server,
        pushed,
        searchable: began.elapsed(),
    })
}

/// Waits until search finds this number of records.
pub async fn wait_until_found(server: &Server, records: u64) -> anyhow::Result<()> {
    let mut seen = 0;
    let mut last_new = Instant::now();
    loop {
        let total = count_records(server).await?;
        if total >= records {
            return Ok(());
        }
        if total > seen {
            (seen, last_new) = (total, Instant::now());
        }
        ensure!(
            last_new.elapsed() < STALL_TIMEOUT,
            "search finds only {total} of {records} records"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The number of records that a search without conditions finds.
async fn count_records(server: &Server) -> anyhow::Result<u64> {
    let mut client = bounded!(DirectoryServiceClient::new(server.channel()?));
    let request = directory_v1::SearchRecordsRequest {
        page_size: 1,
        ..Default::default()
    };
    let response = client.search_records(request).await?.into_inner();
    Ok(u64::try_from(response.total_size)?)
}

/// Starts the aggregator that keeps a dataset between runs. Fills it if that is not done.
pub async fn start_kept(scratch: &Path, dataset: &Dataset, shape: Shape) -> anyhow::Result<Server> {
    let folder = kept_folder(scratch, shape);
    let marker = folder.with_extension("complete");
    if fs::read_to_string(&marker).is_ok_and(|records| records == dataset.records.to_string()) {
        let server = Server::aggregator(&folder).await?;
        wait_until_found(&server, dataset.records).await?;
        return Ok(server);
    }
    Ok(fill_kept(scratch, dataset, shape).await?.server)
}

/// Creates and fills that aggregator again.
pub async fn fill_kept(scratch: &Path, dataset: &Dataset, shape: Shape) -> anyhow::Result<Filled> {
    let folder = kept_folder(scratch, shape);
    let marker = folder.with_extension("complete");
    remove(&marker)?;
    remove(&folder)?;
    remove(&folder.with_extension("phrase"))?;
    let filled = fill(&folder, dataset, &[]).await?;
    fs::write(&marker, dataset.records.to_string())?;
    Ok(filled)
}

fn kept_folder(scratch: &Path, shape: Shape) -> PathBuf {
    scratch.join(format!(
        "aggregator-v{VERSION}-{}-by-{}",
        shape.groups, shape.per_publisher
    ))
}

/// Removes a file or folder if it exists.
fn remove(path: &Path) -> std::io::Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
