//! Bodies, judged as they come. So few as one write takes stay at hand until the commit;
//! more are staged: outside any commit, bounded, for the next attempt too if this one breaks
//! off.

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules;
use hedgerow_core::sync::SyncReader;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::transfer::BodySink;
use tokio::sync::SemaphorePermit;

use super::Apply;
use super::Origin;
use super::Outcome;
use super::held::Holding;
use super::judge::Judged;
use crate::store::Inconsistency;
use crate::store::Staged;
use crate::store::StoreError;
use crate::store::Verdict;

/// How many bodies, and bytes, a transfer keeps at hand before it stages them in one write.
const BATCH_BODIES: usize = 500;
const BATCH_BYTES: usize = 1024 * 1024;

/// When to come back to an aggregator whose staging is full.
const FULL_RETRY: std::time::Duration = std::time::Duration::from_secs(60);

/// When to come back where the places for heads over the limit are taken.
const OVERSIZED_RETRY: std::time::Duration = std::time::Duration::from_secs(5);

/// Takes the bodies of one transfer.
pub(super) struct Taking<'a> {
    pub(super) apply: &'a Apply,
    pub(super) holding: Holding,
    pub(super) origin: &'a Origin,
    pub(super) judged: Judged,
    /// Bodies at hand.
    pub(super) batch: Vec<Staged>,
    batch_bytes: usize,
    /// The key events that came are committed, with the head.
    pub(super) begun: bool,
    /// The place of a head that is over the limit.
    oversized: Option<SemaphorePermit<'a>>,
}

impl<'a> Taking<'a> {
    pub(super) fn new(apply: &'a Apply, holding: Holding, origin: &'a Origin) -> Self {
        Self {
            apply,
            holding,
            origin,
            judged: Judged::default(),
            batch: Vec::new(),
            batch_bytes: 0,
            begun: false,
            oversized: None,
        }
    }

    /// Commits the key events of a group that begins, alone.
    pub(super) async fn keep_keys(&mut self) -> Result<(), Failure> {
        let Some(log) = self.holding.begins() else {
            return Ok(());
        };
        self.apply.begin_with_keys(log).await?;
        self.reload().await
    }

    /// Keeps what came of a transfer that was not put in force: the next attempt goes on
    /// from there.
    pub(super) async fn keep_for_next(&mut self) -> Result<(), Failure> {
        self.keep_keys().await?;
        // Whoever sent it is told why the transfer itself failed.
        let _ = self.stage().await;
        Ok(())
    }

    async fn reload(&mut self) -> Result<(), Failure> {
        let Holding { group_id, view, .. } = &self.holding;
        let row = self.apply.store.group(group_id).await?;
        let row = row.ok_or_else(|| missing(group_id))?;
        self.holding = Holding::load(&self.apply.store, row, view).await?;
        Ok(())
    }

    /// Stages what is at hand, if there is room.
    pub(super) async fn stage(&mut self) -> Result<(), Failure> {
        self.keep_keys().await?;
        if self.batch.is_empty() {
            return Ok(());
        }
        let config = &self.apply.config;
        let (own, all) = self
            .apply
            .store
            .staged_bytes(&self.holding.group_id)
            .await?;
        let more = self.batch_bytes as u64;
        if own + more > config.staged_bytes_per_group {
            return Err(staging_full());
        }
        if all + more > config.staged_bytes {
            let before = self.apply.now().minus(config.staged_for());
            self.apply.store.expire_staged(before).await?;
            // Whoever fills the place for all others is the first to lose it.
            let room = config.staged_bytes.saturating_sub(more);
            let group = &self.holding.group_id;
            if !self
                .apply
                .store
                .evict_staged(group, own + more, room)
                .await?
            {
                return Err(staging_full());
            }
        }
        let batch = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        let (group, now) = (&self.holding.group_id, self.apply.now());
        self.apply.store.stage(group, batch, now).await?;
        Ok(())
    }

