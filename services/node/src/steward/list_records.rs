//! `StewardService.ListRecords`.

use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::limits::LARGEST_RECORD_BYTES;

use super::request::collection;
use crate::group::Group;
use crate::node::Shared;
use crate::publish::steward_record;

const DEFAULT_PAGE: u32 = 100;

/// A page ends early where another record would bring it near the largest message.
const LARGEST_ANSWER: usize = LARGEST_RECORD_BYTES as usize;

/// A page of the group's records.
pub(super) async fn list_records(
    shared: &Shared,
    group: &Group,
    request: v1::ListRecordsRequest,
) -> Result<v1::ListRecordsResponse, Failure> {
    if !request.collection.is_empty() {
        collection("collection", &request.collection)?;
    }
    let after = match request.page_token.as_str() {
        "" => None,
        token => Some(token.split_once('/').ok_or_else(bad_token)?),
    };
    let size = match request.page_size {
        0 => DEFAULT_PAGE,
        size => size,
    };
    let size = size.min(shared.config.steward.page_size);

    let mut reading = shared.store.read().await?;
    // One more than the page holds tells whether another follows.
    let found = reading
        .records(
            &group.id,
            &request.collection,
            after.unwrap_or_default(),
            size + 1,
        )
        .await?;
    let mut answer = v1::ListRecordsResponse::default();
    let mut bytes_so_far = 0;
    for record in &found {
        let bytes = reading
            .body(&group.id, &record.kept.hash)
            .await?
            .unwrap_or_default();
        let full = answer.records.len() >= size as usize
            || bytes_so_far + bytes.len() > LARGEST_ANSWER && !answer.records.is_empty();
        if full {
            answer.next_page_token = last_name(&answer).unwrap_or_default();
            break;
        }
        bytes_so_far += bytes.len();
        answer.records.push(steward_record(record, bytes));
    }
    Ok(answer)
}

fn last_name(answer: &v1::ListRecordsResponse) -> Option<String> {
    let name = answer.records.last()?.name.as_ref()?;
    RecordName::try_from(name).ok().map(|name| name.to_string())
}

fn bad_token() -> Failure {
    Failure::invalid_field(
        "page_token",
        "page_token_malformed",
        "is not one that this call gave: leave it empty to begin again",
    )
}
