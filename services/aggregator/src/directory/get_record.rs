//! `GetRecord`: one record as published, with its proof on request.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::record::record_hash;
use hedgerow_proto::{directory_v1, v1};
use hedgerow_transport::failure::{Failure, id_field};

use super::context::Directory;
use crate::admission::status;
use crate::failure::OrFailure as _;

/// Returns the record's bytes. A record that is not shown is reported as unknown, whatever
/// the reason.
pub(super) async fn get_record(
    directory: &Directory,
    request: directory_v1::GetRecordRequest,
) -> Result<directory_v1::GetRecordResponse, Failure> {
    let _in_flight = directory.index.begin_request();
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let name = RecordName::parse(&request.collection, &request.key)
        .map_err(|error| Failure::invalid_field("key", error.reason(), error.to_string()))?;
    let now = directory.now();
    let (row, record) = directory.shown_record(&group, &name, now).await?;
    let proof = if request.with_proof {
        Some(proof(directory, &group, &name, &record).await?)
    } else {
        None
    };
    Ok(directory_v1::GetRecordResponse {
        record,
        proof,
        admission: Some(status::admission(&row, &[], now)),
        identity: directory_v1::Identity::Unconfirmed.into(),
    })
}

/// Proves that these bytes are under the current head.
async fn proof(
    directory: &Directory,
    group: &GroupId,
    name: &RecordName,
    record: &[u8],
) -> Result<v1::Proof, Failure> {
    let manifest = directory
        .store
        .manifest(group, &View::public())
        .await
        .or_failure()?;
    let current = manifest.filter(|(_, manifest)| {
        manifest
            .get(name)
            .is_some_and(|leaf| leaf.record_hash == record_hash(record))
    });
    let Some((head, manifest)) = current else {
        return Err(Failure::aborted(
            "superseded",
            "the group published in the meantime: try again",
        ));
    };
    let key_log = directory.store.key_log(group).await.or_failure()?;
    // Hashes every leaf of the group, which may have tens of thousands.
    let name = name.clone();
    let proof = directory
        .limiter
        .run(move |_| Ok(manifest.prove(&name).to_proto()));
    Ok(v1::Proof {
        head: head.facts.envelope,
        key_log,
        kind: Some(proof.await?),
    })
}
