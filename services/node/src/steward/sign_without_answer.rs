//! `StewardService.SignWithoutAnswer`.

use std::sync::Arc;

use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use crate::gate::Obstacle;
use crate::group::Group;
use crate::node::Shared;
use crate::publish::WriteRequest;
use crate::publish::given_before;
use crate::publish::newest_head;
use crate::signing::Signed;
use crate::signing::When;
use crate::signing::sign;

/// Signs although no aggregator has told what it holds.
pub(super) async fn sign_without_answer(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: v1::SignWithoutAnswerRequest,
) -> Result<v1::SignWithoutAnswerResponse, Failure> {
    let id = WriteRequest::new("SignWithoutAnswer", &request.request_id, &request)?;
    let (shared, group) = (Arc::clone(shared), Arc::clone(group));
    // Finished even if the caller goes away: see `publish`.
    let work = tokio::spawn(async move { override_gate(&shared, &group, &id).await });
    work.await.map_err(Failure::internal)?
}

async fn override_gate(
    shared: &Shared,
    group: &Group,
    id: &WriteRequest,
) -> Result<v1::SignWithoutAnswerResponse, Failure> {
    let _edits = group.edits.lock().await;
    if let Some(answer) = given_before(shared, group, id).await? {
        return Ok(answer);
    }
    let mut writing = shared.store.write().await?;
    group.gate.overridden();
    let signed = sign(shared, group, &mut writing, When::Always).await?;
    let head = match &signed {
        Signed::New { envelope, .. } => envelope.clone(),
        Signed::Unchanged => newest_head(group, &mut writing).await?,
        Signed::Waits(obstacle) => return Err(still_in_the_way(obstacle)),
    };
    let answer = v1::SignWithoutAnswerResponse { head };
    id.remember(shared, group, &mut writing, &answer).await?;
    writing.commit().await?;
    if let Signed::New { revision, .. } = signed {
        group.gate.signed();
        shared.tell_of_head(group, revision);
    }
    Ok(answer)
}

/// An override stands in for an answer, and for nothing else.
fn still_in_the_way(obstacle: &Obstacle) -> Failure {
    match obstacle {
        Obstacle::Stopped(stopped) => {
            Failure::failed_precondition(stopped.reason, stopped.words.clone())
        }
        Obstacle::WaitingForAnswer => Failure::failed_precondition(
            "waiting_for_answer",
            "no aggregator has answered since the node started",
        ),
    }
}
