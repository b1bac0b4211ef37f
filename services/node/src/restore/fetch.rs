//! Finds the aggregator with the newest head, and fetches everything under it.

use std::collections::HashMap;
use std::fmt::Write;

use async_trait::async_trait;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::sync::SyncReader;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::Failure;
use hedgerow_transport::transfer::{BodySink, ReceiveError, sync};

use super::error::RestoreError;
use crate::delivery::{Aggregator, Verdict, check_head, get_admission};
use crate::node::NodeError;
use crate::shared::Shared;
use crate::signing::guard::StopReason;
use crate::store::HostedGroup;

/// A complete state of a group, verified.
pub(crate) struct Fetched {
    pub(crate) aggregator: String,
    pub(crate) head: VerifiedHead,
    pub(crate) manifest: Manifest,
    pub(crate) bodies: HashMap<RecordHash, Vec<u8>>,
}

pub(super) async fn fetch(shared: &Shared, group: &HostedGroup) -> Result<Fetched, RestoreError> {
    let mut reading = shared.store.read().await?;
    let stop = reading.stop(&group.group_id, &View::public()).await?;
    let own = reading.key_log(&group.group_id).await?;
    drop(reading);
    let key_log = KeyLog::verify(&own).map_err(NodeError::from)?;
    let equivocation = StopReason::Equivocation.as_str();
    if let Some(stop) = stop.as_ref().filter(|stop| stop.reason == equivocation) {
        return Err(RestoreError::Equivocation(stop.aggregator.clone()));
    }
    match find_newest(shared, &key_log).await? {
        Some(aggregator) => fetch_from(shared, &key_log, &aggregator).await,
        None => Err(stop.map_or(RestoreError::UpToDate, |stop| {
            RestoreError::NoLongerServed(stop.aggregator)
        })),
    }
}

/// Finds the aggregator with the newest head that was not signed here. Fails only if no
/// aggregator responds: one response is enough for a restore, and waiting for all could make it
/// impossible.
async fn find_newest(
    shared: &Shared,
    key_log: &KeyLog,
) -> Result<Option<Aggregator>, RestoreError> {
    let aggregators = shared.aggregators_of(&key_log.group_id());
    if aggregators.is_empty() {
        return Err(RestoreError::NoAggregators);
    }
    let mut newest: Option<(Aggregator, Box<VerifiedHead>)> = None;
    let (mut problems, mut responded) = (String::new(), false);
    for address in &aggregators {
        match held_by(shared, key_log, address).await? {
            // Writing to a string cannot fail.
            Held::Unknown(problem) => drop(writeln!(problems, "  {address}: {problem}")),
            Held::NothingNewer => responded = true,
            Held::Newer(aggregator, head) => {
                responded = true;
                let is_newest = newest
                    .as_ref()
                    .is_none_or(|(_, newest)| newest.position() < head.position());
                if is_newest {
                    newest = Some((aggregator, head));
                }
            }
        }
    }
    if !responded {
        return Err(RestoreError::NoResponse(problems));
    }
    Ok(newest.map(|(aggregator, _)| aggregator))
}

/// What an aggregator holds of a group.
enum Held {
    /// It did not respond, for the given reason.
    Unknown(String),
    NothingNewer,
    Newer(Aggregator, Box<VerifiedHead>),
}

async fn held_by(
    shared: &Shared,
    key_log: &KeyLog,
    address: &Endpoint,
) -> Result<Held, RestoreError> {
    let aggregator = match Aggregator::new(shared, address) {
        Ok(aggregator) => aggregator,
        Err(error) => return Ok(Held::Unknown(error.to_string())),
    };
    let response = match get_admission(&aggregator, &key_log.group_id()).await {
        Ok(response) => response,
        Err(error) => return Ok(Held::Unknown(error.to_string())),
    };
    let rotated = KeyLog::verify(&response.key_log).is_ok_and(|theirs| {
        theirs.group_id() == key_log.group_id() && theirs.tip_index() > key_log.tip_index()
    });
    if rotated {
        return Err(RestoreError::Rotated(aggregator.name));
    }
    let Ok(head) = VerifiedHead::verify(&response.highest_head, key_log) else {
        return Ok(Held::NothingNewer);
    };
    let mut reading = shared.store.read().await?;
    match check_head(&mut reading, key_log, &head).await {
        Ok(Verdict::Known) => Ok(Held::NothingNewer),
        Ok(Verdict::Behind) => Ok(Held::Newer(aggregator, Box::new(head))),
        Ok(Verdict::Equivocation) => Err(RestoreError::Equivocation(aggregator.name)),
        Err(error) => Ok(Held::Unknown(error.to_string())),
    }
}

/// Collects the bodies in memory: the host reviews the changes before anything is stored.
/// `Config::sync_limits` bounds them.
#[derive(Default)]
struct Bodies(HashMap<RecordHash, Vec<u8>>);

#[async_trait]
impl BodySink for Bodies {
    /// Ignored: a longer key log was rejected before the transfer.
    async fn key_log(&mut self, _log: &KeyLog) -> Result<(), Failure> {
        Ok(())
    }

    async fn put(&mut self, hash: RecordHash, record: Vec<u8>) -> Result<(), Failure> {
        self.0.insert(hash, record);
        Ok(())
    }
}

/// Fetches everything under the head that an aggregator serves, verified. `None` if it serves no
/// head.
pub(crate) async fn pull(
    shared: &Shared,
    aggregator: &Aggregator,
    group: &GroupId,
) -> Result<Option<Fetched>, ReceiveError> {
    let request = feed_v1::SyncRequest {
        group_id: group.to_vec(),
        // The group's own node decides about the records that a rival head lacks.
        even_if_withheld: true,
        ..feed_v1::SyncRequest::default()
    };
    let reader = SyncReader::new(shared.config.sync_limits(), None, Some(*group))
        .expecting_view(View::public())
        .accepting_ended_heads();
    let mut bodies = Bodies::default();
    let (channel, config) = (aggregator.channel.clone(), &shared.config.connector);
    let received = sync(channel, config, request, reader, &mut bodies).await?;
    Ok(received.transfer.head.map(|head| Fetched {
        aggregator: aggregator.name.clone(),
        head,
        manifest: received.transfer.manifest,
        bodies: bodies.0,
    }))
}

async fn fetch_from(
    shared: &Shared,
    key_log: &KeyLog,
    aggregator: &Aggregator,
) -> Result<Fetched, RestoreError> {
    let failed = |problem: String| RestoreError::Fetch {
        aggregator: aggregator.name.clone(),
        problem,
    };
    let fetched = pull(shared, aggregator, &key_log.group_id())
        .await
        .map_err(|error| failed(error.to_string()))?
        .ok_or_else(|| failed("it sent no head".to_owned()))?;
    // Checked again: the head may have changed since the admission.
    let mut reading = shared.store.read().await?;
    match check_head(&mut reading, key_log, &fetched.head).await {
        Ok(Verdict::Behind) => Ok(fetched),
        Ok(Verdict::Equivocation) => Err(RestoreError::Equivocation(aggregator.name.clone())),
        Ok(Verdict::Known) => Err(failed("it sent an older head than it reported".to_owned())),
        Err(error) => Err(failed(error.to_string())),
    }
}
