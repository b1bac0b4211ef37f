//! Recovers, rotates and ends groups with their phrases. The phrase is used and dropped: it is in
//! no file, log or argument of the node.
//!
//! A change of keys is prepared (nothing changes, the host reviews it), then applied in one
//! transaction, then delivered: the key event and the new head in one stream.

mod apply;
mod bundle;
mod by_steward;
mod change;
mod error;
mod fetch;
mod sealed;
mod survey;

use std::path::Path;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::{Commitment, GroupId};
use hedgerow_core::key_log::{Branches, KeyLog, Resolution};
use hedgerow_core::name::View;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::recovery::{Continuation, ContinuationError};
use hedgerow_input::labels::count;

use crate::delivery::{Delivered, Verdict, check_head, deliver_once};
use crate::node::{Node, NodeError};
use crate::restore::{RemoteState, compare};
use crate::signing::guard::Stop;
use crate::store::{HostedGroup, StoredStop};
use fetch::{Newest, fetch_newest};
use survey::{Found, Survey, find, survey, without_silent};

pub(crate) use by_steward::{KeyEventDraft, commit_key_event, draft_key_event};

pub use bundle::{Bundle, BundleError, MoveFile};
pub use change::{Authority, KeyChange, KeyChanged, RecoveryOptions};
pub use error::RecoveryError;
pub use hedgerow_server::passphrase::{Passphrase, PassphraseTooShort};
pub use survey::{Answers, Silent};

/// The commitments by which a group is searched. The first is in every log of the phrase; the
/// others find a log of which an aggregator has indexed only later events.
const MAX_COMMITMENTS: u32 = 4;

/// How long an aggregator may take to report what it holds: a host waits at the terminal.
const SURVEY_LIMIT: Duration = Duration::from_secs(15);

/// Groups whose records are fetched to name them, if several have a commitment of the phrase.
const MAX_CANDIDATES: usize = 8;

impl Node {
    /// Searches for groups of a commitment at the node's aggregators. Returns the groups, and
    /// the aggregators that did not answer.
    pub async fn find_groups(&self, commitment: Commitment) -> (Vec<GroupId>, Vec<Silent>) {
        let addresses = self.aggregators();
        let found = find(self.shared(), &addresses, &[commitment]).await;
        (found.groups.into_iter().collect(), found.silent)
    }

    /// Prepares the recovery of a group that this node does not have, from the words alone.
    pub async fn prepare_recovery(
        &self,
        label: &str,
        authority: Authority<'_>,
        options: &RecoveryOptions,
    ) -> Result<KeyChange, RecoveryError> {
        self.check_new_label(label).await?;
        let addresses = self.addresses(options);
        let bundle = options.from.clone();
        let (group, mut silent) = match &bundle {
            Some(bundle) => (bundle.log().group_id(), Vec::new()),
            None => {
                let found = find(self.shared(), &addresses, &commitments(authority)).await;
                let group = self.choose_group(&found, &addresses, options).await?;
                (group, found.silent)
            }
        };
        let addresses = without_silent(addresses, &silent);
        let groups = self.groups().await?;
        if let Some(here) = groups.into_iter().find(|hosted| hosted.group_id == group) {
            return Err(RecoveryError::AlreadyHere(here.label));
        }
        let survey = survey(self.shared(), &addresses, &group, SURVEY_LIMIT).await;
        if !addresses.is_empty() && !survey.answered {
            return Err(RecoveryError::NoResponse(survey.answers));
        }
        let moved = bundle.as_ref().map(|bundle| bundle.log().clone());
        let logs: Vec<KeyLog> = moved.into_iter().chain(survey.logs.clone()).collect();
        if logs.is_empty() {
            let answers = survey.answers;
            return Err(RecoveryError::GroupUnknown { group, answers });
        }
        let (log, continuation) = branch_to_continue(logs, authority)?;
        let remote = self.fetch(&log, &survey, options).await?;
        let addresses = without_silent(addresses, &survey.silent);
        silent.extend(survey.silent);
        Ok(KeyChange {
            label: label.to_owned(),
            bundle,
            leave_out: options.leave_out.clone(),
            hosted: None,
            log,
            continuation,
            remote,
            addresses,
            silent,
        })
    }

