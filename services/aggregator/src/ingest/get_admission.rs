//! `IngestService.GetAdmission`.

use crate::failure::OrFailure;
use hedgerow_proto::ingest_v1;
use hedgerow_transport::failure::{Failure, id_field};
use tonic::Response;

use super::context::{Ingest, public_view};

/// Returns a group's admission, with the aggregator's keys so that receipts can be verified.
pub(super) async fn get_admission(
    ingest: &Ingest,
    request: ingest_v1::GetAdmissionRequest,
) -> Result<Response<ingest_v1::GetAdmissionResponse>, Failure> {
    let group = id_field("group_id", &request.group_id)?;
    let view = public_view(&request.view)?;
    let (admission, highest_head) = ingest.admission_of(&group, &view).await?;
    let keys = ingest.receipts.keys();
    Ok(Response::new(ingest_v1::GetAdmissionResponse {
        admission: Some(admission),
        highest_head,
        key_log: ingest
            .processor
            .store()
            .key_log(&group)
            .await
            .or_failure()?,
        aggregator_id: keys.id().to_vec(),
        aggregator_key_log: keys.log().envelopes(),
        limits: Some(ingest.limits()),
    }))
}
