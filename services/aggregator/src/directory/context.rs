use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::random::Random;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_search::Index;
use hedgerow_server::peer::PeerKey;
use hedgerow_store::{GroupRow, Store};
use hedgerow_transport::failure::{Failure, FieldViolation};
use prost::Message;

use super::coverage_cache::CoverageCache;
use super::geocode::Geocoder;
use super::page_token::TokenSigner;
use super::publisher_cache::PublisherCache;
use super::record_cache::RecordCache;
use super::search_limiter::SearchLimiter;
use crate::admission::status;
use crate::config::Config;
use crate::failure::OrFailure as _;

/// Rows of a page if the request names no number.
const DEFAULT_PAGE_SIZE: usize = 20;
/// Bytes of the rows of a page: a quarter of the smallest limit of a message. Facets and other
/// parts of a response need less than the rest.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// The bytes that are left for rows of a page. A page ends before the row that does not fit, as
/// if it were full.
pub(super) struct PageBytes(usize);

impl Default for PageBytes {
    fn default() -> Self {
        Self(MAX_PAGE_BYTES)
    }
}

impl PageBytes {
    /// Takes the bytes of a row. Returns whether it fits; the first row always does, because a
    /// page without rows would not end.
    pub(super) fn take(&mut self, row: &impl Message) -> bool {
        self.take_all(std::slice::from_ref(row))
    }

    /// Takes the bytes of rows that are only shown together, in the same way.
    pub(super) fn take_all(&mut self, rows: &[impl Message]) -> bool {
        let bytes: usize = rows.iter().map(Message::encoded_len).sum();
        let fits = self.0 == MAX_PAGE_BYTES || bytes <= self.0;
        // At least one byte, so that only the first row is the first.
        self.0 = self.0.saturating_sub(bytes.max(1));
        fits
    }
}

/// What every handler of the directory works with. The handlers are functions over it and a
/// request, so that pages can call them as well as gRPC. Clones share everything.
#[derive(Clone)]
pub struct Directory {
    pub(super) store: Arc<dyn Store>,
    pub(super) index: Index,
    clock: Arc<dyn Clock>,
    pub(super) limiter: SearchLimiter,
    pub(super) publishers: Arc<PublisherCache>,
    pub(super) records: Arc<RecordCache>,
    pub(super) coverage: Arc<CoverageCache>,
    pub(super) signer: Arc<TokenSigner>,
    pub(super) geocoder: Arc<Geocoder>,
    max_page_size: u32,
}

impl Directory {
    pub fn new(
        store: Arc<dyn Store>,
        index: Index,
        clock: Arc<dyn Clock>,
        random: &dyn Random,
        geocoder: Arc<Geocoder>,
        config: &Config,
    ) -> Self {
        Self {
            store,
            index,
            clock,
            limiter: SearchLimiter::default(),
            publishers: Arc::default(),
            records: Arc::default(),
            coverage: Arc::default(),
            signer: Arc::new(TokenSigner::new(random)),
            geocoder,
            max_page_size: config.directory.page_size,
        }
    }

    /// The directory for a call of a peer, which its searches are charged to.
    pub(super) fn for_peer(&self, peer: PeerKey) -> Self {
        Self {
            limiter: self.limiter.for_peer(peer),
            ..self.clone()
        }
    }

    /// The store, for what no call of the directory returns.
    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The rows of a page.
    pub(super) fn page_size(&self, requested: i32) -> Result<usize, FieldViolation> {
        let max = self.max_page_size;
        match u32::try_from(requested) {
            Ok(0) => Ok(DEFAULT_PAGE_SIZE),
            Ok(size) if size <= max => Ok(size as usize),
            Ok(_) => Err(FieldViolation::new(
                "page_size",
                "page_size_too_large",
                format!("expected at most {max} rows"),
            )),
            Err(_) => Err(FieldViolation::new(
                "page_size",
                "page_size_negative",
                "expected 0 for the usual number of rows, or more",
            )),
        }
    }

    /// The group's row, or why there is none.
    pub(super) async fn known_group(&self, group: &GroupId) -> Result<GroupRow, Failure> {
        self.store.group(group).await.or_failure()?.ok_or_else(|| {
            Failure::not_found("group_unknown", "this server has nothing of this group")
                .with("group_id", group)
        })
    }

    /// A record that is shown, with its group's row.
    pub(super) async fn shown_record(
        &self,
        group: &GroupId,
        name: &RecordName,
        now: Timestamp,
    ) -> Result<(GroupRow, Vec<u8>), Failure> {
        let row = self.known_group(group).await?;
        let record = if status::is_shown(&row, now) {
            let view = View::public();
            self.store.record(group, &view, name).await.or_failure()?
        } else {
            None
        };
        match record {
            Some(record) => Ok((row, record)),
            None => Err(record_unknown(&row, now)),
        }
    }
}

/// The error for a record that is not shown, whatever the reason.
pub(super) fn record_unknown(row: &GroupRow, now: Timestamp) -> Failure {
    Failure::not_found("record_unknown", "no such record is shown here")
        .with("group_id", row.group_id)
        .with("status", status::group_status(row, now).as_str_name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_by_bytes_but_never_before_its_first_row() {
        let row = "r".repeat(MAX_PAGE_BYTES / 3).into_bytes();
        let mut bytes = PageBytes::default();
        // With its tag and length, a row has more than a third.
        assert_eq!([0; 4].map(|_| bytes.take(&row)), [true, true, false, false]);
        let huge = vec![0u8; 2 * MAX_PAGE_BYTES];
        let mut bytes = PageBytes::default();
        assert_eq!([bytes.take(&huge), bytes.take(&row)], [true, false]);
    }
}