    /// Prepares new keys for a group of this node. If the group was rotated elsewhere, its newer
    /// records come back with it.
    pub async fn prepare_rotation(
        &self,
        label: &str,
        phrase: &Phrase,
        options: &RecoveryOptions,
    ) -> Result<KeyChange, RecoveryError> {
        let hosted = self.group(label).await?;
        let own = self.key_log(&hosted).await?;
        let addresses = self.addresses(options);
        let survey = survey(self.shared(), &addresses, &hosted.group_id, SURVEY_LIMIT).await;
        if !addresses.is_empty() && !survey.answered {
            return Err(RecoveryError::NoResponse(survey.answers));
        }
        // The own log comes first: of two branches of one length, it goes on.
        let logs = [own.clone()].into_iter().chain(survey.logs.clone());
        let (log, continuation) = branch_to_continue(logs, Authority::Phrase(phrase))?;
        let rotated_elsewhere = log.tip_hash() != own.tip_hash();
        let remote = if rotated_elsewhere {
            self.fetch(&log, &survey, options).await?
        } else {
            self.check_not_behind(&own, &survey, options).await?;
            None
        };
        Ok(KeyChange {
            label: label.to_owned(),
            bundle: None,
            leave_out: options.leave_out.clone(),
            hosted: Some(hosted),
            log,
            continuation,
            remote,
            addresses: without_silent(addresses, &survey.silent),
            silent: survey.silent,
        })
    }

    /// Applies a prepared change and delivers it.
    pub async fn apply_key_change(
        &self,
        change: KeyChange,
        authority: Authority<'_>,
    ) -> Result<KeyChanged, RecoveryError> {
        let addresses = change.addresses.clone();
        let (mut changed, group) = apply::change_keys(self, change, authority).await?;
        if !changed.awaits_steward {
            changed.delivered = deliver_once(self.shared(), &group, &addresses).await;
        }
        Ok(changed)
    }

    /// Ends a group permanently and delivers that to every aggregator. `label` must be its label.
    pub async fn deactivate(
        &self,
        label: &str,
        phrase: &Phrase,
    ) -> Result<Vec<Delivered>, RecoveryError> {
        let hosted = self.group(label).await?;
        let own = self.key_log(&hosted).await?;
        let addresses = self.addresses(&RecoveryOptions::default());
        let survey = survey(self.shared(), &addresses, &hosted.group_id, SURVEY_LIMIT).await;
        if !addresses.is_empty() && !survey.answered {
            return Err(RecoveryError::NoResponse(survey.answers));
        }
        let logs = [own].into_iter().chain(survey.logs);
        let log = Continuation::choose(logs, phrase)?.deactivate(phrase)?;
        let group = apply::end_group(self.shared(), &hosted, &log).await?;
        Ok(deliver_once(self.shared(), &group, &addresses).await)
    }

    /// Writes everything that a new machine needs besides the phrase, encrypted, and stops signing
    /// for the group here. Returns the number of records in the file.
    pub async fn move_group(
        &self,
        label: &str,
        path: &Path,
        passphrase: &Passphrase,
    ) -> Result<usize, RecoveryError> {
        let hosted = self.group(label).await?;
        let (id, view) = (&hosted.group_id, View::public());
        let shared = self.shared();
        let group = shared
            .groups
            .get(id)
            .ok_or_else(|| NodeError::NoSuchGroup(label.to_owned()))?;
        let _edits = group.edit_lock.lock().await;
        let mut writing = shared.store.write().await?;
        let bundle = Bundle::collect(&mut writing, id).await?;
        // The file first: a stop without a file would lose nothing, but leave the host with none.
        bundle.write(path, passphrase, shared.random.as_ref())?;
        let stop = Stop::moved(shared.subject(label));
        let stored = StoredStop {
            reason: stop.reason.as_str().to_owned(),
            head: Vec::new(),
            aggregator: String::new(),
        };
        writing.clear_stop(id, &view).await?;
        writing.put_stop(id, &view, &stored, shared.now()).await?;
        writing.commit().await?;
        group.guard.stop(stop);
        Ok(bundle.count_records())
    }

    /// The aggregators to request from: the node's own, then those of the command line.
    fn addresses(&self, options: &RecoveryOptions) -> Vec<Endpoint> {
        let mut addresses = self.aggregators();
        for address in &options.aggregators {
            if !addresses.contains(address) {
                addresses.push(address.clone());
            }
        }
        addresses
    }

    async fn key_log(&self, group: &HostedGroup) -> Result<KeyLog, RecoveryError> {
        let mut reading = self.shared().store.read().await?;
        let envelopes = reading.key_log(&group.group_id).await?;
        Ok(KeyLog::verify(&envelopes).map_err(NodeError::from)?)
    }

    async fn choose_group(
        &self,
        found: &Found,
        addresses: &[Endpoint],
        options: &RecoveryOptions,
    ) -> Result<GroupId, RecoveryError> {
        if addresses.is_empty() {
            return Err(RecoveryError::NoAggregators);
        }
        let groups = found.groups.iter().copied();
        let groups: Vec<GroupId> = match options.group {
            Some(chosen) => groups.filter(|id| *id == chosen).collect(),
            None => groups.collect(),
        };
        match groups.as_slice() {
            [] if !found.answered => Err(RecoveryError::NoResponse(found.answers.clone())),
            [] => Err(RecoveryError::NotFound(found.answers.clone())),
            [group] => Ok(*group),
            several => Err(RecoveryError::Ambiguous(
                self.describe(several, addresses).await,
            )),
        }
    }

