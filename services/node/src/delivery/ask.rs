//! The first question to an aggregator after each start: who are you, and what do you
//! hold of this group? Before one has answered it, nothing is signed.

use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::Appended;
use hedgerow_core::key_log::KeyLog;
use hedgerow_proto::v1;
use hedgerow_rpc::telemetry::propagate;
use tonic::Request;

use super::Aggregator;
use super::courier::Courier;
use super::error::DeliveryError;
use super::judge::consider;
use super::judge::consider_key_log;
use crate::node::Shared;
use crate::signing::When;
use crate::signing::refresh;
use crate::store::KnownAggregator;

impl Courier {
    /// Asks, and lets the group sign if the answer permits it.
    pub(super) async fn ask(&self) -> Result<v1::Admission, DeliveryError> {
        let answer = get_admission(&self.aggregator, &self.group.id).await?;
        meet(&self.shared, &self.aggregator.name, &answer).await?;

        let (shared, group, name) = (&*self.shared, &*self.group, &self.aggregator.name);
        consider_key_log(shared, group, name, &answer.key_log).await?;
        let admission = answer.admission.unwrap_or_default();
        if !answer.highest_head.is_empty() {
            consider(shared, group, name, &answer.highest_head).await?;
        } else if !admission.never_seen {
            return Err(DeliveryError::NoAnswer);
        }
        if !self.left {
            if group.gate.answered() {
                tracing::info!(group = %group.label, aggregator = %name, "may sign: an aggregator answered");
            }
            // What waited for the answer; or a head that names this aggregator too.
            refresh(shared, group, When::Needed).await?;
        }
        Ok(admission)
    }
}

/// Asks an aggregator what it holds of a group.
pub(crate) async fn get_admission(
    aggregator: &Aggregator,
    group: &GroupId,
) -> Result<v1::GetAdmissionResponse, DeliveryError> {
    let mut request = Request::new(v1::GetAdmissionRequest {
        group_id: group.to_vec(),
        view: String::new(),
    });
    request.set_timeout(aggregator.answer_within);
    propagate(&mut request);
    let answer = aggregator.ingest().get_admission(request).await?;
    Ok(answer.into_inner())
}

/// Keeps who an aggregator is when it is first met, and holds it to that ever after:
/// its key log may grow, not change.
async fn meet(
    shared: &Shared,
    address: &str,
    answer: &v1::GetAdmissionResponse,
) -> Result<(), DeliveryError> {
    let said = KeyLog::verify(&answer.aggregator_key_log).map_err(DeliveryError::ItsKeyLog)?;
    if said.group_id().as_bytes() != answer.aggregator_id.as_slice() {
        return Err(DeliveryError::Changed);
    }
    let known = shared.store.read().await?.aggregator(address).await?;
    if let Some(known) = known {
        let mut log = KeyLog::verify(&known.key_log)?;
        let mut grown = false;
        for envelope in &answer.aggregator_key_log {
            let appended = log.append(envelope).map_err(|_| DeliveryError::Changed)?;
            grown |= appended == Appended::Added;
        }
        if !grown {
            return Ok(());
        }
    }
    let aggregator = KnownAggregator {
        id: said.group_id(),
        key_log: answer.aggregator_key_log.clone(),
    };
    let mut writing = shared.store.write().await?;
    writing
        .put_aggregator(address, &aggregator, shared.now())
        .await?;
    writing.commit().await?;
    Ok(())
}
