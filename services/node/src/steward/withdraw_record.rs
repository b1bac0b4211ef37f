//! `StewardService.WithdrawRecord`.

use std::sync::Arc;

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;

use super::request::{optional_etag, parse_name};
use crate::group::Group;
use crate::publish::{Change, Edit, WriteRequest, publish};
use crate::shared::Shared;

pub(super) async fn withdraw_record(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: steward_v1::WithdrawRecordRequest,
) -> Result<steward_v1::WithdrawRecordResponse, Failure> {
    let id = &request.request_id;
    let write = WriteRequest::new(shared, group, "WithdrawRecord", id, &request)?;
    let edit = Edit {
        path: String::new(),
        name_field: "name",
        change: Change::Withdraw {
            name: parse_name("name", request.name.as_ref())?,
            etag: optional_etag(request.etag),
            confirmed: request.confirmed,
        },
    };
    publish(write, vec![edit], |written| {
        steward_v1::WithdrawRecordResponse { head: written.head }
    })
    .await
}