    /// Describes groups by their records, so that the host can recognise theirs.
    async fn describe(&self, groups: &[GroupId], addresses: &[Endpoint]) -> String {
        let mut lines = Vec::new();
        for group in groups.iter().take(MAX_CANDIDATES) {
            let survey = survey(self.shared(), addresses, group, SURVEY_LIMIT).await;
            let log = survey.logs.iter().max_by_key(|log| log.tip_index());
            let newest = match log {
                Some(log) => fetch_newest(self.shared(), log, &survey).await,
                None => Newest::NeverPublished,
            };
            let words = match newest {
                Newest::Fetched(fetched) => {
                    let changes = compare(self.shared(), group, &fetched).await;
                    let changes = changes.unwrap_or_default();
                    let title = changes.iter().find_map(|change| change.title.clone());
                    format!(
                        "{}, signed {}, with “{}”",
                        count(fetched.manifest.len(), "record"),
                        fetched.head.issue_time(),
                        title.unwrap_or_default()
                    )
                }
                Newest::NeverPublished => "nothing published".to_owned(),
                Newest::NotServed(_) => "its records are not served now".to_owned(),
            };
            lines.push(format!("  {group}  {words}"));
        }
        lines.join("\n")
    }

    /// Fetches the newest records, and compares them with this node's.
    async fn fetch(
        &self,
        log: &KeyLog,
        survey: &Survey,
        options: &RecoveryOptions,
    ) -> Result<Option<RemoteState>, RecoveryError> {
        let fetched = match fetch_newest(self.shared(), log, survey).await {
            Newest::Fetched(fetched) => *fetched,
            Newest::NeverPublished => return Ok(None),
            Newest::NotServed(_) if options.without_records => return Ok(None),
            Newest::NotServed(problems) => return Err(RecoveryError::RecordsNotServed(problems)),
        };
        let changes = compare(self.shared(), &log.group_id(), &fetched).await?;
        let mut remote = RemoteState::new(fetched, changes);
        for name in &options.leave_out {
            if !remote.leave_out(name) {
                return Err(RecoveryError::NoSuchRecord(name.to_string()));
            }
        }
        Ok(Some(remote))
    }

    /// Refuses a rotation over this node's records if they may be older than those at an
    /// aggregator: the new head would take the newer ones back.
    async fn check_not_behind(
        &self,
        own: &KeyLog,
        survey: &Survey,
        options: &RecoveryOptions,
    ) -> Result<(), RecoveryError> {
        if options.own_records {
            return Ok(());
        }
        let mut reading = self.shared().store.read().await?;
        for holder in &survey.holders {
            let Ok(head) = VerifiedHead::verify_past(&holder.head, own) else {
                continue;
            };
            let is_public = *head.view() == View::public();
            // An equivocation does not stop a rotation: the rotation is what ends it.
            let verdict = check_head(&mut reading, own, &head).await;
            if is_public && matches!(verdict, Ok(Verdict::Behind)) {
                return Err(RecoveryError::Behind(holder.aggregator.name.clone()));
            }
        }
        Ok(())
    }
}

/// The commitments by which a group is searched.
fn commitments(authority: Authority<'_>) -> Vec<Commitment> {
    match authority {
        Authority::Phrase(phrase) => (1..=MAX_COMMITMENTS)
            .map(|index| phrase.commitment(index))
            .collect(),
        Authority::Commitment(commitment) => vec![commitment],
    }
}

fn branch_to_continue(
    logs: impl IntoIterator<Item = KeyLog>,
    authority: Authority<'_>,
) -> Result<(KeyLog, Option<Continuation>), RecoveryError> {
    match authority {
        Authority::Phrase(phrase) => {
            let continuation = Continuation::choose(logs, phrase)?;
            Ok((continuation.log().clone(), Some(continuation)))
        }
        Authority::Commitment(_) => Ok((longest_branch(logs)?, None)),
    }
}

/// The branch that has won, or the longest. Whether a phrase can continue it shows when the
/// steward signs.
pub(crate) fn longest_branch(
    logs: impl IntoIterator<Item = KeyLog>,
) -> Result<KeyLog, RecoveryError> {
    let mut logs = logs.into_iter();
    let mut branches = Branches::new(logs.next().ok_or(ContinuationError::Empty)?);
    for log in logs {
        branches.add(log);
    }
    let log = match branches.resolve() {
        Resolution::Settled(log) => log.clone(),
        Resolution::Frozen { .. } => {
            let logs = branches.logs().iter();
            let longest = logs.max_by_key(|log| log.tip_index());
            longest.ok_or(ContinuationError::Empty)?.clone()
        }
    };
    if log.is_ended() {
        return Err(ContinuationError::Ended.into());
    }
    Ok(log)
}
