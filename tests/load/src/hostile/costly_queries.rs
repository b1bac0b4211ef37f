//! Attacks by queries that cost much more than they seem to.

use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_transport::bounded;

use super::attacker::{Attacker, reason};

/// Lists events in a window that ends in the year 9999.
pub fn windows(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(4)?;
    attacker.repeat_calls(&peers, 4, |channel| async move {
        let filter = directory_v1::SearchFilter {
            window: Some(directory_v1::TimeWindow {
                start_time: Some(Timestamp::from_seconds(0).to_proto()),
                end_time: Some(Timestamp::from_seconds(253_402_300_799).to_proto()),
            }),
            ..Default::default()
        };
        let request = directory_v1::ListEventsRequest {
            filter: Some(filter),
            page_size: 100,
            ..Default::default()
        };
        let mut client = bounded!(DirectoryServiceClient::new(channel));
        let response = client.list_events(request).await;
        response.map_err(|status| reason(&status))?;
        Ok("listed".to_owned())
    })
}

/// Searches for as many words as a query may have, with every facet.
pub fn long_queries(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(4)?;
    // Misspelt words, because each is compared with the words of the index.
    let misspelt = "suport gruop mentel helth kniting anxity wellbing comunity ";
    let query = misspelt.repeat(3).chars().take(190).collect::<String>();
    attacker.repeat_calls(&peers, 4, move |channel| {
        let request = directory_v1::SearchRecordsRequest {
            facets: (1..=11).collect(),
            page_size: 100,
            ..directory_v1::SearchFilter {
                query: query.clone(),
                ..Default::default()
            }
            .into()
        };
        search(channel, request)
    })
}

/// Sends one search.
pub async fn search(
    channel: tonic::transport::Channel,
    request: directory_v1::SearchRecordsRequest,
) -> super::attacker::Outcome {
    let mut client = bounded!(DirectoryServiceClient::new(channel));
    let response = client.search_records(request).await;
    let hits = response
        .map_err(|status| reason(&status))?
        .into_inner()
        .hits;
    Ok(if hits.is_empty() { "no hits" } else { "hits" }.to_owned())
}
