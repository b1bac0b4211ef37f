//! `GetGroup`: one group with its head, key log and record titles.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_proto::directory_v1;
use hedgerow_search::Entry;
use hedgerow_store::StoredRecord;
use hedgerow_transport::failure::{Failure, id_field};

use super::context::{Directory, PageBytes};
use super::hydrate::load_publishers;
use crate::admission::status;
use crate::failure::OrFailure as _;

/// Records in a response.
const MAX_RECORDS: usize = 500;
/// Records in memory at a time: they may be 64 KiB each.
const BATCH: usize = 25;
/// Refusals in a response.
const MAX_REFUSALS: usize = 100;

/// Returns the group's admission, head, key log and record titles. For a group that is not
/// shown: only admission and key log; for an excluded one, not even the key log.
pub(super) async fn get_group(
    directory: &Directory,
    request: directory_v1::GetGroupRequest,
) -> Result<directory_v1::GetGroupResponse, Failure> {
    let _in_flight = directory.index.begin_request();
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let row = directory.known_group(&group).await?;
    let now = directory.now();
    let view = View::public();
    let shown = status::is_shown(&row, now);
    let refusals = if shown {
        directory
            .store
            .list_refusals(&group, &view, MAX_REFUSALS)
            .await
            .or_failure()?
    } else {
        Vec::new()
    };
    let mut response = directory_v1::GetGroupResponse {
        group_id: group.to_vec(),
        admission: Some(status::admission(&row, &refusals, now)),
        identity: directory_v1::Identity::Unconfirmed.into(),
        ..directory_v1::GetGroupResponse::default()
    };
    if row.exclusion.is_none() {
        response.key_log = directory.store.key_log(&group).await.or_failure()?;
    }
    if !shown {
        return Ok(response);
    }
    let reader = directory.clone();
    let named = directory.limiter.run_page(move |turn| {
        let publishers = load_publishers(&reader, turn, [&row])?;
        let name = publishers.get(&group).map(|own| own.name.clone());
        Ok((row, name.unwrap_or_default()))
    });
    let (row, name) = named.await?;
    response.name = name;
    (response.records, response.more_records) = titles(directory, &group, &view).await?;
    response.head = row.head.map(|head| head.facts.envelope).unwrap_or_default();
    Ok(response)
}

/// The records by title, and whether there are more.
async fn titles(
    directory: &Directory,
    group: &GroupId,
    view: &View,
) -> Result<(Vec<directory_v1::RecordSummary>, bool), Failure> {
    let mut summaries = Vec::new();
    let mut after: Option<RecordName> = None;
    let mut bytes = PageBytes::default();
    loop {
        let page = directory
            .store
            .list_records(group, view, after.as_ref(), BATCH)
            .await
            .or_failure()?;
        let is_last = page.len() < BATCH;
        after = page.last().map(|stored| stored.name.clone());
        let group = *group;
        let summary = move |stored: StoredRecord| directory_v1::RecordSummary {
            collection: stored.name.collection.to_string(),
            key: stored.name.key.to_string(),
            title: Entry::parse_checked(&group, &stored)
                .map(|entry| entry.summary.title)
                .unwrap_or_default(),
        };
        let parsed = directory
            .limiter
            .run(move |_| Ok(page.into_iter().map(summary).collect::<Vec<_>>()));
        for summary in parsed.await? {
            if summaries.len() == MAX_RECORDS || !bytes.take(&summary) {
                return Ok((summaries, true));
            }
            summaries.push(summary);
        }
        if is_last {
            return Ok((summaries, false));
        }
    }
}
