//! The loop of the writing task: transactions of many changes, and checkpoints in between.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use hedgerow_core::id::GroupId;
use hedgerow_store::{Result, StoreError};
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot, watch};

use super::change::{Change, Job, QUEUE_CAPACITY};
use crate::change_signal::ChangeSignal;
use crate::commit::new_group_batch;
use crate::commit::new_group_batch::NewGroupBatch;
use crate::disk_reserve::DiskReserve;
use crate::wal_checkpoint;
use crate::write_tx::{Done, WriteTx};

/// Limit of changes in one transaction. By then the flush is a small part of the time, and a
/// failure means that all of them are executed again.
const MAX_CHANGES: usize = 64;
/// After this time no further change is added to a transaction, to bound how long the first
/// caller waits and how long the write lock is held.
pub(super) const MAX_DURATION: Duration = Duration::from_millis(20);

type Closing = Vec<oneshot::Sender<()>>;

pub(super) struct Task {
    pub(super) pool: SqlitePool,
    pub(super) own: GroupId,
    pub(super) changed: watch::Sender<u64>,
    pub(super) change_signal: Arc<ChangeSignal>,
    pub(super) reserve: DiskReserve,
    pub(super) jobs: mpsc::Receiver<Job>,
    /// Changes taken from the queue: those that only hide, then the others in their order.
    pub(super) waiting: VecDeque<Box<dyn Change>>,
    /// Whether the write-ahead log may contain anything.
    pub(super) has_log: bool,
}

impl Task {
    pub(super) async fn run(mut self) {
        let mut closing = Closing::new();
        self.reserve.fill();
        loop {
            let waiting = self.next_change(&mut closing);
            if !closing.is_empty() {
                // Jobs already in the queue are still executed. Without this, the wait for the
                // next one would not end.
                self.jobs.close();
            }
            let Some(change) = waiting else {
                match self.next_job().await {
                    Some(Job::Change(change)) => self.waiting.push_back(change),
                    Some(Job::Close(reply)) => closing.push(reply),
                    None => break,
                }
                continue;
            };
            // A panic in one change must not end the task, which would block all writes.
            let executed = AssertUnwindSafe(self.execute_together(change, &mut closing));
            if executed.catch_unwind().await.is_err() {
                self.change_signal.invalidate();
                tracing::error!("a change panicked: its transaction was rolled back");
            }
        }
        self.pool.close().await;
        for reply in closing {
            let _ = reply.send(());
        }
    }

    async fn next_job(&mut self) -> Option<Job> {
        while self.has_log {
            match tokio::time::timeout(wal_checkpoint::IDLE_TIME, self.jobs.recv()).await {
                Ok(job) => return job,
                Err(_) => self.checkpoint().await,
            }
        }
        self.jobs.recv().await
    }

    /// Empties the log unless a reader needs it.
    async fn checkpoint(&mut self) {
        match wal_checkpoint::empty_log(&self.pool).await {
            Ok(is_empty) => {
                self.has_log = !is_empty;
                self.reserve.fill();
            }
            Err(error) => {
                // Tried again after the next change, not every few seconds.
                self.has_log = false;
                tracing::warn!(%error, "cannot empty the database's write-ahead log");
            }
        }
    }

    /// Executes a change, and those that arrive meanwhile, in one transaction.
    async fn execute_together(&mut self, first: Box<dyn Change>, closing: &mut Closing) {
        let began = Instant::now();
        let mut tx = match WriteTx::begin(&self.pool, self.own).await {
            Ok(tx) => tx,
            Err(error) => return first.reply(Err(error)),
        };
        let mut executed = Vec::new();
        let mut next = Some(first);
        while let Some(first) = next.take() {
            let mut batch = self.collect_batch(first, MAX_CHANGES - executed.len(), closing);
            let result = execute_batch(&mut tx, &mut batch).await;
            executed.append(&mut batch);
            match result {
                Ok(Done::Commit(()) | Done::NoChange(())) => {}
                Err(StoreError::DiskFull) if may_use_reserve(&executed) => {
                    tx.rollback().await;
                    return self.execute_one_by_one(executed).await;
                }
                Ok(Done::Rollback(())) | Err(_) if executed.len() > 1 => {
                    tx.rollback().await;
                    return self.execute_one_by_one(executed).await;
                }
                rolled_back => {
                    tx.rollback().await;
                    return reply_to_all(executed, rolled_back.map(drop));
                }
            }
            if executed.len() < MAX_CHANGES && began.elapsed() < MAX_DURATION {
                next = self.next_change(closing);
            }
        }
        match self.commit(tx).await {
            Err(StoreError::DiskFull) if may_use_reserve(&executed) => {
                self.execute_one_by_one(executed).await;
            }
            durable => reply_to_all(executed, durable),
        }
    }

    /// Returns a change, followed by waiting changes that fit into one batch of new groups.
    fn collect_batch(
        &mut self,
        first: Box<dyn Change>,
        limit: usize,
        closing: &mut Closing,
    ) -> Vec<Box<dyn Change>> {
        let mut new_groups = NewGroupBatch::default();
        let mut try_add = |change: &dyn Change| {
            let change = change.new_group();
            change.is_some_and(|change| new_groups.try_add(change))
        };
        let mut continues = try_add(first.as_ref());
        let mut batch = vec![first];
        while continues && batch.len() < limit {
            let Some(change) = self.next_change(closing) else {
                break;
            };
            continues = try_add(change.as_ref());
            if continues {
                batch.push(change);
            } else {
                self.waiting.push_front(change);
            }
        }
        batch
    }

