//! Publishing: rules, precision, hashing, storing and signing as one change that
//! happens wholly, durably, and once; then the couriers are told.

mod answer;
mod apply;
mod gather;
mod plan;

use std::sync::Arc;

use hedgerow_core::name::Collection;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::telemetry::span;
use tracing::Instrument;

use crate::group::Group;
use crate::node::Shared;
use crate::store::KeptRecord;

pub(crate) use answer::Answer;
pub(crate) use answer::WriteRequest;
pub(crate) use answer::given_before;
pub(crate) use apply::newest_head;

/// One change that a steward asks for.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    /// Where it stands in the request: a prefix of the fields that violations name.
    pub(crate) path: String,
    /// The change.
    pub(crate) change: Change,
}

/// What a steward wants changed.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// Add a record. A catalogued one that is there already is refused, unless it may be
    /// replaced.
    Add {
        collection: Collection,
        draft: v1::RecordDraft,
        may_replace: bool,
    },
    /// Replace a record, as it was last read where an etag is given.
    Replace {
        name: RecordName,
        draft: v1::RecordDraft,
        etag: Option<String>,
    },
    /// Take a record back.
    TakeBack {
        name: RecordName,
        etag: Option<String>,
    },
}

/// A record as it is kept after the change, with its bytes.
#[derive(Clone, Debug)]
pub(crate) struct WrittenRecord {
    pub(crate) record: KeptRecord,
    pub(crate) bytes: Vec<u8>,
}

impl WrittenRecord {
    /// As the steward sees it.
    pub(crate) fn into_proto(self) -> v1::StewardRecord {
        steward_record(&self.record, self.bytes)
    }

    /// The same without its bytes.
    pub(crate) fn into_proto_without_bytes(self) -> v1::StewardRecord {
        steward_record(&self.record, Vec::new())
    }
}

/// What became of a request's changes.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Records added and replaced, in the order of the request.
    pub(crate) records: Vec<WrittenRecord>,
    /// Envelope of the newest public head; empty where there is none.
    pub(crate) head: Vec<u8>,
}

/// Makes a request's changes, all or none, or gives the answer that it got before.
///
/// The work is done even if the caller goes away meanwhile: what is durable must also be
/// told to the couriers.
pub(crate) async fn publish<R: Answer>(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: WriteRequest,
    edits: Vec<Edit>,
    respond: impl FnOnce(Written) -> R + Send + 'static,
) -> Result<R, Failure> {
    let (shared, group) = (Arc::clone(shared), Arc::clone(group));
    let traced = span::publish(&group.id);
    let work = async move {
        let _edits = group.edits.lock().await;
        if let Some(answer) = answer::given_before(&shared, &group, &request).await? {
            return Ok(answer);
        }
        let gathered = gather::gather(&shared, &group, edits).await?;
        let plan = plan::plan(&shared, &group, gathered).await?;
        apply::apply(&shared, &group, &request, plan, respond).await
    };
    let work = tokio::spawn(work.instrument(traced));
    work.await.map_err(Failure::internal)?
}

/// A kept record as its steward sees it.
pub(crate) fn steward_record(record: &KeptRecord, bytes: Vec<u8>) -> v1::StewardRecord {
    v1::StewardRecord {
        name: Some(record.kept.name.to_proto()),
        record: bytes,
        audience: Some(record.kept.audience.to_proto()),
        etag: record.etag(),
        published: record.published,
        adjustments: record.kept.adjustments.clone(),
        consent: record.kept.consent.clone(),
    }
}
