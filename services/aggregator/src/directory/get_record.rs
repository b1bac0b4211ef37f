//! `GetRecord`: one record as published, with its proof when asked.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::record::record_hash;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::id_field;

use super::Directory;
use crate::status;

/// The record's bytes. What is not shown is not there, for whatever reason.
pub(super) async fn get_record(
    directory: &Directory,
    request: v1::GetRecordRequest,
) -> Result<v1::GetRecordResponse, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let name = RecordName::parse(&request.collection, &request.key)
        .map_err(|error| Failure::invalid_field("key", error.reason(), error.to_string()))?;
    let row = directory.known_group(&group).await?;
    let now = directory.now();
    let record = if status::is_shown(&row, now) {
        directory
            .store
            .record(&group, &View::public(), &name)
            .await?
    } else {
        None
    };
    let Some(record) = record else {
        return Err(
            Failure::not_found("record_unknown", "no such record is shown here")
                .with("group_id", group)
                .with("status", status::status(&row, now).as_str_name()),
        );
    };
    let proof = if request.with_proof {
        Some(proof(directory, &group, &name, &record).await?)
    } else {
        None
    };
    Ok(v1::GetRecordResponse {
        record,
        proof,
        admission: Some(status::admission(&row, &[], now)),
        identity: v1::Identity::Unconfirmed.into(),
    })
}

/// Proof that exactly these bytes are under the head held.
async fn proof(
    directory: &Directory,
    group: &GroupId,
    name: &RecordName,
    record: &[u8],
) -> Result<v1::Proof, Failure> {
    let manifest = directory.store.manifest(group, &View::public()).await?;
    let current = manifest.filter(|(_, manifest)| {
        manifest
            .get(name)
            .is_some_and(|leaf| leaf.record_hash == record_hash(record))
    });
    let Some((head, manifest)) = current else {
        return Err(Failure::aborted(
            "superseded",
            "the group published anew meanwhile; ask again",
        ));
    };
    let key_log = directory.store.key_log(group).await?;
    Ok(v1::Proof {
        head: head.envelope,
        key_log,
        kind: Some(manifest.prove(name).to_proto()),
    })
}
