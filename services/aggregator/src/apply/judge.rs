//! A head, judged against what is held: before any leaf of it is read.

use std::time::Duration;

use hedgerow_core::head::HeadError;
use hedgerow_core::head::HeadOrder;
use hedgerow_core::head::MAX_AHEAD;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::head::compare;
use hedgerow_core::name::View;
use hedgerow_rpc::failure::Failure;

use super::Apply;
use super::Outcome;
use super::held::Holding;
use super::keys;
use super::overtaken;
use super::superseded;
use crate::store::Committed;
use crate::store::Freeze;
use crate::store::HeadOnly;
use crate::store::NewHead;
use crate::store::Rival;

/// What the judgement says, and what is left to be done.
#[derive(Default)]
pub(super) struct Judged {
    /// It is done already.
    pub outcome: Option<Outcome>,
    /// Two heads that cannot both be honest.
    pub rivals: Option<Rivals>,
    /// Under this key index nothing is added any more.
    pub frozen: bool,
    /// The very head that is held, with its leaves.
    pub same: bool,
    /// It has more records than are taken.
    pub too_many: bool,
}

/// Envelopes of two heads that cannot both be honest.
pub(super) struct Rivals {
    pub held: Vec<u8>,
    pub rival: Vec<u8>,
}

/// How a head stands to all that was accepted before.
pub(crate) enum Standing {
    Newer,
    Same,
    Older,
    Rival(Vec<u8>),
}

/// Compares a head with the one held and with the highest ever accepted.
pub(crate) fn standing(holding: &Holding, new: &VerifiedHead) -> Standing {
    for other in [&holding.head, &holding.highest].into_iter().flatten() {
        match compare(other, new) {
            HeadOrder::Equivocation => return Standing::Rival(other.envelope().to_vec()),
            HeadOrder::Older | HeadOrder::Unrelated => return Standing::Older,
            HeadOrder::Newer | HeadOrder::Same => {}
        }
    }
    let same = holding
        .stored
        .as_ref()
        .is_some_and(|stored| stored.hash == new.hash());
    if same {
        Standing::Same
    } else {
        Standing::Newer
    }
}

impl Apply {
    /// Judges a verified head of a transfer.
    pub(super) async fn judge(
        &self,
        holding: &Holding,
        head: &VerifiedHead,
    ) -> Result<Judged, Failure> {
        if *head.view() != View::public() {
            return Err(Failure::invalid_field(
                "head",
                "view_not_served",
                "only public views are taken here",
            ));
        }
        let standing = standing(holding, head);
        if matches!(standing, Standing::Older) {
            return Err(superseded());
        }
        if !matches!(standing, Standing::Same) {
            self.check_issued(head)?;
        }
        let row = holding.row.as_ref();
        let invited = head.indexing().permits(&self.own);
        if row.is_some_and(|row| row.exclusion.is_some()) {
            if matches!(standing, Standing::Newer) {
                self.keep_head_only(holding, head).await?;
            }
            return Ok(Judged {
                outcome: Some(Outcome::Excluded),
                ..Judged::default()
            });
        }
        if let Standing::Rival(held) = standing {
            let rival = head.envelope().to_vec();
            return Ok(Judged {
                rivals: Some(Rivals { held, rival }),
                ..Judged::default()
            });
        }
        let same = matches!(standing, Standing::Same);
        let frozen = row.is_some_and(|row| row.forked)
            || holding.state.frozen_index == Some(head.position().key_index);
        if frozen {
            let outcome = same.then_some(Outcome::Frozen);
            return Ok(Judged {
                frozen: true,
                outcome,
                ..Judged::default()
            });
        }
        if !invited {
            self.keep_head_only(holding, head).await?;
            let outcome = Some(Outcome::NotInvited(head.hash()));
            return Ok(Judged {
                outcome,
                ..Judged::default()
            });
        }
        Ok(Judged {
            same: same && holding.is_whole(),
            too_many: head.count() > self.config.max_records,
            ..Judged::default()
        })
    }

    /// Whether the first head of a group may come in with the group's key events: with it
    /// nothing is done before its transfer is whole.
    pub(super) fn may_begin_with(&self, head: &VerifiedHead) -> bool {
        *head.view() == View::public()
            && head.check_issued(self.now()).is_ok()
            && head.indexing().permits(&self.own)
            && head.count() <= self.config.max_records
    }

