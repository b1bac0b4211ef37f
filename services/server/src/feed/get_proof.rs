//! `FeedService.GetProof`.

use std::sync::Arc;

use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_proto::{feed_v1, v1};
use hedgerow_transport::failure::{Failure, id_field};

use super::budget::PeerBudget;
use super::get_head::{public_view, shown_head};
use super::manifests::{Manifests, SharedManifest};
use super::source::{FeedSource, group_unknown, no_head};

/// Proves that a record is, or is not, under the newest head.
pub(super) async fn get_proof(
    source: &dyn FeedSource,
    manifests: &Manifests,
    budget: &PeerBudget,
    request: &feed_v1::GetProofRequest,
) -> Result<feed_v1::GetProofResponse, Failure> {
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
    budget.charge_leaves(0)?;
    let _turn = manifests.turn().await?;
    let (head, manifest) = manifest_under(source, manifests, budget, &group, &view, head).await?;
    // Each proof hashes all leaves once or twice, which is a fraction of reading them.
    budget.charge_leaves(manifest.leaves().len() / 4)?;
    let kind = tokio::task::spawn_blocking(move || manifest.manifest.prove(&name).to_proto())
        .await
        .map_err(Failure::internal)?;
    Ok(feed_v1::GetProofResponse {
        proof: Some(v1::Proof {
            head,
            key_log,
            kind: Some(kind),
        }),
    })
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
    let hash_of =
        |head: &[u8]| Envelope::from_stored(head, PayloadKind::Head).map(|it| it.payload_hash());
    if let Some(manifest) = manifests.get(&hash_of(&head)?) {
        return Ok((head, manifest));
    }
    let read = source.manifest(group, view).await?;
    let (head, manifest) = read.ok_or_else(|| no_head(group))?;
    budget.charge_leaves(manifest.leaves().len())?;
    let manifest = manifests.insert(hash_of(&head)?, manifest, budget)?;
    Ok((head, manifest))
}
