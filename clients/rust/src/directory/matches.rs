//! Offers that fit a need, and needs that an offer fits.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;

use super::Directory;
use super::Found;
use super::events::no_hit;
use crate::ClientError;
use crate::Unchecked;

/// A page of what fits.
#[derive(Debug)]
pub struct MatchesPage {
    /// What fits, the most certain first.
    pub matches: Vec<FoundMatch>,
    /// From the server, to go on with. Empty on the last page.
    pub next_page_token: String,
    /// From the server: that there is more than it compared, which was the nearest. A
    /// search finds the others.
    pub more_not_compared: bool,
}

/// One offer or need that fits.
#[derive(Debug)]
pub struct FoundMatch {
    /// What the server says of it, and the record itself.
    pub found: Found,
    /// Why it fits and what has to be asked: the server's word.
    pub why: Unchecked<v1::Match>,
}

impl Directory {
    /// Finds what fits an offer or need, `page_size` of them (the server's own where 0),
    /// and fetches and checks every record.
    ///
    /// # Errors
    /// Where the call fails. A record that does not pass its check is an error in its own
    /// match only.
    pub async fn matches(
        &self,
        group: &GroupId,
        name: &RecordName,
        page_size: u32,
        page_token: &str,
    ) -> Result<MatchesPage, ClientError> {
        let request = v1::MatchesRequest {
            group_id: group.to_vec(),
            collection: name.collection.as_str().to_owned(),
            key: name.key.as_str().to_owned(),
            page_size,
            page_token: page_token.to_owned(),
            ..v1::MatchesRequest::default()
        };
        self.matches_of(request).await
    }

    /// The same with the whole request.
    ///
    /// # Errors
    /// As [`Directory::matches`].
    pub async fn matches_of(
        &self,
        request: v1::MatchesRequest,
    ) -> Result<MatchesPage, ClientError> {
        let mut answer = self
            .matches_unchecked(request)
            .await?
            .take_the_servers_word();
        let mut hits = Vec::with_capacity(answer.matches.len());
        for one in &mut answer.matches {
            hits.push(one.hit.take().ok_or_else(|| no_hit(self))?);
        }
        let found = self.check_hits(hits).await;
        let matches = answer.matches.into_iter().zip(found);
        Ok(MatchesPage {
            matches: matches
                .map(|(why, found)| FoundMatch {
                    found,
                    why: Unchecked::new(why),
                })
                .collect(),
            next_page_token: answer.next_page_token,
            more_not_compared: answer.more_not_compared,
        })
    }

    /// Finds what fits, on the server's word alone.
    ///
    /// # Errors
    /// Where the call fails.
    pub async fn matches_unchecked(
        &self,
        request: v1::MatchesRequest,
    ) -> Result<Unchecked<v1::MatchesResponse>, ClientError> {
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.matches(request).await }
        };
        self.server.call(request, call).await.map(Unchecked::new)
    }

    /// Counts of listings by region: the server's word, since nobody signs a count.
    ///
    /// # Errors
    /// Where the call fails.
    pub async fn coverage(
        &self,
        request: v1::CoverageRequest,
    ) -> Result<Unchecked<v1::CoverageResponse>, ClientError> {
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.coverage(request).await }
        };
        self.server.call(request, call).await.map(Unchecked::new)
    }
}
