//! The end of a transfer: its root is proved, and what is to be kept is committed at once
//! or not at all.

use std::collections::BTreeSet;
use std::collections::HashMap;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::RecordError;
use hedgerow_core::sync::Transfer;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use hedgerow_rpc::failure::Failure;

use super::Applied;
use super::Outcome;
use super::Stands;
use super::bodies::Taking;
use super::held::Holding;
use super::judge::not_in;
use super::keys;
use super::overtaken;
use super::tokens;
use crate::store::Bodies;
use crate::store::Committed;
use crate::store::Fill;
use crate::store::GroupRow;
use crate::store::HeadCommit;
use crate::store::HeldBack;
use crate::store::HoldBack;
use crate::store::LeafPut;
use crate::store::LeafState;
use crate::store::RefusalRow;
use crate::store::Staged;
use crate::store::StagedRow;
use crate::store::StoredHead;
use crate::store::Verdict;

/// The most missing bodies that are named in one answer.
pub(crate) const MAX_WANTED: usize = 1_000;
/// More than any view has.
const ALL: usize = usize::MAX;

/// What the bodies at hand make of the leaves.
#[derive(Default)]
struct Decided {
    leaves: Vec<LeafPut>,
    missing: Vec<RecordHash>,
}

impl Taking<'_> {
    /// Does with a whole transfer what it asks.
    pub(super) async fn settle(mut self, transfer: Transfer) -> Result<Applied, Failure> {
        let settled = self.try_settle(transfer).await;
        if settled.is_err() {
            self.keep_for_next().await?;
        }
        settled
    }

    async fn try_settle(&mut self, transfer: Transfer) -> Result<Applied, Failure> {
        let Some(head) = &transfer.head else {
            self.keep_keys().await?;
            return Ok(self.simple(Outcome::KeyLog));
        };
        if let Some(rivals) = self.judged.rivals.take() {
            let other = Some(&transfer.manifest);
            self.apply
                .freeze_heads(&self.holding, rivals.held, rivals.rival, other)
                .await?;
            return Ok(self.simple(Outcome::Frozen));
        }
        if self.judged.frozen {
            self.apply
                .hide_absent(&self.holding, &transfer.manifest)
                .await?;
            return Ok(self.simple(Outcome::Frozen));
        }
        if self.judged.same {
            return self.fill_wanted(head).await;
        }
        self.put_in_force(head, &transfer.manifest).await
    }

    fn simple(&self, outcome: Outcome) -> Applied {
        Applied::simple(self.holding.group_id, outcome)
    }

    /// The head held came again: what was missing may have come with it.
    async fn fill_wanted(&mut self, head: &VerifiedHead) -> Result<Applied, Failure> {
        let (store, holding) = (&self.apply.store, &self.holding);
        let (group, view) = (&holding.group_id, &holding.view);
        let wanted: BTreeSet<_> = store.wanted(group, view, ALL).await?.into_iter().collect();
        let leaves: Vec<_> = holding
            .manifest
            .leaves()
            .iter()
            .filter(|leaf| wanted.contains(&leaf.record_hash))
            .collect();
        let decided = self.decide(&leaves).await?;
        let (kept, refused) = count(&decided.leaves);
        let there: Vec<_> = decided
            .leaves
            .into_iter()
            .filter(|put| put.state != LeafState::Wanted)
            .map(|put| (put.leaf.name, put.leaf.record_hash, put.state))
            .collect();
        if !there.is_empty() {
            let fill = Fill {
                group_id: *group,
                view: view.clone(),
                expected_head: head.hash(),
                leaves: there,
                bodies: self.bodies(),
            };
            overtaken(self.apply.noted(store.fill(fill).await?))?;
        }
        store.confirm(group, view, &head.hash()).await?;
        Ok(Applied {
            kept,
            refused,
            ..self.simple(Outcome::Held(head.hash()))
        })
    }

    /// A newer head: within the limits, and with all its bodies, or by pull, it is put in
    /// force.
    async fn put_in_force(
        &mut self,
        head: &VerifiedHead,
        manifest: &Manifest,
    ) -> Result<Applied, Failure> {
        let (now, config) = (self.apply.now(), &self.apply.config);
        let difference = Manifest::difference(&self.holding.manifest, manifest);
        let created = difference
            .puts
            .iter()
            .filter(|leaf| self.holding.manifest.get(&leaf.name).is_none());
        let spent = tokens::spend(config, self.holding.state.tokens, created.count(), now);
        let tokens = match spent {
            _ if self.judged.too_many => Err(held_back("ingest.max_records", None)),
            _ if self.kept_bytes(manifest) > config.max_view_bytes => {
                Err(held_back("ingest.max_view_bytes", None))
            }
            Err(until) => Err(held_back("ingest.creates", Some(until))),
            Ok(tokens) => Ok(tokens),
        };
        let tokens = match tokens {
            Ok(tokens) => tokens,
            Err(limit) => return self.hold_back(head, manifest, limit).await,
        };
        let mut leaves: Vec<&Leaf> = difference.puts.iter().collect();
        let unchanged = self.still_wanted(manifest, &difference.puts).await?;
        leaves.extend(&unchanged);
        let decided = self.decide(&leaves).await?;
        if !decided.missing.is_empty() && !self.origin.may_lack_bodies() {
            self.stage().await?;
            let mut wanted = decided.missing;
            wanted.truncate(MAX_WANTED);
            return Ok(self.simple(Outcome::Wanted(wanted)));
        }
        let (kept, refused) = count(&decided.leaves);
        let holding = &self.holding;
        let change = HeadCommit {
            group_id: holding.group_id,
            view: holding.view.clone(),
            begins: holding.begins().map(keys::puts).unwrap_or_default(),
            expected_tip: keys::tip(holding)?,
            expected_head: holding.stored.as_ref().map(|stored| stored.hash),
            head: self.apply.new_head(head),
            removals: difference.removals,
            puts: decided.leaves,
            bodies: self.bodies(),
            bytes: manifest.record_bytes(),
            tokens,
            now,
        };
        let mut stands = stands(&change);
        let committed = self.apply.store.commit_head(change).await?;
        overtaken(self.apply.noted(committed))?;
        self.begun = true;
        if let (Some(stands), Committed::At(revision)) = (&mut stands, committed) {
            stands.row.revision = revision;
        }
        Ok(Applied {
            kept,
            refused,
            stands,
            ..self.simple(Outcome::Held(head.hash()))
        })
    }

    /// A limit holds the head back: what it takes back or replaces is hidden at once,
    /// what it brings waits.
    async fn hold_back(
        &mut self,
        head: &VerifiedHead,
        manifest: &Manifest,
        limit: HeldBack,
    ) -> Result<Applied, Failure> {
        self.stage().await?;
        self.apply.counters.held_back(&limit);
        let holding = &self.holding;
        let change = HoldBack {
            group_id: holding.group_id,
            view: holding.view.clone(),
            expected_tip: keys::tip(holding)?,
            expected_head: holding.stored.as_ref().map(|stored| stored.hash),
            envelope: head.envelope().to_vec(),
            hash: head.hash(),
            position: head.position(),
            hide: not_in(&holding.manifest, manifest),
            limit,
        };
        overtaken(self.apply.store.hold_back(change).await?)?;
        Ok(self.simple(Outcome::HeldBack))
    }

    /// The bodies at hand that are kept, for a commit: they are staged no more.
    fn bodies(&self) -> Bodies {
        let kept = |staged: &Staged| match &staged.verdict {
            Verdict::Keep(record) => Some((staged.record_hash, record.clone())),
            Verdict::Refuse { .. } => None,
        };
        self.batch.iter().filter_map(kept).collect()
    }

    fn kept_bytes(&self, manifest: &Manifest) -> u64 {
        let kept = |leaf: &&Leaf| leaf.length <= self.apply.config.max_record_bytes;
        manifest
            .leaves()
            .iter()
            .filter(kept)
            .map(|leaf| u64::from(leaf.length))
            .sum()
    }

    /// Leaves that do not change and whose bodies are missing.
    async fn still_wanted(&self, manifest: &Manifest, puts: &[Leaf]) -> Result<Vec<Leaf>, Failure> {
        if !self.holding.is_whole() {
            return Ok(Vec::new());
        }
        let Holding { group_id, view, .. } = &self.holding;
        let wanted = self.apply.store.wanted(group_id, view, ALL).await?;
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: BTreeSet<_> = wanted.into_iter().collect();
        let put: BTreeSet<&RecordName> = puts.iter().map(|leaf| &leaf.name).collect();
        let still = |leaf: &&Leaf| wanted.contains(&leaf.record_hash) && !put.contains(&leaf.name);
        Ok(manifest.leaves().iter().filter(still).cloned().collect())
    }

    /// Decides leaf by leaf what is kept: by its length, by what is at hand, by what is
    /// staged, by what is held.
    async fn decide(&self, leaves: &[&Leaf]) -> Result<Decided, Failure> {
        let mut staged: HashMap<_, _> = self
            .batch
            .iter()
            .map(|staged| (staged.record_hash, StagedRow::from(staged)))
            .collect();
        let missing = |staged: &HashMap<RecordHash, StagedRow>| -> Vec<RecordHash> {
            let hashes = leaves.iter().map(|leaf| leaf.record_hash);
            hashes.filter(|hash| !staged.contains_key(hash)).collect()
        };
        let Holding { group_id, view, .. } = &self.holding;
        let mut held: HashMap<RecordHash, RecordName> = HashMap::new();
        let absent = missing(&staged);
        // Of a group that begins there is nothing but what is at hand.
        if !absent.is_empty() && self.holding.is_known() {
            let rows = self.apply.store.staged(group_id, &absent).await?;
            staged.extend(rows.into_iter().map(|row| (row.record_hash, row)));
            let absent = missing(&staged);
            if !absent.is_empty() {
                let there = self.apply.store.bodies_held(group_id, view, &absent);
                held.extend(there.await?);
            }
        }
        let mut decided = Decided::default();
        for leaf in leaves {
            let state = self.state_of(leaf, staged.get(&leaf.record_hash), &held);
            if state == LeafState::Wanted {
                decided.missing.push(leaf.record_hash);
            }
            decided.leaves.push(LeafPut {
                leaf: (*leaf).clone(),
                state,
            });
        }
        Ok(decided)
    }

    fn state_of(
        &self,
        leaf: &Leaf,
        staged: Option<&StagedRow>,
        held: &HashMap<RecordHash, RecordName>,
    ) -> LeafState {
        let limit = self.apply.config.max_record_bytes;
        if leaf.length > limit {
            return refused(&RecordError::TooLarge {
                found: leaf.length as usize,
                limit: limit as usize,
            });
        }
        if let Some(staged) = staged {
            return state_of_staged(leaf, staged);
        }
        match held.get(&leaf.record_hash) {
            Some(name) if *name == leaf.name => LeafState::Held,
            Some(name) => refused(&RecordError::NameMismatch {
                found: name.clone(),
                leaf: leaf.name.clone(),
            }),
            None => LeafState::Wanted,
        }
    }
}

