//! The end of a transfer: its root is proved, and what is to be kept is committed at once
//! or not at all.

use std::collections::{BTreeSet, HashMap};

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::RecordError;
use hedgerow_core::sync::Transfer;
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_rpc::failure::Failure;

use super::held::Holding;
use super::judge::{Judged, not_in};
use super::{Applied, Apply, Origin, Outcome, keys, overtaken, tokens};
use crate::store::{Fill, HeadCommit, HeldBack, HoldBack, LeafPut, LeafState, StagedRow};

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

impl Apply {
    pub(super) async fn settle(
        &self,
        holding: &Holding,
        judged: Judged,
        transfer: Transfer,
        origin: &Origin,
    ) -> Result<Applied, Failure> {
        let simple = |outcome| Applied {
            group_id: holding.group_id,
            outcome,
            kept: 0,
            refused: 0,
        };
        let Some(head) = &transfer.head else {
            return Ok(simple(Outcome::KeyLog));
        };
        if let Some(rivals) = judged.rivals {
            let other = Some(&transfer.manifest);
            self.freeze_heads(holding, rivals.held, rivals.rival, other)
                .await?;
            return Ok(simple(Outcome::Frozen));
        }
        if judged.frozen {
            self.hide_absent(holding, &transfer.manifest).await?;
            return Ok(simple(Outcome::Frozen));
        }
        if judged.same {
            return self.fill_wanted(holding, head).await;
        }
        self.put_in_force(holding, judged.too_many, head, &transfer.manifest, origin)
            .await
    }

