//! `StewardService.PublishRecords`.

use std::sync::Arc;

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;
use steward_v1::record_change::Change as Requested;

use super::request::{missing, optional_etag, parse_collection, parse_name, require_draft};
use crate::group::Group;
use crate::publish::{
    Author, Change, Edit, Preview, WriteRequest, WrittenRecord, preview, publish,
};
use crate::shared::Shared;

/// Maximum changes of one request. They are applied in one transaction, under one edit lock.
const MAX_CHANGES: usize = 1_000;

/// Applies many changes under one head.
pub(crate) async fn publish_records(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: steward_v1::PublishRecordsRequest,
    author: Author,
) -> Result<steward_v1::PublishRecordsResponse, Failure> {
    let (write, edits) = parse(shared, group, request)?;
    // A thousand records can exceed the message limit, so the response has no bytes.
    publish(write.by(author), edits, |written| {
        steward_v1::PublishRecordsResponse {
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

/// Plans the same changes without applying them.
pub(crate) async fn preview_records(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: steward_v1::PublishRecordsRequest,
) -> Result<Vec<Preview>, Failure> {
    let (write, edits) = parse(shared, group, request)?;
    preview(&write, edits).await
}

fn parse(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: steward_v1::PublishRecordsRequest,
) -> Result<(WriteRequest, Vec<Edit>), Failure> {
    let id = &request.request_id;
    let write = WriteRequest::new(shared, group, "PublishRecords", id, &request)?;
    if request.changes.len() > MAX_CHANGES {
        return Err(Failure::invalid_field(
            "changes",
            "too_many",
            format!(
                "has {} changes, at most {MAX_CHANGES} fit into one request: send several",
                request.changes.len()
            ),
        ));
    }
    let edits = (0..)
        .zip(request.changes)
        .map(|(index, change)| edit(index, change, &request.confirmed))
        .collect::<Result<_, _>>()?;
    Ok((write, edits))
}

fn edit(
    index: usize,
    change: steward_v1::RecordChange,
    confirmed: &[String],
) -> Result<Edit, Failure> {
    let change_path = format!("changes[{index}]");
    let change = change
        .change
        .ok_or_else(|| missing(&format!("{change_path}.change")))?;
    let (path, name_field) = match &change {
        Requested::Put(_) => (format!("{change_path}.put."), "subject"),
        Requested::Replace(_) => (format!("{change_path}.replace."), "name"),
        // The member of the oneof is the name itself.
        Requested::Withdraw(_) => (format!("{change_path}."), "withdraw"),
    };
    let field = |name: &str| format!("{path}{name}");
    let change = match change {
        Requested::Put(record) => Change::Add {
            collection: parse_collection(&field("collection"), &record.collection)?,
            draft: require_draft(&field("draft"), record.draft)?,
            may_replace: true,
        },
        Requested::Replace(record) => Change::Replace {
            name: parse_name(&field(name_field), record.name.as_ref())?,
            draft: require_draft(&field("draft"), record.draft)?,
            etag: optional_etag(record.etag),
        },
        Requested::Withdraw(name) => Change::Withdraw {
            name: parse_name(&field(name_field), Some(&name))?,
            etag: None,
            confirmed: confirmed.to_vec(),
        },
    };
    Ok(Edit {
        path,
        name_field,
        change,
    })
}