fn held_back(limit: &str, until: Option<Timestamp>) -> HeldBack {
    HeldBack {
        limit: limit.to_owned(),
        until,
    }
}

/// Where a group that begins stands, once the change is made.
fn stands(change: &HeadCommit) -> Option<Box<Stands>> {
    let tip = change.begins.last()?;
    let head = &change.head;
    let refused = |put: &LeafPut| match &put.state {
        LeafState::Refused { reason, detail } => Some(RefusalRow {
            name: put.leaf.name.clone(),
            reason: reason.clone(),
            detail: detail.clone(),
        }),
        LeafState::Held | LeafState::Wanted => None,
    };
    let row = GroupRow {
        group_id: change.group_id,
        tip: tip.hash,
        tip_index: tip.index,
        ended: false,
        forked: false,
        exclusion: None,
        frozen_index: None,
        held_back: None,
        shown: head.position.key_index == tip.index,
        revision: 0,
        head: Some(StoredHead {
            envelope: head.envelope.clone(),
            hash: head.hash,
            position: head.position,
            root: head.root,
            count: head.count,
            issued_at: head.issued_at,
            expires_at: head.expires_at,
            whole: true,
            invited: head.invited,
            unconfirmed: false,
            endpoint: head.endpoint.clone(),
            bytes: change.bytes,
            revision: 0,
        }),
        seen: true,
    };
    let refusals = change.puts.iter().filter_map(refused).collect();
    Some(Box::new(Stands { row, refusals }))
}

fn state_of_staged(leaf: &Leaf, staged: &StagedRow) -> LeafState {
    if let Some((reason, detail)) = &staged.refused {
        return LeafState::Refused {
            reason: reason.clone(),
            detail: detail.clone(),
        };
    }
    match (&staged.name, staged.length) {
        (Some(name), _) if *name != leaf.name => refused(&RecordError::NameMismatch {
            found: name.clone(),
            leaf: leaf.name.clone(),
        }),
        (_, Some(length)) if length != leaf.length => refused(&RecordError::LengthMismatch {
            found: length as usize,
            leaf: leaf.length,
        }),
        _ => LeafState::Held,
    }
}

fn refused(error: &RecordError) -> LeafState {
    LeafState::Refused {
        reason: error.reason().to_owned(),
        detail: error.to_string(),
    }
}

fn count(leaves: &[LeafPut]) -> (u32, u32) {
    let of = |wanted: fn(&LeafState) -> bool| {
        let count = leaves.iter().filter(|put| wanted(&put.state)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    (
        of(|state| *state == LeafState::Held),
        of(|state| matches!(state, LeafState::Refused { .. })),
    )
}
