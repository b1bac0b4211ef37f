//! Fetches the pages of a search.

use hedgerow_client::Directory;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{
    SearchFilter, SearchOrder, SearchRecordsRequest, SearchRecordsResponse,
};

use super::arguments::Arguments;
use crate::output_options::page_size;
use crate::results::{Hit, group_by_organisation};

/// Hits of all pages, with what the first page says about the search.
pub struct SearchResults {
    pub hits: Vec<Hit>,
    /// The first page without its hits.
    pub(super) first: SearchRecordsResponse,
    /// Records that were taken back between the search and the check.
    pub(super) gone: usize,
}

/// Fetches page after page up to the limit.
pub(super) async fn fetch(
    directory: &Directory,
    arguments: &Arguments,
    filter: SearchFilter,
    now: Timestamp,
) -> anyhow::Result<SearchResults> {
    let limit = arguments.output.limit as usize;
    let mut request = SearchRecordsRequest {
        filter: Some(filter),
        order: SearchOrder::from(arguments.order).into(),
        facets: arguments.facets().into_iter().map(Into::into).collect(),
        ..Default::default()
    };
    let mut results: Option<SearchResults> = None;
    loop {
        let fetched = results.as_ref().map_or(0, |results| results.hits.len());
        request.page_size = page_size(limit - fetched);
        let (response, hits, gone) = if arguments.output.no_check {
            let mut response = directory
                .search_unverified(request.clone())
                .await?
                .into_claimed();
            let hits = std::mem::take(&mut response.hits);
            let hits = hits.iter().map(|hit| Hit::unchecked(hit, now));
            (response, group_by_organisation(hits), 0)
        } else {
            let page = directory.search(request.clone()).await?;
            let found = page.hits.len();
            let hits: Vec<_> = page
                .hits
                .into_iter()
                .filter_map(|result| Hit::checked(result, now))
                .collect();
            let gone = found - hits.len();
            let hits = group_by_organisation(hits);
            (page.response.into_claimed(), hits, gone)
        };
        request.page_token.clone_from(&response.next_page_token);
        let results = results.get_or_insert_with(|| SearchResults {
            hits: Vec::new(),
            first: response,
            gone: 0,
        });
        results.gone += gone;
        results.hits.extend(hits);
        results.hits.truncate(limit);
        if request.page_token.is_empty() || results.hits.len() >= limit {
            break;
        }
    }
    results.ok_or_else(|| anyhow::anyhow!("the search returned no page"))
}
