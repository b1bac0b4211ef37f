//! `StewardService.CommitKeyEvent`.

use std::sync::Arc;

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;

use crate::group::Group;
use crate::publish::{WriteRequest, newest_head};
use crate::recovery::commit_key_event as commit;
use crate::shared::Shared;

/// Puts a key event in force that the steward has signed, and signs the first head under it.
pub(super) async fn commit_key_event(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    request: steward_v1::CommitKeyEventRequest,
) -> Result<steward_v1::CommitKeyEventResponse, Failure> {
    let id = &request.request_id;
    let write = WriteRequest::new(shared, group, "CommitKeyEvent", id, &request)?;
    // Spawned, because the caller may disconnect between the commit and the notification.
    let work = tokio::spawn(async move {
        let (shared, group) = (&*write.shared, &*write.group);
        let _edits = group.edit_lock.lock().await;
        if let Some(response) = write.previous_response().await? {
            return Ok(response);
        }
        let mut writing = shared.store.write().await?;
        let committed = commit(shared, group, &mut writing, &request.key_event).await?;
        let response = steward_v1::CommitKeyEventResponse {
            head: newest_head(group, &mut writing).await?,
        };
        write.store_response(&mut writing, &response).await?;
        writing.commit().await?;
        committed.notify(shared, group);
        Ok(response)
    });
    work.await.map_err(Failure::internal)?
}
