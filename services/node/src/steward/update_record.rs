//! `StewardService.UpdateRecord`.

use std::sync::Arc;

use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::request::draft;
use super::request::missing;
use super::request::record_name;
use crate::group::Group;
use crate::node::Shared;
use crate::publish::Change;
use crate::publish::Edit;
use crate::publish::WriteRequest;
use crate::publish::WrittenRecord;
use crate::publish::publish;

/// Replaces a record as it was last read.
pub(super) async fn update_record(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: v1::UpdateRecordRequest,
) -> Result<v1::UpdateRecordResponse, Failure> {
    let id = WriteRequest::new("UpdateRecord", &request.request_id, &request)?;
    if request.etag.is_empty() {
        return Err(missing("etag"));
    }
    let edit = Edit {
        path: String::new(),
        change: Change::Replace {
            name: record_name("name", request.name.as_ref())?,
            draft: draft("draft", request.draft)?,
            etag: Some(request.etag),
        },
    };
    publish(shared, group, id, vec![edit], |mut written| {
        v1::UpdateRecordResponse {
            record: written.records.pop().map(WrittenRecord::into_proto),
            head: written.head,
        }
    })
    .await
}