    /// Returns the next change if one is already waiting and may use the disk: the first that only
    /// hides, otherwise the first. Every change states the head that it starts from, so that one which passes
    /// another of its group is applied to the right state or to none.
    fn next_change(&mut self, closing: &mut Closing) -> Option<Box<dyn Change>> {
        while let Some(change) = self.next_waiting(closing) {
            if let Some(change) = self.with_space(change) {
                return Some(change);
            }
        }
        None
    }

    fn next_waiting(&mut self, closing: &mut Closing) -> Option<Box<dyn Change>> {
        while self.waiting.len() < QUEUE_CAPACITY
            && let Ok(job) = self.jobs.try_recv()
        {
            match job {
                Job::Change(change) => self.waiting.push_back(change),
                Job::Close(reply) => closing.push(reply),
            }
        }
        self.waiting.retain(|change| !change.is_abandoned());
        let hiding = self.waiting.iter().position(|change| change.only_hides());
        self.waiting.remove(hiding.unwrap_or(0))
    }

    /// Returns the change if it may use the disk. Otherwise its caller gets the error of a full
    /// disk: the rest of the space is for take-backs.
    fn with_space(&mut self, change: Box<dyn Change>) -> Option<Box<dyn Change>> {
        if change.only_hides() || self.reserve.permits_additions() {
            return Some(change);
        }
        change.reply(Err(StoreError::DiskFull));
        None
    }

    /// Executes each change in its own transaction.
    async fn execute_one_by_one(&mut self, changes: Vec<Box<dyn Change>>) {
        for mut change in changes {
            let mut durable = self.execute_alone(change.as_mut()).await;
            if change.only_hides()
                && matches!(durable, Err(StoreError::DiskFull))
                && self.reserve.release()
            {
                tracing::warn!("the disk is full: the space reserved for take-backs is in use");
                durable = self.execute_alone(change.as_mut()).await;
            }
            change.reply(durable);
        }
    }

    async fn execute_alone(&mut self, change: &mut dyn Change) -> Result<()> {
        let mut tx = WriteTx::begin(&self.pool, self.own).await?;
        match execute(&mut tx, change).await {
            Ok(Done::Commit(()) | Done::NoChange(())) => self.commit(tx).await,
            rolled_back => {
                tx.rollback().await;
                rolled_back.map(drop)
            }
        }
    }

    /// Makes the transaction durable and publishes its last revision.
    async fn commit(&mut self, tx: WriteTx) -> Result<()> {
        self.has_log = true;
        match tx.commit().await {
            Ok(revision) => {
                publish_revision(&self.changed, revision);
                Ok(())
            }
            Err(error) => {
                // SQLite may have committed before the error.
                self.change_signal.invalidate();
                Err(error)
            }
        }
    }
}

/// Sends a revision to all subscribers, unless they have a newer one.
pub(crate) fn publish_revision(changed: &watch::Sender<u64>, revision: u64) {
    changed.send_if_modified(|last| {
        let newer = revision > *last;
        if newer {
            *last = revision;
        }
        newer
    });
}

/// Whether the space that is reserved may be used for one of these changes.
fn may_use_reserve(changes: &[Box<dyn Change>]) -> bool {
    changes.iter().any(|change| change.only_hides())
}

/// Executes a batch: in one round trip if all its groups are unknown, otherwise one by one.
async fn execute_batch(tx: &mut WriteTx, changes: &mut [Box<dyn Change>]) -> Result<Done<()>> {
    if changes.len() > 1 {
        let before = tx.last_revision();
        let commits: Vec<_> = changes
            .iter()
            .filter_map(|change| change.new_group())
            .collect();
        if let Some(revisions) = new_group_batch::insert(tx, &commits).await? {
            for (change, revision) in changes.iter_mut().zip(revisions) {
                change.inserted(revision);
            }
            return Ok(Done::Commit(()));
        }
        tx.release_revisions(before);
    }
    for change in changes {
        if let Done::Rollback(()) = execute(tx, change.as_mut()).await? {
            return Ok(Done::Rollback(()));
        }
    }
    Ok(Done::Commit(()))
}

async fn execute(tx: &mut WriteTx, change: &mut dyn Change) -> Result<Done<()>> {
    let before = tx.last_revision();
    let done = change.execute(tx).await?;
    if let Done::NoChange(()) = done {
        tx.release_revisions(before);
    }
    Ok(done)
}

/// Sends the outcome of one transaction to the callers of all its changes.
fn reply_to_all(mut changes: Vec<Box<dyn Change>>, durable: Result<()>) {
    // Alone, the caller gets the error itself rather than a shared one.
    if changes.len() == 1
        && let Some(only) = changes.pop()
    {
        return only.reply(durable);
    }
    let failure = durable.err().map(Arc::new);
    for change in changes {
        change.reply(failure.as_ref().map_or(Ok(()), |error| Err(share(error))));
    }
}

/// Copies an error that cannot be cloned, keeping the variants that callers distinguish.
fn share(error: &Arc<StoreError>) -> StoreError {
    match error.as_ref() {
        StoreError::DiskFull => StoreError::DiskFull,
        StoreError::Inconsistency(inconsistency) => inconsistency.clone().into(),
        StoreError::Newer { .. } | StoreError::Backend(_) => {
            StoreError::Backend(Box::new(Arc::clone(error)))
        }
    }
}
