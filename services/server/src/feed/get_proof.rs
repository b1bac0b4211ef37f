//! `FeedService.GetProof`.

use std::sync::Arc;

use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_proto::feed_v1::{GetProofRequest, GetProofResponse, GroupStatus};
use hedgerow_proto::v1;
use hedgerow_transport::failure::{Failure, id_field};

use super::budget::PeerBudget;
use super::get_head::{public_view, shown_head};
use super::manifests::{Manifests, SharedManifest};
use super::source::{FeedSource, group_unknown, withheld};

/// The work of a proof in leaves: its reads, and the hashes of two paths.
const PROOF_WORK: usize = 32;

/// Proves that a record is, or is not, under the newest head.
pub(super) async fn get_proof(
    source: &dyn FeedSource,
    manifests: &Manifests,
    budget: &PeerBudget,
    request: &GetProofRequest,
) -> Result<GetProofResponse, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let view = public_view(&group, &request.view)?;
    let name = request.name.as_ref().ok_or_else(|| {
        Failure::invalid_field("name", "missing", "the request has no record name")
    })?;
    let name = RecordName::try_from(name)
        .map_err(|error| Failure::invalid_field("name", error.reason(), error.to_string()))?;
    // The cheap reads first, so that a group without a head costs nothing more.
    let head = shown_head(source, &group, &view).await?;
    let key_log = source
        .key_log(&group)
        .await?
        .ok_or_else(|| group_unknown(&group))?;
    budget.check_work()?;
    if let Some(manifest) = manifests.get(&hash_of(&head)?)
        && manifest.is_hashed()
    {
        budget.charge_work(PROOF_WORK + key_log.len())?;
        let kind = manifest.prove(&name).to_proto();
        return Ok(response(head, key_log, kind));
    }
    let turn = manifests.turn(budget.peer).await;
    // Other calls of the peer may have used it up during the wait.
    budget.check_work()?;
    let (head, manifest) = manifest_under(source, manifests, budget, &group, &view, head).await?;
    budget.charge_work(PROOF_WORK + key_log.len() + manifest.leaves().len())?;
    let proving = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        manifest.prove(&name).to_proto()
    });
    let kind = proving.await.map_err(Failure::internal)?;
    Ok(response(head, key_log, kind))
}

fn response(head: Vec<u8>, key_log: Vec<Vec<u8>>, kind: v1::proof::Kind) -> GetProofResponse {
    GetProofResponse {
        proof: Some(v1::Proof {
            head,
            key_log,
            kind: Some(kind),
        }),
    }
}

/// Returns the manifest under a shown head, with the envelope of the head that it belongs to:
/// that may be a newer one.
async fn manifest_under(
    source: &dyn FeedSource,
    manifests: &Manifests,
    budget: &PeerBudget,
    group: &GroupId,
    view: &View,
    head: Vec<u8>,
) -> Result<(Vec<u8>, Arc<SharedManifest>), Failure> {
    if let Some(manifest) = manifests.get(&hash_of(&head)?) {
        return Ok((head, manifest));
    }
    let Some((head, manifest)) = source.manifest(group, view).await? else {
        // The group has changed since its head was read, or its leaves are missing.
        shown_head(source, group, view).await?;
        return Err(withheld(group, GroupStatus::Pending));
    };
    let leaves = manifest.into_leaves();
    let manifest = manifests.insert(hash_of(&head)?, leaves, budget).await?;
    Ok((head, manifest))
}

fn hash_of(head: &[u8]) -> Result<PayloadHash, Failure> {
    Ok(Envelope::from_stored(head, PayloadKind::Head)?.payload_hash())
}

#[cfg(test)]
mod tests;
