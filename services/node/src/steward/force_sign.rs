//! `StewardService.ForceSign`.

use std::sync::Arc;

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;

use crate::group::Group;
use crate::publish::{WriteRequest, newest_head};
use crate::shared::Shared;
use crate::signing::guard::SigningBlocked;
use crate::signing::{Signed, When, sign};

/// Signs although no aggregator has responded since the start, or although the clock is
/// behind the newest head. Other stops remain.
pub(super) async fn force_sign(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: steward_v1::ForceSignRequest,
) -> Result<steward_v1::ForceSignResponse, Failure> {
    let write = WriteRequest::new(shared, group, "ForceSign", &request.request_id, &request)?;
    // Spawned for the same reason as in `publish`: the caller may disconnect.
    let work = tokio::spawn(async move { sign_forced(&write).await });
    work.await.map_err(Failure::internal)?
}

async fn sign_forced(write: &WriteRequest) -> Result<steward_v1::ForceSignResponse, Failure> {
    let (shared, group) = (&*write.shared, &*write.group);
    let _edits = group.edit_lock.lock().await;
    if let Some(response) = write.previous_response().await? {
        return Ok(response);
    }
    let mut writing = shared.store.write().await?;
    group.guard.force();
    let signed = sign(shared, group, &mut writing, When::Always).await?;
    let head = match &signed {
        Signed::New { envelope, .. } => envelope.clone(),
        Signed::Unchanged => newest_head(group, &mut writing).await?,
        Signed::Blocked(blocked) => return Err(still_blocked(blocked)),
    };
    let response = steward_v1::ForceSignResponse { head };
    write.store_response(&mut writing, &response).await?;
    writing.commit().await?;
    if let Signed::New { revision, .. } = signed {
        shared.head_committed(group, revision);
    }
    Ok(response)
}

fn still_blocked(blocked: &SigningBlocked) -> Failure {
    match blocked {
        SigningBlocked::Stopped(stop) => {
            Failure::failed_precondition(stop.reason.as_str(), stop.message.clone())
        }
        SigningBlocked::WaitingForAggregator => Failure::failed_precondition(
            "waiting_for_aggregator",
            "no aggregator has responded since the node started",
        ),
    }
}
