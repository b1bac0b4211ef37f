//! The task that writes. Changes that wait for it are executed one after another in one
//! transaction, and become durable together: a flush to disk for each would take most of the
//! time. No caller gets a result before that. See decision 9.
//!
//! Changes that only hide records pass those that wait, because a take-back must not wait for
//! megabytes that others add.
//!
//! If one of them fails or must be rolled back, the whole transaction is rolled back and each
//! change is executed again in its own transaction. Savepoints would isolate them, but a full
//! disk ends a transaction with all its savepoints. Failures are rare, so the retry may be slow.

mod change;
mod task;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_store::{Committed, HeadCommit, Result};
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot, watch};

use crate::change_signal::ChangeSignal;
use crate::disk_reserve::DiskReserve;
use change::{Change, ChangeFn, HeadChange, Job, Pending, QUEUE_CAPACITY, closed};
use task::Task;

pub(crate) use task::publish_revision;

/// Sends changes to the task.
#[derive(Debug)]
pub(crate) struct Writer {
    pool: SqlitePool,
    queue: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the task. `pool` has one connection. `changed` receives each committed revision;
    /// `change_signal` is invalidated when the outcome of a commit is unknown.
    pub(crate) fn start(
        pool: SqlitePool,
        own: GroupId,
        changed: watch::Sender<u64>,
        change_signal: Arc<ChangeSignal>,
        reserve: DiskReserve,
    ) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE_CAPACITY);
        let task = Task {
            pool: pool.clone(),
            own,
            changed,
            change_signal,
            reserve,
            jobs,
            waiting: VecDeque::new(),
            // An earlier process may have left a log.
            has_log: true,
        };
        tokio::spawn(task.run());
        Self { pool, queue }
    }

    /// Executes a change and returns when it is durable. A change that has begun is completed
    /// even if its caller is dropped.
    pub(crate) async fn execute<C, T, F>(&self, change: C, function: F) -> Result<T>
    where
        F: for<'w> ChangeFn<'w, C, T> + 'static,
        C: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let (pending, reply) = Pending::new(change, function);
        self.enqueue(pending, reply).await
    }

    /// Like [`Writer::execute`], for a change that only hides: it passes those that wait.
    pub(crate) async fn execute_hiding<C, T, F>(&self, change: C, function: F) -> Result<T>
    where
        F: for<'w> ChangeFn<'w, C, T> + 'static,
        C: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let (pending, reply) = Pending::new(change, function);
        self.enqueue(pending.hiding(true), reply).await
    }

    /// Executes a head commit, which the task may batch with those of other new groups.
    pub(crate) async fn execute_head(
        &self,
        change: HeadCommit,
        function: impl for<'w> ChangeFn<'w, HeadCommit, Committed> + 'static,
    ) -> Result<Committed> {
        let adds_nothing = change.puts.is_empty() && change.new_key_log.is_empty();
        let only_hides = adds_nothing && !change.removals.is_empty();
        let (pending, reply) = Pending::new(change, function);
        let change = HeadChange(pending.hiding(only_hides));
        self.enqueue(change, reply).await
    }

    async fn enqueue<T>(
        &self,
        change: impl Change + 'static,
        reply: oneshot::Receiver<Result<T>>,
    ) -> Result<T> {
        let job = Job::Change(Box::new(change));
        self.queue.send(job).await.map_err(|_| closed())?;
        reply.await.map_err(|_| closed())?
    }

    /// Executes the queued changes and closes the connection.
    pub(crate) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.queue.send(Job::Close(reply)).await.is_ok() {
            let _ = closed.await;
        }
        self.pool.close().await;
    }

    #[cfg(test)]
    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}
