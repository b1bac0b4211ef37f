//! Publishing: a request's edits are checked, adjusted, hashed, stored and signed as one
//! change that is applied completely, durably and once. Then delivery is notified.

mod apply;
mod edit;
mod load;
mod plan;
mod preview;
mod rejection;
mod write_request;

use hedgerow_server::telemetry::span;
use hedgerow_transport::failure::Failure;
use tracing::Instrument;

use crate::group::Group;
use apply::apply;
use load::load;
use plan::plan;

pub(crate) use apply::newest_head;
pub(crate) use edit::{Change, Edit, Written, WrittenRecord, steward_record};
use preview::preview_of;

pub(crate) use preview::Preview;
pub(crate) use write_request::{Author, WriteRequest, WriteResponse};

/// Refuses edits that this node's keys can never sign: stored, they would wait forever, and
/// the steward would believe them saved.
fn refuse_if_stopped_permanently(group: &Group) -> Result<(), Failure> {
    match group.guard.stopped() {
        Some(stop) if stop.reason.refuses_edits() => Err(Failure::failed_precondition(
            stop.reason.as_str(),
            stop.message,
        )),
        _ => Ok(()),
    }
}

/// Plans a request's edits without applying them: what would be published, or why it would be
/// rejected.
pub(crate) async fn preview(
    request: &WriteRequest,
    edits: Vec<Edit>,
) -> Result<Vec<Preview>, Failure> {
    refuse_if_stopped_permanently(&request.group)?;
    let loaded = load(request, edits).await?;
    Ok(plan(request, loaded)
        .await?
        .into_iter()
        .map(preview_of)
        .collect())
}

/// Applies a request's edits, all or none, or returns the response that the same request
/// got before.
pub(crate) async fn publish<R: WriteResponse>(
    request: WriteRequest,
    edits: Vec<Edit>,
    respond: impl FnOnce(Written) -> R + Send + 'static,
) -> Result<R, Failure> {
    let span = span::publish(&request.group.id);
    let work = async move {
        let group = request.group.clone();
        let _edits = group.edit_lock.lock().await;
        if let Some(response) = request.previous_response().await? {
            return Ok(response);
        }
        refuse_if_stopped_permanently(&group)?;
        let loaded = load(&request, edits).await?;
        let steps = plan(&request, loaded).await?;
        apply(&request, steps, respond).await
    };
    // Spawned, because tonic drops this future if the caller disconnects. Dropped between
    // the commit and the notification, it would leave a durable head undelivered.
    let work = tokio::spawn(work.instrument(span));
    work.await.map_err(Failure::internal)?
}