    /// Postpones a head from the future, with the time at which it will be taken.
    pub(crate) fn check_issued(&self, head: &VerifiedHead) -> Result<(), Failure> {
        let now = self.now();
        head.check_issued(now).map_err(|error| {
            let wait = head
                .issued_at()
                .minus(MAX_AHEAD)
                .since(now)
                .max(Duration::from_secs(1));
            debug_assert!(matches!(error, HeadError::FromTheFuture { .. }));
            Failure::from(error).retry_after(wait)
        })
    }

    /// Whether a head takes the group away from here: that needs nothing but the head.
    pub(crate) fn leaves(&self, holding: &Holding, head: &VerifiedHead) -> bool {
        let frozen = holding.row.as_ref().is_some_and(|row| row.forked)
            || holding.state.frozen_index == Some(head.position().key_index);
        !frozen && !head.indexing().permits(&self.own)
    }

    /// Holds a head with nothing under it.
    pub(crate) async fn keep_head_only(
        &self,
        holding: &Holding,
        head: &VerifiedHead,
    ) -> Result<(), Failure> {
        if holding
            .stored
            .as_ref()
            .is_some_and(|held| held.hash == head.hash() && !held.whole)
        {
            return Ok(());
        }
        let committed = self
            .store
            .commit_head_only(HeadOnly {
                group_id: holding.group_id,
                view: holding.view.clone(),
                expected_tip: keys::tip(holding)?,
                head: self.new_head(head),
                now: self.now(),
            })
            .await?;
        overtaken(committed)
    }

    pub(super) fn new_head(&self, head: &VerifiedHead) -> NewHead {
        NewHead {
            envelope: head.envelope().to_vec(),
            hash: head.hash(),
            position: head.position(),
            root: head.root(),
            count: head.count(),
            issued_at: head.issued_at(),
            expires_at: head.expires_at(),
            endpoint: head.endpoint().map(ToString::to_string),
            invited: head.indexing().permits(&self.own),
        }
    }

    /// Keeps two heads as proof and freezes the view under their key index. `other` is
    /// the rival's manifest, where it is known: what it lacks is hidden.
    pub(crate) async fn freeze_heads(
        &self,
        holding: &Holding,
        held: Vec<u8>,
        rival: Vec<u8>,
        other: Option<&hedgerow_core::tree::Manifest>,
    ) -> Result<(), Failure> {
        self.counters.count("head_equivocation");
        let key_index = hedgerow_core::head::peek(&rival)?.position.key_index;
        tracing::warn!(group = %holding.group_id, key_index, "two rival heads of one group");
        let committed = self
            .store
            .freeze(Freeze {
                group_id: holding.group_id,
                view: holding.view.clone(),
                rival: Rival::Head {
                    key_index,
                    held,
                    rival,
                },
                expected_head: holding.stored.as_ref().map(|stored| stored.hash),
                hide: other
                    .map(|other| not_in(&holding.manifest, other))
                    .unwrap_or_default(),
                now: self.now(),
            })
            .await?;
        overtaken(committed)
    }

    /// Hides what a further head lacks, under a key index that is frozen.
    pub(super) async fn hide_absent(
        &self,
        holding: &Holding,
        other: &hedgerow_core::tree::Manifest,
    ) -> Result<(), Failure> {
        let committed: Committed = self
            .store
            .freeze(Freeze {
                group_id: holding.group_id,
                view: holding.view.clone(),
                rival: Rival::None,
                expected_head: holding.stored.as_ref().map(|stored| stored.hash),
                hide: not_in(&holding.manifest, other),
                now: self.now(),
            })
            .await?;
        overtaken(committed)
    }
}

/// Names whose present record is not in the other manifest.
pub(super) fn not_in(
    held: &hedgerow_core::tree::Manifest,
    other: &hedgerow_core::tree::Manifest,
) -> Vec<hedgerow_core::name::RecordName> {
    held.leaves()
        .iter()
        .filter(|leaf| other.get(&leaf.name) != Some(leaf))
        .map(|leaf| leaf.name.clone())
        .collect()
}
