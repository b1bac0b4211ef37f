//! `StewardService.CreateRecord`.

use std::sync::Arc;

use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::request::collection;
use super::request::draft;
use crate::group::Group;
use crate::node::Shared;
use crate::publish::Change;
use crate::publish::Edit;
use crate::publish::WriteRequest;
use crate::publish::WrittenRecord;
use crate::publish::publish;

/// Adds a record.
pub(super) async fn create_record(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: v1::CreateRecordRequest,
) -> Result<v1::CreateRecordResponse, Failure> {
    let id = WriteRequest::new("CreateRecord", &request.request_id, &request)?;
    let edit = Edit {
        path: String::new(),
        change: Change::Add {
            collection: collection("collection", &request.collection)?,
            draft: draft("draft", request.draft)?,
            may_replace: false,
        },
    };
    publish(shared, group, id, vec![edit], |mut written| {
        v1::CreateRecordResponse {
            record: written.records.pop().map(WrittenRecord::into_proto),
            head: written.head,
        }
    })
    .await
}
