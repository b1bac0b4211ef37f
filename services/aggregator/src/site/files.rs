//! A record and its proof as files, for people who want to check them.

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_proto::directory_v1::{GetRecordRequest, GetRecordResponse};
use hedgerow_web::response::file;
use http::{HeaderValue, StatusCode};
use prost::Message as _;

use super::visit::Visit;

const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

type Name = Path<(String, String, String)>;

/// `GET /group/{group}/{collection}/{key}/record`: the bytes that the group hashed.
pub(super) async fn record(visit: Visit, name: Name) -> Response {
    match fetch(&visit, name, false).await {
        Ok(response) => file("record.binpb", BYTES, response.record),
        Err(problem) => problem,
    }
}

/// `GET /group/{group}/{collection}/{key}/proof`: a serialised `hedgerow.v1.Proof`.
pub(super) async fn proof(visit: Visit, name: Name) -> Response {
    match fetch(&visit, name, true).await {
        Ok(response) => match response.proof {
            Some(proof) => file("proof.binpb", BYTES, proof.encode_to_vec()),
            None => visit.problem(StatusCode::NOT_FOUND),
        },
        Err(problem) => problem,
    }
}

async fn fetch(
    visit: &Visit,
    Path((group, collection, key)): Name,
    with_proof: bool,
) -> Result<GetRecordResponse, Response> {
    let Ok(group) = group.parse::<GroupId>() else {
        return Err(visit.problem(StatusCode::NOT_FOUND));
    };
    let request = GetRecordRequest {
        group_id: group.to_vec(),
        collection,
        key,
        with_proof,
    };
    let response = visit.get_record(request).await;
    response.map_err(|failure| visit.failed(&failure))
}
