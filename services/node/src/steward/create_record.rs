//! `StewardService.CreateRecord`.

use std::sync::Arc;

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;

use super::request::{parse_collection, require_draft};
use crate::group::Group;
use crate::publish::{Change, Edit, WriteRequest, WrittenRecord, publish};
use crate::shared::Shared;

pub(super) async fn create_record(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: steward_v1::CreateRecordRequest,
) -> Result<steward_v1::CreateRecordResponse, Failure> {
    let id = &request.request_id;
    let write = WriteRequest::new(shared, group, "CreateRecord", id, &request)?;
    let edit = Edit {
        path: String::new(),
        name_field: "subject",
        change: Change::Add {
            collection: parse_collection("collection", &request.collection)?,
            draft: require_draft("draft", request.draft)?,
            may_replace: false,
        },
    };
    publish(write, vec![edit], |mut written| {
        steward_v1::CreateRecordResponse {
            record: written.records.pop().map(WrittenRecord::into_proto),
            head: written.head,
        }
    })
    .await
}
