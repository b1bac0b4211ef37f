//! `GetGroup`: what is held of one group.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::id_field;

use super::Directory;
use super::publishers::publisher;
use crate::index::entry_of;
use crate::status;

/// Records told of at once.
const MOST_RECORDS: usize = 500;
/// Records read at once.
const RECORDS_AT_ONCE: usize = 25;
/// Refusals told of at once.
const MOST_REFUSALS: usize = 100;

/// Where the group stands, its head and key log, and its records by title. Of a group that
/// is not shown, only where it stands and its key log; of an excluded one, not that either.
pub(super) async fn get_group(
    directory: &Directory,
    request: v1::GetGroupRequest,
) -> Result<v1::GetGroupResponse, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let row = directory.known_group(&group).await?;
    let now = directory.now();
    let view = View::public();
    let shown = status::is_shown(&row, now);
    let refusals = if shown {
        directory
            .store
            .refusals(&group, &view, MOST_REFUSALS)
            .await?
    } else {
        Vec::new()
    };
    let mut response = v1::GetGroupResponse {
        group_id: group.to_vec(),
        admission: Some(status::admission(&row, &refusals, now)),
        identity: v1::Identity::Unconfirmed.into(),
        ..v1::GetGroupResponse::default()
    };
    if row.exclusion.is_none() {
        response.key_log = directory.store.key_log(&group).await?;
    }
    if !shown {
        return Ok(response);
    }
    response
        .name
        .clone_from(&publisher(directory, &row).await?.name);
    (response.records, response.more_records) = titles(directory, &group, &view).await?;
    response.head = row.head.map(|head| head.envelope).unwrap_or_default();
    Ok(response)
}

/// The records by title, and whether there are more. A few whole records are in memory at
/// a time: together they may be many megabytes.
async fn titles(
    directory: &Directory,
    group: &GroupId,
    view: &View,
) -> Result<(Vec<v1::RecordSummary>, bool), Failure> {
    let mut summaries = Vec::new();
    let mut after: Option<RecordName> = None;
    loop {
        let page = directory
            .store
            .records_of(group, view, after.as_ref(), RECORDS_AT_ONCE)
            .await?;
        let is_last = page.len() < RECORDS_AT_ONCE;
        for stored in page {
            if summaries.len() == MOST_RECORDS {
                return Ok((summaries, true));
            }
            summaries.push(v1::RecordSummary {
                collection: stored.name.collection.to_string(),
                key: stored.name.key.to_string(),
                title: entry_of(group, &stored.record)
                    .map(|entry| entry.summary.title)
                    .unwrap_or_default(),
            });
            after = Some(stored.name);
        }
        if is_last {
            return Ok((summaries, false));
        }
    }
}
