//! `IngestService.GetAdmission`.

use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::id_field;
use tonic::Response;

use super::Ingest;
use super::public_view;

/// Where a group stands, and who says so.
pub(super) async fn get_admission(
    ingest: &Ingest,
    request: v1::GetAdmissionRequest,
) -> Result<Response<v1::GetAdmissionResponse>, Failure> {
    let group = id_field("group_id", &request.group_id)?;
    let view = public_view(&request.view)?;
    let (admission, highest_head) = ingest.standing(&group, &view).await?;
    let keys = ingest.receipts.keys();
    Ok(Response::new(v1::GetAdmissionResponse {
        admission: Some(admission),
        highest_head,
        key_log: ingest.apply.store().key_log(&group).await?,
        aggregator_id: keys.id().to_vec(),
        aggregator_key_log: keys.log().envelopes(),
        limits: Some(ingest.limits()),
    }))
}
