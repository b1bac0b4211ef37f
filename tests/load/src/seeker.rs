//! Seekers: one who asks one thing after the other, and many at once.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use hedgerow_proto::v1;
use hedgerow_proto::v1::directory_service_client::DirectoryServiceClient;
use hedgerow_rpc::bounded;
use hedgerow_rpc::failure::CallFailure;
use tonic::transport::Channel;

use crate::timing::Times;

/// What asking one after the other showed.
pub struct Asked {
    /// How long each took.
    pub times: Times,
    /// How many of the questions found something.
    pub answered: usize,
}

/// Whether the server serves this question; where not, the name of what it lacks.
pub async fn lacks(
    channel: &Channel,
    request: &v1::SearchRequest,
) -> anyhow::Result<Option<String>> {
    let mut client = bounded!(DirectoryServiceClient::new(channel.clone()));
    match client.search(request.clone()).await {
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

/// Asks everything once to warm up, and then `rounds` times, one after the other.
pub async fn one_by_one(
    channel: &Channel,
    requests: &[v1::SearchRequest],
    rounds: usize,
) -> anyhow::Result<Asked> {
    let mut client = bounded!(DirectoryServiceClient::new(channel.clone()));
    let mut answered = 0;
    for request in requests {
        let answer = client.search(request.clone()).await?.into_inner();
        answered += usize::from(!answer.hits.is_empty());
    }
    let mut times = Vec::with_capacity(requests.len() * rounds);
    for _ in 0..rounds {
        for request in requests {
            let request = request.clone();
            let began = Instant::now();
            client.search(request).await?;
            times.push(began.elapsed());
        }
    }
    Ok(Asked {
        times: Times::new(times)?,
        answered,
    })
}

/// Asks for a while, so many at once, over these connections. Answers a second.
pub async fn at_once(
    channels: &[Channel],
    requests: Arc<Vec<v1::SearchRequest>>,
    at_once: usize,
    length: Duration,
) -> anyhow::Result<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let seekers: Vec<_> = (0..at_once)
        .map(|seeker| {
            let mut client = bounded!(DirectoryServiceClient::new(
                channels[seeker % channels.len()].clone()
            ));
            let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
            tokio::spawn(async move {
                let mut asked = 0_u32;
                while began.elapsed() < length {
                    let at = next.fetch_add(1, Ordering::Relaxed) % requests.len();
                    client.search(requests[at].clone()).await?;
                    asked += 1;
                }
                anyhow::Ok(asked)
            })
        })
        .collect();
    let mut asked = 0;
    for seeker in seekers {
        asked += seeker.await??;
    }
    Ok(f64::from(asked) / began.elapsed().as_secs_f64())
}
