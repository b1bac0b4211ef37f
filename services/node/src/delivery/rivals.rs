//! The evidence for which an aggregator has frozen a group, requested from it and verified.

use hedgerow_core::head::{HeadOrder, VerifiedHead, compare};
use hedgerow_core::key_log::KeyLog;
use hedgerow_proto::feed_v1::GetRivalsRequest;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_transport::bounded;
use hedgerow_transport::trace::propagate;
use tonic::Request;

use super::aggregator::Aggregator;
use super::context::Context;
use super::error::DeliveryError;
use super::head_check::stop_signing;
use crate::signing::guard::Stop;

/// Rivals of a group, verified. An aggregator that sends anything else has proved nothing.
#[derive(Debug, Default)]
pub(crate) struct Rivals {
    /// Branches that part from the key log.
    pub(crate) branches: Vec<KeyLog>,
    /// Two heads that conflict with each other.
    pub(crate) heads: Option<(VerifiedHead, VerifiedHead)>,
}

/// Requests the rivals of a group. `log` is the branch to compare with.
pub(crate) async fn get_rivals(
    aggregator: &Aggregator,
    log: &KeyLog,
) -> Result<Rivals, DeliveryError> {
    let mut request = Request::new(GetRivalsRequest {
        group_id: log.group_id().to_vec(),
        view: String::new(),
    });
    request.set_timeout(aggregator.timeout());
    propagate(&mut request);
    let mut client = bounded!(FeedServiceClient::new(aggregator.channel.clone()));
    let response = client.get_rivals(request).await?.into_inner();
    let heads = response.heads.and_then(|heads| {
        let verify = |envelope: &[u8]| VerifiedHead::verify_past(envelope, log).ok();
        let pair = (verify(&heads.held_head)?, verify(&heads.rival_head)?);
        let conflict = compare(&pair.0, &pair.1) == HeadOrder::Equivocation;
        conflict.then_some(pair)
    });
    Ok(Rivals {
        branches: log.rival_branches(&response.key_events),
        heads,
    })
}

/// Stops the group's signing if the aggregator has evidence against the branch or the heads of
/// this node.
pub(super) async fn check_rivals(context: &Context) -> Result<(), DeliveryError> {
    let Context {
        shared,
        group,
        aggregator,
        ..
    } = context;
    let own = KeyLog::verify(shared.store.read().await?.key_log(&group.id).await?)?;
    let rivals = get_rivals(aggregator, &own).await?;
    let subject = shared.subject(&group.label);
    let branch = rivals
        .branches
        .iter()
        .find(|branch| !own.sets_aside(branch));
    let (stop, evidence) = match (branch, &rivals.heads) {
        (Some(branch), _) => (
            Stop::forked(subject, &aggregator.name),
            branch.tip().envelope.clone(),
        ),
        // Under an earlier key event they are history: a rotation has ended that.
        (None, Some((_, rival))) if rival.position().key_index == own.tip_index() => (
            Stop::equivocation(subject, &aggregator.name),
            rival.envelope().to_vec(),
        ),
        (None, _) => return Ok(()),
    };
    let reason = stop.reason;
    stop_signing(shared, group, stop, &aggregator.name, &evidence).await?;
    Err(DeliveryError::Stopped(reason))
}
