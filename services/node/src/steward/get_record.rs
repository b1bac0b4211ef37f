//! `StewardService.GetRecord`.

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;

use super::request::parse_name;
use crate::group::Group;
use crate::publish::steward_record;
use crate::shared::Shared;

/// Returns one record, whatever its audience.
pub(super) async fn get_record(
    shared: &Shared,
    group: &Group,
    request: steward_v1::GetRecordRequest,
) -> Result<steward_v1::GetRecordResponse, Failure> {
    let name = parse_name("name", request.name.as_ref())?;
    let mut reading = shared.store.read().await?;
    let record = reading.record(&group.id, &name).await?.ok_or_else(|| {
        Failure::not_found(
            "record_unknown",
            format!("{name} is not among this group's records; it may have been taken back"),
        )
    })?;
    let bytes = reading.body(&group.id, &record.entry.hash).await?;
    Ok(steward_v1::GetRecordResponse {
        record: Some(steward_record(&record, bytes.unwrap_or_default())),
    })
}
