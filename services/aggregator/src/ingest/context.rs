//! State that the methods of IngestService share.

use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_proto::ingest_v1;
use hedgerow_proto::ingest_v1::PendingReason;
use hedgerow_store::{GroupRow, RefusalRow};
use hedgerow_transport::failure::Failure;

use crate::admission::status;
use crate::config::IngestConfig;
use crate::crawl::HintSender;
use crate::failure::OrFailure;
use crate::receipts::Receipts;
use crate::transfer::{TransferProcessor, TransferResult};

/// The most refused records that one response names.
const MAX_REFUSALS: usize = 100;

/// The service.
pub struct Ingest {
    pub(super) processor: Arc<TransferProcessor>,
    pub(super) receipts: Receipts,
    config: IngestConfig,
    /// Limits concurrent pushes, in all and by peer.
    /// Endpoints that announced heads name go to the crawler.
    pub(super) endpoint_hints: HintSender,
    pub(super) message_bytes: usize,
}

impl Ingest {
    /// Passes transfers to `processor`, in messages of at most `message_bytes`, and announced
    /// endpoints to `endpoint_hints`.
    pub fn new(
        processor: Arc<TransferProcessor>,
        receipts: Receipts,
        config: IngestConfig,
        endpoint_hints: HintSender,
        message_bytes: usize,
    ) -> Self {
        Self {
            processor,
            receipts,
            config,
            endpoint_hints,
            message_bytes,
        }
    }

    pub(super) fn limits(&self) -> ingest_v1::Limits {
        ingest_v1::Limits {
            max_record_bytes: self.config.max_record_bytes,
            max_records: self.config.max_records,
            max_view_bytes: self.config.max_view_bytes,
            max_message_bytes: u32::try_from(self.message_bytes).unwrap_or(u32::MAX),
            poll_interval: Some(prost_types::Duration {
                seconds: i64::try_from(self.config.come_back_seconds).unwrap_or(i64::MAX),
                nanos: 0,
            }),
        }
    }

    /// Returns the admission of a group, and the highest head ever accepted of it.
    pub(super) async fn admission_of(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<(ingest_v1::Admission, Vec<u8>), Failure> {
        let store = self.processor.store();
        let (row, exclusion) = store.group_or_exclusion(group).await.or_failure()?;
        let Some(row) = row else {
            let admission = match exclusion {
                Some(exclusion) => status::excluded_unseen(exclusion),
                None => status::not_stored(PendingReason::KeyLogMissing),
            };
            return Ok((admission, Vec::new()));
        };
        let refusals = store
            .list_refusals(group, view, MAX_REFUSALS)
            .await
            .or_failure()?;
        let state = store.view_state(group, view).await.or_failure()?;
        let highest = state.highest.unwrap_or_default();
        Ok((self.admission(&row, &refusals), highest))
    }

    /// Returns the same after a transfer, without a read of the store if its commit began the
    /// group.
    pub(super) async fn admission_after(
        &self,
        result: &TransferResult,
    ) -> Result<(ingest_v1::Admission, Vec<u8>), Failure> {
        let Some(summary) = &result.summary else {
            return self.admission_of(&result.group_id, &View::public()).await;
        };
        let refusals = &summary.refusals[..summary.refusals.len().min(MAX_REFUSALS)];
        let head = summary.row.head.as_ref();
        Ok((
            self.admission(&summary.row, refusals),
            head.map(|head| head.facts.envelope.clone())
                .unwrap_or_default(),
        ))
    }

    fn admission(&self, row: &GroupRow, refusals: &[RefusalRow]) -> ingest_v1::Admission {
        let now = self.processor.now();
        // Names of records are as hidden as the records are, also those of refused ones.
        let visible = if status::is_shown(row, now) {
            refusals
        } else {
            &[]
        };
        status::admission(row, visible, now)
    }
}

/// Rejects every view except `public`, so that private views cannot be probed.
pub(super) fn public_view(view: &str) -> Result<View, Failure> {
    let parsed = if view.is_empty() {
        View::public()
    } else {
        View::parse(view)?
    };
    if parsed == View::public() {
        Ok(parsed)
    } else {
        Err(Failure::invalid_field(
            "view",
            "view_not_served",
            "this aggregator stores only public views",
        ))
    }
}