    /// The head held came again: what was missing may have come with it.
    async fn fill_wanted(
        &self,
        holding: &Holding,
        head: &VerifiedHead,
    ) -> Result<Applied, Failure> {
        let (group, view) = (&holding.group_id, &holding.view);
        let wanted: BTreeSet<_> = self
            .store
            .wanted(group, view, ALL)
            .await?
            .into_iter()
            .collect();
        let leaves: Vec<_> = holding
            .manifest
            .leaves()
            .iter()
            .filter(|leaf| wanted.contains(&leaf.record_hash))
            .collect();
        let decided = self.decide(holding, &leaves).await?;
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
            };
            overtaken(self.noted(self.store.fill(fill).await?))?;
        }
        self.store.confirm(group, view, &head.hash()).await?;
        Ok(Applied {
            group_id: *group,
            outcome: Outcome::Held(head.hash()),
            kept,
            refused,
        })
    }

    /// A newer head: within the limits, and with all its bodies, or by pull, it is put in
    /// force.
    async fn put_in_force(
        &self,
        holding: &Holding,
        too_many: bool,
        head: &VerifiedHead,
        manifest: &Manifest,
        origin: &Origin,
    ) -> Result<Applied, Failure> {
        let now = self.now();
        let difference = Manifest::difference(&holding.manifest, manifest);
        let created = difference
            .puts
            .iter()
            .filter(|leaf| holding.manifest.get(&leaf.name).is_none());
        let spent = tokens::spend(&self.config, holding.state.tokens, created.count(), now);
        let limit = if too_many {
            Some(HeldBack {
                limit: "ingest.max_records".to_owned(),
                until: None,
            })
        } else if self.kept_bytes(manifest) > self.config.max_view_bytes {
            Some(HeldBack {
                limit: "ingest.max_view_bytes".to_owned(),
                until: None,
            })
        } else if let Err(until) = spent {
            Some(HeldBack {
                limit: "ingest.creates".to_owned(),
                until: Some(until),
            })
        } else {
            None
        };
        if let Some(limit) = limit {
            return self.hold_back(holding, head, manifest, limit).await;
        }
        let tokens = spent.unwrap_or(crate::store::Tokens {
            thousandths: 0,
            at: now,
        });
        let mut leaves: Vec<&Leaf> = difference.puts.iter().collect();
        let unchanged = self
            .still_wanted(holding, manifest, &difference.puts)
            .await?;
        leaves.extend(&unchanged);
        let decided = self.decide(holding, &leaves).await?;
        if !decided.missing.is_empty() && !origin.may_lack_bodies() {
            let mut wanted = decided.missing;
            wanted.truncate(MAX_WANTED);
            let outcome = Outcome::Wanted(wanted);
            return Ok(Applied {
                group_id: holding.group_id,
                outcome,
                kept: 0,
                refused: 0,
            });
        }
        let (kept, refused) = count(&decided.leaves);
        let committed = self
            .store
            .commit_head(HeadCommit {
                group_id: holding.group_id,
                view: holding.view.clone(),
                expected_tip: keys::tip(holding)?,
                expected_head: holding.stored.as_ref().map(|stored| stored.hash),
                head: self.new_head(head),
                removals: difference.removals,
                puts: decided.leaves,
                bytes: manifest.record_bytes(),
                tokens,
                now,
            })
            .await?;
        overtaken(self.noted(committed))?;
        let outcome = Outcome::Held(head.hash());
        Ok(Applied {
            group_id: holding.group_id,
            outcome,
            kept,
            refused,
        })
    }

    /// A limit holds the head back: what it takes back or replaces is hidden at once,
    /// what it brings waits.
    async fn hold_back(
        &self,
        holding: &Holding,
        head: &VerifiedHead,
        manifest: &Manifest,
        limit: HeldBack,
    ) -> Result<Applied, Failure> {
        self.counters.held_back(&limit);
        let committed = self
            .store
            .hold_back(HoldBack {
                group_id: holding.group_id,
                view: holding.view.clone(),
                expected_tip: keys::tip(holding)?,
                expected_head: holding.stored.as_ref().map(|stored| stored.hash),
                envelope: head.envelope().to_vec(),
                hash: head.hash(),
                position: head.position(),
                hide: not_in(&holding.manifest, manifest),
                limit,
            })
            .await?;
        overtaken(committed)?;
        let outcome = Outcome::HeldBack;
        Ok(Applied {
            group_id: holding.group_id,
            outcome,
            kept: 0,
            refused: 0,
        })
    }

    fn kept_bytes(&self, manifest: &Manifest) -> u64 {
        let kept = |leaf: &&Leaf| leaf.length <= self.config.max_record_bytes;
        manifest
            .leaves()
            .iter()
            .filter(kept)
            .map(|leaf| u64::from(leaf.length))
            .sum()
    }

    /// Leaves that do not change and whose bodies are missing.
    async fn still_wanted(
        &self,
        holding: &Holding,
        manifest: &Manifest,
        puts: &[Leaf],
    ) -> Result<Vec<Leaf>, Failure> {
        let wanted = self
            .store
            .wanted(&holding.group_id, &holding.view, ALL)
            .await?;
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: BTreeSet<_> = wanted.into_iter().collect();
        let put: BTreeSet<&RecordName> = puts.iter().map(|leaf| &leaf.name).collect();
        let still = |leaf: &&Leaf| wanted.contains(&leaf.record_hash) && !put.contains(&leaf.name);
        Ok(manifest.leaves().iter().filter(still).cloned().collect())
    }

    /// Decides leaf by leaf what is kept: by its length, by what is staged, by what is held.
    async fn decide(&self, holding: &Holding, leaves: &[&Leaf]) -> Result<Decided, Failure> {
        let hashes: Vec<_> = leaves.iter().map(|leaf| leaf.record_hash).collect();
        let staged: HashMap<_, _> = self
            .store
            .staged(&holding.group_id, &hashes)
            .await?
            .into_iter()
            .map(|row| (row.record_hash, row))
            .collect();
        let mut held: HashMap<RecordHash, RecordName> = HashMap::new();
        if staged.len() < hashes.len() {
            let there = self
                .store
                .bodies_held(&holding.group_id, &holding.view, &hashes)
                .await?;
            held.extend(there);
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
        if leaf.length > self.config.max_record_bytes {
            return refused(&RecordError::TooLarge {
                found: leaf.length as usize,
                limit: self.config.max_record_bytes as usize,
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
