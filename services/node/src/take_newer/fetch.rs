//! Finding the newest head that an aggregator holds, and fetching what is under it.

use std::collections::HashMap;

use async_trait::async_trait;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::sync::SyncReader;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::transfer::BodySink;
use hedgerow_rpc::transfer::sync;

use super::TakeNewerError;
use crate::delivery::Aggregator;
use crate::delivery::Verdict;
use crate::delivery::get_admission;
use crate::delivery::judge;
use crate::node::NodeError;
use crate::node::Shared;
use crate::store::Publisher;

/// A whole state of a group, verified.
pub(super) struct Fetched {
    pub(super) aggregator: String,
    pub(super) head: VerifiedHead,
    pub(super) manifest: Manifest,
    pub(super) bodies: HashMap<RecordHash, Vec<u8>>,
}

pub(super) async fn fetch(
    shared: &Shared,
    publisher: &Publisher,
) -> Result<Fetched, TakeNewerError> {
    let mut reading = shared.store.read().await?;
    let stop = reading.stop(&publisher.group_id, &View::public()).await?;
    let own = reading.key_log(&publisher.group_id).await?;
    drop(reading);
    let key_log = KeyLog::verify(&own).map_err(NodeError::from)?;
    if let Some(stop) = stop.as_ref().filter(|stop| stop.reason == "equivocation") {
        return Err(TakeNewerError::Equivocation(stop.aggregator.clone()));
    }
    match newest(shared, &key_log).await? {
        Some(holder) => fetch_from(shared, &key_log, &holder).await,
        None => Err(stop.map_or(TakeNewerError::NothingNewer, |stop| {
            TakeNewerError::NotShownNow(stop.aggregator)
        })),
    }
}

/// The aggregator with the newest head that was not signed here.
async fn newest(shared: &Shared, key_log: &KeyLog) -> Result<Option<Aggregator>, TakeNewerError> {
    if shared.config.aggregators.is_empty() {
        return Err(TakeNewerError::NobodyToAsk);
    }
    let (mut found, mut problems, mut answered) = (None, String::new(), false);
    for address in &shared.config.aggregators {
        match held_by(shared, key_log, address).await? {
            Answer::None(problem) => problems.push_str(&format!("  {address}: {problem}\n")),
            Answer::NothingNewer => answered = true,
            Answer::Newer(aggregator, head) => {
                answered = true;
                let best =
                    found
                        .as_ref()
                        .is_none_or(|(_, best): &(Aggregator, Box<VerifiedHead>)| {
                            best.position() < head.position()
                        });
                if best {
                    found = Some((aggregator, head));
                }
            }
        }
    }
    if !answered {
        return Err(TakeNewerError::NobodyAnswered(problems));
    }
    Ok(found.map(|(aggregator, _)| aggregator))
}

enum Answer {
    None(String),
    NothingNewer,
    Newer(Aggregator, Box<VerifiedHead>),
}

async fn held_by(
    shared: &Shared,
    key_log: &KeyLog,
    address: &hedgerow_core::address::Address,
) -> Result<Answer, TakeNewerError> {
    let aggregator = match Aggregator::at(shared, address) {
        Ok(aggregator) => aggregator,
        Err(error) => return Ok(Answer::None(error.to_string())),
    };
    let answer = match get_admission(&aggregator, &key_log.group_id()).await {
        Ok(answer) => answer,
        Err(error) => return Ok(Answer::None(error.to_string())),
    };
    let rotated = KeyLog::verify(&answer.key_log).is_ok_and(|theirs| {
        theirs.group_id() == key_log.group_id() && theirs.tip_index() > key_log.tip_index()
    });
    if rotated {
        return Err(TakeNewerError::Rotated(aggregator.name));
    }
    let Ok(head) = VerifiedHead::verify(&answer.highest_head, key_log) else {
        return Ok(Answer::NothingNewer);
    };
    let mut reading = shared.store.read().await?;
    match judge(&mut reading, key_log, &head).await {
        Ok(Verdict::Known) => Ok(Answer::NothingNewer),
        Ok(Verdict::Behind) => Ok(Answer::Newer(aggregator, Box::new(head))),
        Ok(Verdict::Equivocation) => Err(TakeNewerError::Equivocation(aggregator.name)),
        Err(error) => Ok(Answer::None(error.to_string())),
    }
}

#[derive(Default)]
struct Bodies(HashMap<RecordHash, Vec<u8>>);

#[async_trait]
impl BodySink for Bodies {
    /// Nothing is kept of what is only looked at; a rotation was refused before.
    async fn key_log(&mut self, _log: &KeyLog) -> Result<(), Failure> {
        Ok(())
    }

    async fn put(&mut self, hash: RecordHash, record: Vec<u8>) -> Result<(), Failure> {
        self.0.insert(hash, record);
        Ok(())
    }
}

async fn fetch_from(
    shared: &Shared,
    key_log: &KeyLog,
    aggregator: &Aggregator,
) -> Result<Fetched, TakeNewerError> {
    let failed = |problem: String| TakeNewerError::Fetch {
        aggregator: aggregator.name.clone(),
        problem,
    };
    let request = v1::SyncRequest {
        group_id: key_log.group_id().to_vec(),
        ..v1::SyncRequest::default()
    };
    let reader = SyncReader::new(shared.config.sync_limits(), None, Some(key_log.group_id()))
        .expecting_view(View::public());
    let mut bodies = Bodies::default();
    let (channel, config) = (aggregator.channel.clone(), &shared.config.connector);
    let received = sync(channel, config, request, reader, &mut bodies)
        .await
        .map_err(|error| failed(error.to_string()))?;
    let head = received
        .transfer
        .head
        .ok_or_else(|| failed("it sent no head".to_owned()))?;
    // It may have moved on since it was asked.
    let mut reading = shared.store.read().await?;
    match judge(&mut reading, key_log, &head).await {
        Ok(Verdict::Behind) => Ok(Fetched {
            aggregator: aggregator.name.clone(),
            head,
            manifest: received.transfer.manifest,
            bodies: bodies.0,
        }),
        Ok(Verdict::Equivocation) => Err(TakeNewerError::Equivocation(aggregator.name.clone())),
        Ok(Verdict::Known) => Err(failed("it sent an older head than it named".to_owned())),
        Err(error) => Err(failed(error.to_string())),
    }
}
