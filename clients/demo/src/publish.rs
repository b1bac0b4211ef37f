//! Publishes everything, and waits until all of it can be found.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use hedgerow_cli::{Context, progress};
use hedgerow_client::{Directory, Options};
use hedgerow_core::name::collection;
use hedgerow_proto::directory_v1::{SearchFilter, SearchRecordsRequest};
use hedgerow_proto::v1::Offer;
use hedgerow_proto::v1::resource::Detail;

use crate::network::Network;
use crate::outcome::Outcome;

/// Generous, for the slowest machine.
const MAX_WAIT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Publishes as every steward at once, and returns the figures, without searches.
pub(crate) async fn publish(
    network: &Network,
    directory: &Directory,
    options: Options,
    context: &mut Context,
) -> anyhow::Result<Outcome> {
    let all: usize = network
        .groups
        .iter()
        .map(|group| group.publisher.changes.len())
        .sum();
    let bar = progress::bar(context, all as u64, "publishing");
    let start = Instant::now();
    try_join_all(network.groups.iter().map(async |group| {
        let steward = group.steward(options.clone())?;
        let changes = group.publisher.changes.clone();
        let count = changes.len() as u64;
        steward.publish_records(changes, |_| ()).await?;
        bar.inc(count);
        anyhow::Ok(())
    }))
    .await?;
    bar.finish_and_clear();

    let bar = progress::bar(context, all as u64, "waiting until it can be found");
    let kinds = [
        collection::LISTING,
        collection::EVENT,
        collection::OFFER,
        collection::NEED,
    ];
    let mut counts = [0; 4];
    loop {
        for (count, kind) in counts.iter_mut().zip(kinds) {
            *count = count_of(directory, kind).await?;
        }
        let searchable: usize = counts.iter().sum();
        bar.set_position(searchable as u64);
        if searchable >= all {
            break;
        }
        anyhow::ensure!(
            start.elapsed() < MAX_WAIT,
            "only {searchable} of {all} records could be found after two minutes"
        );
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    let searchable_ms = u64::try_from(start.elapsed().as_millis())?;
    bar.finish_and_clear();
    let [listings, events, offers, needs] = counts;
    let (rooms, bytes) = count_rooms_and_bytes(network, directory, context).await?;
    Ok(Outcome {
        nodes: network.nodes,
        publishers: network.groups.len(),
        listings,
        events,
        offers,
        needs,
        rooms,
        bytes,
        searchable_ms,
        searches: Vec::new(),
    })
}

async fn count_of(directory: &Directory, collection: &str) -> anyhow::Result<usize> {
    let request = SearchRecordsRequest {
        filter: Some(SearchFilter {
            collections: vec![collection.to_owned()],
            ..Default::default()
        }),
        page_size: 1,
        ..Default::default()
    };
    let response = directory.search_unverified(request).await?;
    Ok(usize::try_from(response.as_claimed().total_size)?)
}

/// Fetches every record back from the aggregator, checked.
async fn count_rooms_and_bytes(
    network: &Network,
    directory: &Directory,
    context: &Context,
) -> anyhow::Result<(usize, u64)> {
    let bar = progress::bar(context, network.groups.len() as u64, "checking all of it");
    let (mut rooms, mut bytes) = (0, 0);
    for group in &network.groups {
        let published = directory.get_all_records(&group.group_id).await?;
        for record in &published.value().records {
            bytes += record.bytes().len() as u64;
            let resource = record.body::<Offer>().and_then(|offer| offer.resource);
            let is_room =
                resource.is_some_and(|resource| matches!(resource.detail, Some(Detail::Space(_))));
            rooms += usize::from(is_room);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((rooms, bytes))
}
