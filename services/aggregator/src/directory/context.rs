use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::random::Random;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_search::Index;
use hedgerow_store::{GroupRow, Store};
use hedgerow_transport::failure::{Failure, FieldViolation};

use super::page_token::TokenSigner;
use super::publisher_cache::PublisherCache;
use super::record_cache::RecordCache;
use super::search_limiter::SearchLimiter;
use crate::admission::status;
use crate::config::Config;
use crate::failure::OrFailure as _;

/// Rows of a page if the request names no number.
const DEFAULT_PAGE_SIZE: usize = 20;

/// What every handler of the directory works with. The handlers are functions over it and a
/// request, so that pages can call them as well as gRPC.
pub struct Directory {
    pub(super) store: Arc<dyn Store>,
    pub(super) index: Index,
    clock: Arc<dyn Clock>,
    pub(super) limiter: SearchLimiter,
    pub(super) publishers: PublisherCache,
    pub(super) records: RecordCache,
    pub(super) signer: TokenSigner,
    max_page_size: u32,
}

impl Directory {
    pub fn new(
        store: Arc<dyn Store>,
        index: Index,
        clock: Arc<dyn Clock>,
        random: &dyn Random,
        config: &Config,
    ) -> Self {
        Self {
            store,
            index,
            clock,
            limiter: SearchLimiter::default(),
            publishers: PublisherCache::default(),
            records: RecordCache::default(),
            signer: TokenSigner::new(random),
            max_page_size: config.directory.page_size,
        }
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
