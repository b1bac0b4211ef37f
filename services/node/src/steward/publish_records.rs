//! `StewardService.PublishRecords`.

use std::sync::Arc;

use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use v1::record_change::Change as Asked;

use super::request::collection;
use super::request::draft;
use super::request::etag;
use super::request::missing;
use super::request::record_name;
use crate::group::Group;
use crate::node::Shared;
use crate::publish::Change;
use crate::publish::Edit;
use crate::publish::WriteRequest;
use crate::publish::WrittenRecord;
use crate::publish::publish;

/// The most changes of one request.
const MOST_CHANGES: usize = 1_000;

/// Makes many changes under one head.
pub(super) async fn publish_records(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: v1::PublishRecordsRequest,
) -> Result<v1::PublishRecordsResponse, Failure> {
    let id = WriteRequest::new("PublishRecords", &request.request_id, &request)?;
    if request.changes.len() > MOST_CHANGES {
        return Err(Failure::invalid_field(
            "changes",
            "too_many_changes",
            format!(
                "has {} changes, at most {MOST_CHANGES} go into one request: send several",
                request.changes.len()
            ),
        ));
    }
    let edits = (0..)
        .zip(request.changes)
        .map(|(index, change)| edit(index, change))
        .collect::<Result<_, _>>()?;
    publish(shared, group, id, edits, |written| {
        v1::PublishRecordsResponse {
            records: written
                .records
                .into_iter()
                .map(WrittenRecord::into_proto_without_bytes)
                .collect(),
            head: written.head,
        }
    })
    .await
}

fn edit(index: usize, change: v1::RecordChange) -> Result<Edit, Failure> {
    let path = format!("changes[{index}].");
    let field = |name: &str| format!("{path}{name}");
    let change = match change.change.ok_or_else(|| missing(&field("change")))? {
        Asked::Put(record) => Change::Add {
            collection: collection(&field("collection"), &record.collection)?,
            draft: draft(&field("draft"), record.draft)?,
            may_replace: true,
        },
        Asked::Replace(record) => Change::Replace {
            name: record_name(&field("name"), record.name.as_ref())?,
            draft: draft(&field("draft"), record.draft)?,
            etag: etag(record.etag),
        },
        Asked::TakeBack(name) => Change::TakeBack {
            name: record_name(&field("take_back"), Some(&name))?,
            etag: None,
        },
    };
    Ok(Edit { path, change })
}
