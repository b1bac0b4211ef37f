//! Sequential and concurrent searches.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_transport::bounded;
use hedgerow_transport::failure::CallFailure;
use tonic::transport::Channel;

use crate::timing::Times;

/// The filter of this request that the server does not serve, if there is one.
pub async fn unserved_filter(
    channel: &Channel,
    request: &directory_v1::SearchRecordsRequest,
) -> anyhow::Result<Option<String>> {
    let mut client = bounded!(DirectoryServiceClient::new(channel.clone()));
    match client.search_records(request.clone()).await {
        Ok(_) => Ok(None),
        Err(status) => {
            let failure = CallFailure::from_status(&status);
            if failure.reason == "filter_not_served" {
                let field = failure.metadata.get("field").cloned();
                return Ok(Some(field.unwrap_or_default()));
            }
            Err(failure.into())
        }
    }
}

/// Sends each request once, one after another. Returns the times, and how many had hits.
pub async fn run_once(
    channel: &Channel,
    requests: &[directory_v1::SearchRecordsRequest],
) -> anyhow::Result<(Vec<Duration>, usize)> {
    let mut client = bounded!(DirectoryServiceClient::new(channel.clone()));
    let mut times = Vec::with_capacity(requests.len());
    let mut with_hits = 0;
    for request in requests {
        let request = request.clone();
        let began = Instant::now();
        let response = client.search_records(request).await?.into_inner();
        times.push(began.elapsed());
        with_hits += usize::from(!response.hits.is_empty());
    }
    Ok((times, with_hits))
}

/// Sends all requests once to warm up, and then `rounds` times, one after another.
pub async fn run_sequentially(
    channel: &Channel,
    requests: &[directory_v1::SearchRecordsRequest],
    rounds: usize,
) -> anyhow::Result<Times> {
    run_once(channel, requests).await?;
    let mut times = Vec::with_capacity(requests.len() * rounds);
    for _ in 0..rounds {
        times.extend(run_once(channel, requests).await?.0);
    }
    Times::new(times)
}

/// How long to search concurrently.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// Until this time has passed, with the requests in turn.
    Elapsed(Duration),
    /// Until each request was sent once.
    EachOnce,
}

/// Searches over these connections, and returns the number of searches per second.
pub async fn run_concurrently(
    channels: &[Channel],
    requests: Arc<Vec<directory_v1::SearchRecordsRequest>>,
    concurrency: usize,
    until: Until,
) -> anyhow::Result<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let workers: Vec<_> = (0..concurrency)
        .map(|worker| {
            let mut client = bounded!(DirectoryServiceClient::new(
                channels[worker % channels.len()].clone()
            ));
            let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
            tokio::spawn(async move {
                let mut searches = 0_u32;
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let is_over = match until {
                        Until::Elapsed(length) => began.elapsed() >= length,
                        Until::EachOnce => at >= requests.len(),
                    };
                    if is_over {
                        return anyhow::Ok(searches);
                    }
                    let request = requests[at % requests.len()].clone();
                    client.search_records(request).await?;
                    searches += 1;
                }
            })
        })
        .collect();
    let mut searches = 0;
    for worker in workers {
        searches += worker.await??;
    }
    Ok(f64::from(searches) / began.elapsed().as_secs_f64())
}
