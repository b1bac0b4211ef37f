//! Offers that fit a need, and needs that an offer fits.

use hedgerow_proto::directory_v1;

use super::{Directory, SearchResult};
use crate::error::ClientError;
use crate::verified::Unverified;

/// One page of matches.
#[derive(Debug)]
pub struct MatchesPage {
    /// The matches, the best first.
    pub matches: Vec<MatchResult>,
    /// The server's token for the next page. Empty on the last page.
    pub next_page_token: String,
    /// The server compared only the nearest candidates. A search lists the others.
    pub more_not_compared: bool,
}

/// An offer or need that fits.
#[derive(Debug)]
pub struct MatchResult {
    /// The offer or need.
    pub result: SearchResult,
    /// The aspects that fit, and those to settle with the other group.
    pub fit: Unverified<directory_v1::Match>,
}

impl Directory {
    /// Lists what fits an offer or a need, and fetches and verifies the record of every match.
    ///
    /// # Errors
    /// If the call fails. If the record of one match fails, only that match has the error.
    pub async fn list_matches(
        &self,
        request: directory_v1::ListMatchesRequest,
    ) -> Result<MatchesPage, ClientError> {
        let mut response = self.list_matches_unverified(request).await?.into_claimed();
        let mut hits = Vec::with_capacity(response.matches.len());
        for fit in &mut response.matches {
            let hit = fit.hit.take();
            hits.push(hit.ok_or_else(|| self.malformed("a match without its hit"))?);
        }
        let results = self.verify_hits(hits).await;
        let matches = response.matches.into_iter().zip(results);
        Ok(MatchesPage {
            matches: matches
                .map(|(fit, result)| MatchResult {
                    result,
                    fit: Unverified::new(fit),
                })
                .collect(),
            next_page_token: response.next_page_token,
            more_not_compared: response.more_not_compared,
        })
    }

    /// Lists what fits without fetching the records: one call.
    ///
    /// # Errors
    /// If the call fails.
    pub async fn list_matches_unverified(
        &self,
        request: directory_v1::ListMatchesRequest,
    ) -> Result<Unverified<directory_v1::ListMatchesResponse>, ClientError> {
        self.call(request, async |mut client, request| {
            client.list_matches(request).await
        })
        .await
        .map(Unverified::new)
    }
}