    /// What is kept of a body, and why not.
    fn verdict(&self, record: Vec<u8>) -> (Option<hedgerow_core::name::RecordName>, Verdict) {
        let limit = self.apply.config.max_record_bytes as usize;
        let parsed = match ParsedRecord::parse_within(&record, &self.holding.group_id, limit) {
            Ok(parsed) => parsed,
            Err(error) => return (None, refuse(error.reason(), error.to_string())),
        };
        let name = Some(parsed.name().clone());
        match rules::check_received(&parsed) {
            Ok(_) => (name, Verdict::Keep(record)),
            Err(refused) => (name, refuse(refused.reason, refused.detail)),
        }
    }

    /// Nothing of a transfer that cannot be committed is worth staging.
    fn keeps_bodies(&self) -> bool {
        self.judged.rivals.is_none() && !self.judged.frozen && !self.judged.too_many
    }
}

#[tonic::async_trait]
impl BodySink for Taking<'_> {
    async fn key_log(&mut self, log: &KeyLog) -> Result<(), Failure> {
        let apply = self.apply;
        if self.holding.is_known() {
            apply.commit_keys(&self.holding, log).await?;
            return self.reload().await;
        }
        let is_counted = self.holding.begins().is_some();
        if !is_counted && !apply.arrivals.admit(self.origin, apply.now()) {
            apply.counters.count("daily_new_groups");
            self.judged.outcome = Some(Outcome::TooManyNewGroups);
            return Err(settled());
        }
        self.holding.key_log = Some(log.clone());
        Ok(())
    }

    async fn begin(&mut self, reader: &SyncReader) -> Result<(), Failure> {
        let Some(head) = reader.head() else {
            return Ok(());
        };
        if !self.apply.may_begin_with(head) {
            self.keep_keys().await?;
        }
        self.judged = self.apply.judge(&self.holding, head).await?;
        match self.judged.outcome {
            // Ends the transfer; the outcome tells what became of it.
            Some(_) => Err(settled()),
            None if head.count() > self.apply.config.max_records => {
                let place = self.apply.oversized.try_acquire();
                self.oversized = Some(place.map_err(|_| too_many_oversized())?);
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn put(&mut self, hash: RecordHash, record: Vec<u8>) -> Result<(), Failure> {
        if !self.keeps_bodies() {
            return Ok(());
        }
        self.batch_bytes += record.len();
        let (name, verdict) = self.verdict(record);
        self.batch.push(Staged {
            record_hash: hash,
            name,
            verdict,
        });
        if self.batch.len() >= BATCH_BODIES || self.batch_bytes >= BATCH_BYTES {
            self.stage().await?;
        }
        Ok(())
    }
}

/// Key events that came are kept, also where the transfer is dropped in the middle.
impl Drop for Taking<'_> {
    fn drop(&mut self) {
        let Some(log) = self.holding.begins().filter(|_| !self.begun) else {
            return;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.apply.begin_with_keys_later(log));
        }
    }
}

/// Ends a transfer whose outcome tells what became of it.
fn settled() -> Failure {
    Failure::aborted("settled", "Nothing more is needed.")
}

fn missing(group: &GroupId) -> Failure {
    StoreError::from(Inconsistency::new(
        "known_group",
        "group_id",
        group.to_string(),
    ))
    .into()
}

fn staging_full() -> Failure {
    Failure::resource_exhausted(
        "staging_full",
        "Too much waits here for the rest of its transfer; come back a little later.",
        FULL_RETRY,
    )
}

fn too_many_oversized() -> Failure {
    Failure::resource_exhausted(
        "too_many_transfers",
        "Several groups over the limit are being read already; come back in a moment.",
        OVERSIZED_RETRY,
    )
}

fn refuse(reason: &str, detail: String) -> Verdict {
    Verdict::Refuse {
        reason: reason.to_owned(),
        detail,
    }
}
