//! An aggregator that holds a dataset, and finds all of it.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use anyhow::ensure;
use hedgerow_proto::v1;
use hedgerow_proto::v1::directory_service_client::DirectoryServiceClient;
use hedgerow_rpc::bounded;

use crate::dataset::Dataset;
use crate::dataset::Shape;
use crate::push::Crowd;
use crate::push::Pushed;
use crate::push::push;
use crate::report::say;
use crate::server::Change;
use crate::server::Server;
use crate::server::init_aggregator;

/// How long nothing new may become searchable before it is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// An aggregator with everything in it.
pub struct Filled {
    /// The aggregator.
    pub server: Server,
    /// How the push went.
    pub pushed: Pushed,
    /// From the first push until the last record could be found.
    pub searchable: Duration,
}

/// Makes an aggregator in a folder, pushes a dataset to it, and waits until all of it is
/// found.
pub async fn fill(folder: &Path, dataset: &Dataset, changes: &[Change]) -> anyhow::Result<Filled> {
    init_aggregator(folder, changes)?;
    let server = Server::aggregator(folder).await?;
    fill_running(server, dataset).await
}

/// The same, for one that runs already and is empty.
pub async fn fill_running(server: Server, dataset: &Dataset) -> anyhow::Result<Filled> {
    say(&format!("pushing {} records …", dataset.records));
    let began = Instant::now();
    let pushed = push(&server.address, dataset, Crowd::default()).await?;
    say(&format!(
        "acknowledged after {:.1} s; waiting until all is found …",
        pushed.elapsed.as_secs_f64()
    ));
    wait_until_found(&server, dataset.records).await?;
    Ok(Filled {
        server,
        pushed,
        searchable: began.elapsed(),
    })
}

/// Waits until a search for anything finds so many records.
pub async fn wait_until_found(server: &Server, records: u64) -> anyhow::Result<()> {
    let mut seen = 0;
    let mut last_new = Instant::now();
    loop {
        let total = found(server).await?;
        if total >= records {
            return Ok(());
        }
        if total > seen {
            (seen, last_new) = (total, Instant::now());
        }
        ensure!(
            last_new.elapsed() < PATIENCE,
            "only {total} of {records} records can be found"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How many records a search for anything finds.
pub async fn found(server: &Server) -> anyhow::Result<u64> {
    let mut client = bounded!(DirectoryServiceClient::new(server.channel()?));
    let request = v1::SearchRequest {
        any_role: true,
        page_size: 1,
        ..Default::default()
    };
    Ok(client.search(request).await?.into_inner().total)
}

/// An aggregator that keeps a dataset from one run to the next.
pub async fn kept(scratch: &Path, dataset: &Dataset, shape: Shape) -> anyhow::Result<Server> {
    let folder = kept_folder(scratch, shape);
    let marker = folder.with_extension("complete");
    if fs::read_to_string(&marker).is_ok_and(|records| records == dataset.records.to_string()) {
        let server = Server::aggregator(&folder).await?;
        wait_until_found(&server, dataset.records).await?;
        return Ok(server);
    }
    Ok(fill_kept(scratch, dataset, shape).await?.server)
}

/// Fills that aggregator anew.
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
        "aggregator-{}-by-{}",
        shape.groups, shape.per_publisher
    ))
}

/// Removes a file or a folder, if it is there.
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
