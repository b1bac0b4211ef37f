//! `StewardService.ListRecords`.

use hedgerow_core::name::RecordName;
use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;
use hedgerow_transport::limits::MAX_CONFIGURABLE_RECORD_BYTES;

use super::request::parse_collection;
use crate::group::Group;
use crate::publish::steward_record;
use crate::shared::Shared;

const DEFAULT_PAGE_SIZE: u32 = 100;

/// Maximum page size of the protocol. A lower limit of the configuration shortens pages
/// without an error, because callers request up to this many.
const MAX_PAGE_SIZE: u32 = 500;

/// Maximum record bytes of a page. It fits one record of the largest size, and stays below
/// the largest message.
const MAX_PAGE_BYTES: usize = MAX_CONFIGURABLE_RECORD_BYTES as usize;

/// Returns a page of the group's records, with their bytes.
pub(crate) async fn list_records(
    shared: &Shared,
    group: &Group,
    request: steward_v1::ListRecordsRequest,
) -> Result<steward_v1::ListRecordsResponse, Failure> {
    if !request.collection.is_empty() {
        parse_collection("collection", &request.collection)?;
    }
    let after = match request.page_token.as_str() {
        "" => None,
        token => Some(token.split_once('/').ok_or_else(bad_token)?),
    };
    let size = match u32::try_from(request.page_size) {
        Ok(0) => DEFAULT_PAGE_SIZE,
        Ok(size) if size <= MAX_PAGE_SIZE => size,
        Ok(_) => return Err(large_page_size()),
        Err(_) => return Err(negative_page_size()),
    };
    let size = size.min(shared.config.steward.page_size);

    let mut reading = shared.store.read().await?;
    // One more than the page has, to detect whether another page follows.
    let records = reading
        .records(
            &group.id,
            &request.collection,
            after.unwrap_or_default(),
            size + 1,
        )
        .await?;
    let mut response = steward_v1::ListRecordsResponse::default();
    let mut page_bytes = 0;
    for record in &records {
        let bytes = reading
            .body(&group.id, &record.entry.hash)
            .await?
            .unwrap_or_default();
        let full = response.records.len() >= size as usize
            || page_bytes + bytes.len() > MAX_PAGE_BYTES && !response.records.is_empty();
        if full {
            response.next_page_token = last_name(&response).unwrap_or_default();
            break;
        }
        page_bytes += bytes.len();
        response.records.push(steward_record(record, bytes));
    }
    Ok(response)
}

/// The page token is the last record's name: records keep their order, so a page stays valid
/// while others are edited.
fn last_name(response: &steward_v1::ListRecordsResponse) -> Option<String> {
    let name = response.records.last()?.name.as_ref()?;
    RecordName::try_from(name).ok().map(|name| name.to_string())
}

fn negative_page_size() -> Failure {
    Failure::invalid_field(
        "page_size",
        "page_size_negative",
        "must not be negative: leave it out for the default",
    )
}

fn large_page_size() -> Failure {
    Failure::invalid_field(
        "page_size",
        "page_size_too_large",
        format!("expected at most {MAX_PAGE_SIZE} records"),
    )
}

fn bad_token() -> Failure {
    Failure::invalid_field(
        "page_token",
        "page_token_invalid",
        "is invalid: expected a token that this call returned; leave it empty to start again",
    )
}
