//! `StewardService.ReadRecord`.

use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::request::record_name;
use crate::group::Group;
use crate::node::Shared;
use crate::publish::steward_record;

/// One record of whatever audience.
pub(super) async fn read_record(
    shared: &Shared,
    group: &Group,
    request: v1::ReadRecordRequest,
) -> Result<v1::ReadRecordResponse, Failure> {
    let name = record_name("name", request.name.as_ref())?;
    let mut reading = shared.store.read().await?;
    let record = reading.record(&group.id, &name).await?.ok_or_else(|| {
        Failure::not_found(
            "record_unknown",
            format!("{name} is not among this group's records; it may have been taken back"),
        )
    })?;
    let bytes = reading.body(&group.id, &record.kept.hash).await?;
    Ok(v1::ReadRecordResponse {
        record: Some(steward_record(&record, bytes.unwrap_or_default())),
    })
}
