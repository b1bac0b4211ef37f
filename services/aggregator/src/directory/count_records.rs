//! Numbers of hits for the pages of this process: a search without its hits, facets and
//! suggestions.

use hedgerow_proto::directory_v1::{SearchFilter, SearchOrder};
use hedgerow_transport::failure::Failure;

use super::context::Directory;
use super::search_records::ParsedSearch;

/// Counts the records that match each of the filters completely, all in one turn.
pub(super) async fn count_records(
    directory: &Directory,
    filters: &[SearchFilter],
) -> Result<Vec<u64>, Failure> {
    let _in_flight = directory.index.begin_request();
    let started = directory.now();
    let order = SearchOrder::Unspecified.into();
    let parse = |filter: &SearchFilter| {
        ParsedSearch::parse(filter, order, started, &directory.geocoder, Vec::new())
    };
    let searches: Vec<ParsedSearch> = filters.iter().map(parse).collect::<Result<_, _>>()?;
    let (newest, _) = directory.index.current_snapshot();
    let counts = directory.limiter.run(move |turn| {
        let snapshot = newest.interruptible(turn.clone());
        let count = |search: &ParsedSearch| Ok(snapshot.count(&search.filters, &[])?.0);
        searches.iter().map(count).collect()
    });
    counts.await
}
