//! The decision ladder.

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::sync::SyncLimits;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;
use hedgerow_store::{Throttle, Tokens};

use super::create_rate::TokenBucket;
use super::decision::{GroupDecision, HeadDecision, Postponed};
use super::equivocation::Equivocation;
use super::exclusion::Exclusion;
use super::freshness::Freshness;
use super::invitation::Invitation;
use super::known_group::KnownGroup;
use super::new_group_quota::NewGroupQuota;
use super::newcomer_disk::NewcomerDisk;
use super::origin::Origin;
use super::rule::{HeadCandidate, NewGroup, Rule};
use super::size::SizeLimits;
use super::source_growth::SourceGrowth;
use super::view::PublicView;
use crate::config::IngestConfig;

/// The limit on the disk space of new groups.
const NEWCOMER_DISK: &str = "ingest.newcomer_disk_bytes";
/// The limit on the growth of all groups from one configured source.
pub(crate) const SOURCE_GROWTH: &str = "ingest.source_daily_bytes";

/// Evaluates groups, heads and views by the rules of this aggregator.
///
/// A further policy is a file of its own that implements `Rule`, and one line in
/// [`Policy::new`].
pub struct Policy {
    rules: Vec<Box<dyn Rule>>,
    size: SizeLimits,
    create_rate: TokenBucket,
    newcomer_disk: NewcomerDisk,
    source_growth: SourceGrowth,
}

/// A verified change of a group's view, as far as limits are concerned.
pub struct ViewChange<'a> {
    pub group: &'a GroupId,
    pub origin: &'a Origin,
    pub manifest: &'a Manifest,
    /// Bytes of the records that are stored of the group.
    pub stored_bytes: u64,
    /// Number of records that are not stored yet.
    pub created: usize,
}

impl ViewChange<'_> {
    /// Bytes by which the records of the group grow.
    pub fn growth(&self) -> u64 {
        let bytes = self.manifest.record_bytes();
        bytes.saturating_sub(self.stored_bytes)
    }
}

impl Policy {
    /// Makes the rules of the aggregator with the id `own`.
    pub fn new(own: GroupId, config: &IngestConfig) -> Self {
        // The first rule that decides wins, so the order is part of the behaviour.
        let rules: Vec<Box<dyn Rule>> = vec![
            // Before anything is compared: no result may depend on a view that is not public.
            Box::new(PublicView),
            // Before anything is written. A replay changes nothing, whatever the group's state.
            Box::new(Freshness),
            // Before the rules below, which store more of a group than its highest head.
            Box::new(Exclusion),
            // After the exclusion, which is final: a sender over its quota is not to wait for it.
            Box::new(NewGroupQuota::new(config.daily_new_groups)),
            // Before the invitation: a thief's rival head that leaves this aggregator must not
            // erase the group here, only freeze it.
            Box::new(Equivocation),
            Box::new(Invitation { own }),
        ];
        Self {
            rules,
            size: SizeLimits::new(config),
            create_rate: TokenBucket::new(config),
            newcomer_disk: NewcomerDisk::new(config.newcomer_disk_bytes),
            source_growth: SourceGrowth::new(config.source_daily_bytes),
        }
    }

    /// Evaluates a group that is not stored, before a transfer of it is read.
    pub fn evaluate_group(&self, group: &NewGroup<'_>, now: Timestamp) -> GroupDecision {
        self.rules
            .iter()
            .find_map(|rule| rule.evaluate_group(group, now))
            .or_else(|| self.evaluate_disk(group, now))
            .unwrap_or(GroupDecision::Accept)
    }

    fn evaluate_disk(&self, group: &NewGroup<'_>, now: Timestamp) -> Option<GroupDecision> {
        let (limit, until) = match self.newcomer_disk.full_until(group.origin, now) {
            Some(until) => (NEWCOMER_DISK, until),
            None => (
                SOURCE_GROWTH,
                self.source_growth.full_until(group.origin, now)?,
            ),
        };
        Some(GroupDecision::OverQuota(Postponed { limit, until }))
    }

    /// Counts a new group that is about to be stored: its key log was verified.
    /// Fails if it has to wait after all.
    pub fn reserve_group(&self, group: &NewGroup<'_>, now: Timestamp) -> Result<(), Postponed> {
        for rule in &self.rules {
            rule.reserve_group(group, now)?;
        }
        let limit = SOURCE_GROWTH;
        self.source_growth
            .try_begin(group.origin, now)
            .map_err(|until| Postponed { limit, until })?;
        self.newcomer_disk.begin(group.group_id, group.origin, now);
        Ok(())
    }

    /// Evaluates a verified head against the stored state of its group.
    pub fn evaluate_head(
        &self,
        head: &VerifiedHead,
        known: KnownGroup<'_>,
        now: Timestamp,
    ) -> HeadDecision {
        let candidate = HeadCandidate {
            head,
            known,
            comparison: known.compare(head),
            now,
        };
        self.rules
            .iter()
            .find_map(|rule| rule.evaluate_head(&candidate))
            .unwrap_or(HeadDecision::Accept {
                newer: candidate.is_newer(),
            })
    }

    /// Returns whether a head has more records than a group may have.
    pub fn is_oversized(&self, head: &VerifiedHead) -> bool {
        self.size.is_oversized(head.count())
    }

    /// Checks the limits of an accepted head that creates records, and returns the tokens that
    /// are left then.
    pub fn check_limits(
        &self,
        change: &ViewChange<'_>,
        tokens: Option<Tokens>,
        now: Timestamp,
    ) -> Result<Tokens, Throttle> {
        let manifest = change.manifest;
        // Size first: time does not lift it, so a retry after a delay would fail again.
        if let Some(limit) = self.size.exceeded(manifest) {
            return Err(throttle(limit, None));
        }
        let tokens = self
            .create_rate
            .try_take(tokens, change.created, now)
            .map_err(|until| throttle("ingest.creates", Some(until)))?;
        self.newcomer_disk
            .try_store(change.group, manifest.record_bytes(), now)
            .map_err(|until| throttle(NEWCOMER_DISK, Some(until)))?;
        // Last: what another limit delays must not use up the allowance of the source.
        self.source_growth
            .try_grow(change.origin, change.growth(), now)
            .map_err(|until| throttle(SOURCE_GROWTH, Some(until)))?;
        Ok(tokens)
    }

    /// Returns bytes to the allowance of a source, because they were not stored after all.
    pub fn return_growth(&self, origin: &Origin, bytes: u64, now: Timestamp) {
        self.source_growth.give_back(origin, bytes, now);
    }

    /// Returns the limits within which a transfer is read at all.
    pub fn read_limits(&self) -> SyncLimits {
        self.size.read_limits()
    }
}

fn throttle(limit: &str, until: Option<Timestamp>) -> Throttle {
    Throttle {
        limit: limit.to_owned(),
        until,
    }
}
