//! Counts by region that were made before, because a map is the same for everyone.

use std::num::NonZeroUsize;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{GetCoverageRequest, GetCoverageResponse, SearchFilter};
use hedgerow_search::SnapshotId;
use lru::LruCache;
use parking_lot::Mutex;
use prost::Message as _;

use super::known_regions::{has_checked_names, is_known_scheme};

/// A response has at most 361 councils with a few counts each.
const MAX_RESPONSES: NonZeroUsize = NonZeroUsize::new(32).expect("it is not zero");
/// What is over by now is not counted, without a change of the index.
const MAX_AGE: Duration = Duration::from_secs(60);

/// Responses, each valid for one state of the index: a record that is taken back is in none of
/// them. What a person typed is never kept: only requests without words and places are.
pub(super) struct CoverageCache(Mutex<LruCache<Vec<u8>, Cached>>);

struct Cached {
    snapshot: SnapshotId,
    counted: Timestamp,
    response: GetCoverageResponse,
}

impl Default for CoverageCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MAX_RESPONSES)))
    }
}

impl CoverageCache {
    pub(super) fn get(
        &self,
        key: &[u8],
        snapshot: SnapshotId,
        now: Timestamp,
    ) -> Option<GetCoverageResponse> {
        let mut cached = self.0.lock();
        let found = cached.get(key)?;
        let age = now.as_seconds() - found.counted.as_seconds();
        let is_fresh = (0..=MAX_AGE.as_secs().cast_signed()).contains(&age);
        (found.snapshot == snapshot && is_fresh).then(|| found.response.clone())
    }

    pub(super) fn put(
        &self,
        key: Vec<u8>,
        snapshot: SnapshotId,
        now: Timestamp,
        response: &GetCoverageResponse,
    ) {
        let cached = Cached {
            snapshot,
            counted: now,
            response: response.clone(),
        };
        self.0.lock().put(key, cached);
    }
}

/// The key of a request that a page makes for everyone; `None` for any other.
pub(super) fn key(request: &GetCoverageRequest) -> Option<Vec<u8>> {
    // Under other schemes a name is whatever somebody typed, and anybody can make up more of them.
    if !request.scheme.is_empty() && !is_known_scheme(&request.scheme) {
        return None;
    }
    if let Some(filter) = &request.filter {
        let region = filter.region.as_ref();
        let for_everyone = SearchFilter {
            collections: filter.collections.clone(),
            region: region.filter(|it| has_checked_names(&it.scheme)).cloned(),
            roles: filter.roles.clone(),
            ..SearchFilter::default()
        };
        if *filter != for_everyone {
            return None;
        }
    }
    Some(request.encode_to_vec())
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1::RegionName;

    use super::*;

    #[test]
    fn only_requests_without_words_and_places_have_a_key() {
        let request = |filter| GetCoverageRequest {
            scheme: "council".to_owned(),
            filter,
            ..GetCoverageRequest::default()
        };
        let listings = SearchFilter {
            collections: vec!["listing".to_owned()],
            ..SearchFilter::default()
        };
        let words = SearchFilter {
            query: "grief".to_owned(),
            ..listings.clone()
        };
        let tags = SearchFilter {
            tags: vec!["experience:grief".to_owned()],
            ..listings.clone()
        };
        assert!(key(&request(None)).is_some());
        assert_ne!(key(&request(Some(listings))), key(&request(None)));
        assert_eq!(key(&request(Some(words))), None);
        assert_eq!(key(&request(Some(tags))), None);
    }

    #[test]
    fn only_requests_for_regions_of_known_schemes_have_a_key() {
        let request = |scheme: &str, of: &str| GetCoverageRequest {
            scheme: scheme.to_owned(),
            filter: Some(SearchFilter {
                region: Some(RegionName {
                    scheme: of.to_owned(),
                    name: "Leeds".to_owned(),
                }),
                ..SearchFilter::default()
            }),
            ..GetCoverageRequest::default()
        };
        for scheme in ["", "ons", "council", "mind-2013"] {
            assert!(key(&request(scheme, "council")).is_some(), "{scheme}");
        }
        assert_eq!(key(&request("of-a-stranger", "council")), None);
        // Any name passes as one of these regions.
        assert_eq!(key(&request("council", "mind-2013")), None);
    }

    #[test]
    fn a_response_is_kept_for_a_minute_and_for_one_state_of_the_index() {
        let cache = CoverageCache::default();
        let at = |seconds: i64| Timestamp::from_seconds(1_000 + seconds);
        let of = |generation| SnapshotId {
            opened_at: 1,
            generation,
        };
        let response = GetCoverageResponse {
            total: 7,
            ..GetCoverageResponse::default()
        };
        cache.put(vec![1], of(1), at(0), &response);
        assert_eq!(cache.get(&[1], of(1), at(60)), Some(response));
        assert_eq!(cache.get(&[1], of(1), at(61)), None);
        assert_eq!(
            cache.get(&[1], of(1), at(-1)),
            None,
            "the clock was set back"
        );
        assert_eq!(cache.get(&[1], of(2), at(0)), None);
        assert_eq!(cache.get(&[2], of(1), at(0)), None);
    }
}
