//! Requests from every aggregator what it holds of a group: the first step of each change of
//! keys. One aggregator that hangs does not delay the others.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::{Commitment, GroupId};
use hedgerow_core::key_log::KeyLog;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::feed_v1::{FindGroupRequest, GroupStatus};
use hedgerow_transport::bounded;
use hedgerow_transport::failure::CallFailure;
use hedgerow_transport::trace::propagate;
use tokio::task::JoinSet;
use tonic::Request;

use crate::delivery::{Aggregator, get_admission, get_rivals};
use crate::shared::Shared;

/// What each aggregator answered, in the order of their addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(Vec<(String, String)>);

impl Answers {
    fn push(&mut self, aggregator: &Endpoint, answer: impl Into<String>) {
        self.0.push((aggregator.to_string(), answer.into()));
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (aggregator, answer)) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}  {aggregator}: {answer}")?;
        }
        Ok(())
    }
}

/// An aggregator that did not answer.
#[derive(Clone, Debug)]
pub struct Silent {
    pub(super) address: Endpoint,
    problem: String,
}

impl Silent {
    fn new(address: &Endpoint, problem: String) -> Self {
        Self {
            address: address.clone(),
            problem,
        }
    }
}

impl fmt::Display for Silent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.address, self.problem)
    }
}

/// Removes the aggregators that did not answer: a command requests nothing from them again, so
/// that one that hangs costs it one time-out and not several.
pub(super) fn without_silent(mut addresses: Vec<Endpoint>, silent: &[Silent]) -> Vec<Endpoint> {
    addresses.retain(|address| silent.iter().all(|silent| silent.address != *address));
    addresses
}

/// The groups that aggregators have found by a phrase.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) groups: BTreeSet<GroupId>,
    pub(super) answers: Answers,
    /// Whether an aggregator has answered at all.
    pub(super) answered: bool,
    /// Aggregators that did not answer, and may hold the group.
    pub(super) silent: Vec<Silent>,
}

/// Requests the groups that have one of the commitments in their key logs. The first commitment
/// is in the first event of every log, so the others are tried only where it is unknown.
pub(super) async fn find(
    shared: &Shared,
    addresses: &[Endpoint],
    commitments: &[Commitment],
) -> Found {
    let mut calls = JoinSet::new();
    for (index, address) in addresses.iter().enumerate() {
        let aggregator = Aggregator::new(shared, address).map_err(|error| error.to_string());
        let commitments = commitments.to_vec();
        calls.spawn(async move {
            let groups = match aggregator {
                Ok(aggregator) => find_at(&aggregator, &commitments).await,
                Err(problem) => Err(problem),
            };
            (index, groups)
        });
    }
    let mut results = calls.join_all().await;
    results.sort_by_key(|(index, _)| *index);
    let mut found = Found::default();
    for (index, result) in results {
        let address = &addresses[index];
        match result {
            Ok(groups) if groups.is_empty() => {
                found.answered = true;
                found
                    .answers
                    .push(address, "it holds no group of this phrase");
            }
            Ok(groups) => {
                found.answered = true;
                let ids: Vec<String> = groups.iter().map(ToString::to_string).collect();
                found
                    .answers
                    .push(address, format!("it holds {}", ids.join(", ")));
                found.groups.extend(groups);
            }
            Err(problem) => {
                found.answers.push(address, problem.clone());
                found.silent.push(Silent::new(address, problem));
            }
        }
    }
    found
}

async fn find_at(
    aggregator: &Aggregator,
    commitments: &[Commitment],
) -> Result<Vec<GroupId>, String> {
    for commitment in commitments {
        let mut request = Request::new(FindGroupRequest {
            commitment: commitment.to_vec(),
        });
        request.set_timeout(aggregator.timeout());
        propagate(&mut request);
        let mut client = bounded!(FeedServiceClient::new(aggregator.channel.clone()));
        match client.find_group(request).await {
            Ok(response) => {
                let response = response.into_inner();
                let ids = [response.group_id]
                    .into_iter()
                    .chain(response.other_group_ids);
                // A malformed id is no answer to rely on, and finds nothing.
                return Ok(ids.filter_map(|id| GroupId::try_from(&*id).ok()).collect());
            }
            Err(status) => {
                let failure = CallFailure::from_status(&status);
                if failure.reason != "commitment_unknown" {
                    return Err(failure.to_string());
                }
            }
        }
    }
    Ok(Vec::new())
}

/// What one aggregator holds of a group.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub(super) aggregator: Aggregator,
    /// Envelope of the highest head that it has accepted; empty if there is none.
    pub(super) head: Vec<u8>,
    pub(super) status: GroupStatus,
}

/// Everything that the aggregators hold of a group.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Verified key logs, the branches in the order of the aggregators.
    pub(super) logs: Vec<KeyLog>,
    pub(super) holders: Vec<Holder>,
    pub(super) answers: Answers,
    pub(super) answered: bool,
    /// Aggregators that did not answer.
    pub(super) silent: Vec<Silent>,
}

/// Requests the key log and the highest head of a group from each aggregator. One that takes
/// longer than `limit` counts as silent.
pub(super) async fn survey(
    shared: &Shared,
    addresses: &[Endpoint],
    group: &GroupId,
    limit: Duration,
) -> Survey {
    let mut calls = JoinSet::new();
    for (index, address) in addresses.iter().enumerate() {
        let aggregator = Aggregator::new(shared, address).map_err(|error| error.to_string());
        let group = *group;
        calls.spawn(async move {
            let held = tokio::time::timeout(limit, hold_of(aggregator, group)).await;
            let seconds = limit.as_secs();
            let late = |_| Err(format!("it took longer than {seconds} seconds"));
            (index, held.unwrap_or_else(late))
        });
    }
    let mut results = calls.join_all().await;
    results.sort_by_key(|(index, _)| *index);
    let mut survey = Survey::default();
    for (index, result) in results {
        let address = &addresses[index];
        match result {
            Err(problem) => {
                survey.answers.push(address, problem.clone());
                survey.silent.push(Silent::new(address, problem));
            }
            Ok(None) => {
                survey.answered = true;
                survey.answers.push(address, "it does not hold the group");
            }
            Ok(Some((logs, holder))) => {
                survey.answered = true;
                let status = holder.status.as_str_name();
                let status = status.trim_start_matches("GROUP_STATUS_").to_lowercase();
                survey
                    .answers
                    .push(address, format!("it holds the group ({status})"));
                survey.logs.extend(logs);
                survey.holders.push(holder);
            }
        }
    }
    survey
}

async fn hold_of(
    aggregator: Result<Aggregator, String>,
    group: GroupId,
) -> Result<Option<(Vec<KeyLog>, Holder)>, String> {
    let aggregator = aggregator?;
    let response = get_admission(&aggregator, &group)
        .await
        .map_err(|error| error.to_string())?;
    if response.key_log.is_empty() {
        return Ok(None);
    }
    let log = KeyLog::verify(&response.key_log)
        .map_err(|error| format!("its copy of the key log is invalid: {error}"))?;
    if log.group_id() != group {
        return Err("its copy of the key log belongs to another group".to_owned());
    }
    let status = response.admission.unwrap_or_default().status();
    let mut logs = vec![log.clone()];
    if status == GroupStatus::Frozen {
        // What froze it may be a branch that the next key event must set aside.
        let rivals = get_rivals(&aggregator, &log)
            .await
            .map_err(|error| error.to_string())?;
        logs.extend(rivals.branches);
    }
    let holder = Holder {
        aggregator,
        head: response.highest_head,
        status,
    };
    Ok(Some((logs, holder)))
}
