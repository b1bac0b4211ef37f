//! `StewardService.TakeBackRecord`.

use std::sync::Arc;

use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::request::etag;
use super::request::record_name;
use crate::group::Group;
use crate::node::Shared;
use crate::publish::Change;
use crate::publish::Edit;
use crate::publish::WriteRequest;
use crate::publish::publish;

/// Takes a record back.
pub(super) async fn take_back_record(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: v1::TakeBackRecordRequest,
) -> Result<v1::TakeBackRecordResponse, Failure> {
    let id = WriteRequest::new("TakeBackRecord", &request.request_id, &request)?;
    let edit = Edit {
        path: String::new(),
        change: Change::TakeBack {
            name: record_name("name", request.name.as_ref())?,
            etag: etag(request.etag),
        },
    };
    publish(shared, group, id, vec![edit], |written| {
        v1::TakeBackRecordResponse { head: written.head }
    })
    .await
}
