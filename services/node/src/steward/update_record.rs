//! `StewardService.UpdateRecord`.

use std::sync::Arc;

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;

use super::request::{missing, parse_name, require_draft};
use crate::group::Group;
use crate::publish::{Change, Edit, WriteRequest, WrittenRecord, publish};
use crate::shared::Shared;

/// Replaces a record. The etag is required here, so that two stewards cannot silently
/// overwrite each other's edits.
pub(super) async fn update_record(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: steward_v1::UpdateRecordRequest,
) -> Result<steward_v1::UpdateRecordResponse, Failure> {
    let id = &request.request_id;
    let write = WriteRequest::new(shared, group, "UpdateRecord", id, &request)?;
    if request.etag.is_empty() {
        return Err(missing("etag"));
    }
    let edit = Edit {
        path: String::new(),
        name_field: "name",
        change: Change::Replace {
            name: parse_name("name", request.name.as_ref())?,
            draft: require_draft("draft", request.draft)?,
            etag: Some(request.etag),
        },
    };
    publish(write, vec![edit], |mut written| {
        steward_v1::UpdateRecordResponse {
            record: written.records.pop().map(WrittenRecord::into_proto),
            head: written.head,
        }
    })
    .await
}
