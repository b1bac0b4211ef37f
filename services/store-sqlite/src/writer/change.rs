//! Changes in the queue of the writing task.

use futures::FutureExt;
use futures::future::BoxFuture;
use hedgerow_store::{Committed, HeadCommit, Result, StoreError};
use tokio::sync::oneshot;

use crate::decode::unsigned;
use crate::write_tx::{Done, WriteTx};

/// How many changes wait in the queue before their callers do.
pub(super) const QUEUE_CAPACITY: usize = 256;

/// An `async fn` that executes a change. Called again, in a new transaction, if the first one
/// was rolled back.
pub(crate) trait ChangeFn<'w, C, T>: Send + Sync {
    fn call(&self, tx: &'w mut WriteTx, change: &'w C) -> BoxFuture<'w, Result<Done<T>>>;
}

impl<'w, C, T, F, R> ChangeFn<'w, C, T> for F
where
    C: 'w,
    F: Fn(&'w mut WriteTx, &'w C) -> R + Send + Sync,
    R: Future<Output = Result<Done<T>>> + Send + 'w,
{
    fn call(&self, tx: &'w mut WriteTx, change: &'w C) -> BoxFuture<'w, Result<Done<T>>> {
        self(tx, change).boxed()
    }
}

pub(super) enum Job {
    Change(Box<dyn Change>),
    Close(oneshot::Sender<()>),
}

/// A change of any kind, with the caller that waits for it.
pub(super) trait Change: Send + Sync {
    /// Whether the caller was dropped.
    fn is_abandoned(&self) -> bool;
    /// Executes the change and keeps its result for [`Change::reply`].
    fn execute<'w>(&'w mut self, tx: &'w mut WriteTx) -> BoxFuture<'w, Result<Done<()>>>;
    /// Whether it only takes back or hides. Such a change passes those that wait before it.
    fn only_hides(&self) -> bool {
        false
    }
    /// The commit of a new group's first head, which can be batched with others.
    fn new_group(&self) -> Option<&HeadCommit> {
        None
    }
    /// Records that the new group was inserted with a batch, at this revision.
    fn inserted(&mut self, _: i64) {}
    /// Sends the result of the change to the caller, or the failure to make it durable.
    fn reply(self: Box<Self>, durable: Result<()>);
}

pub(super) struct Pending<C, T, F> {
    change: C,
    function: F,
    result: Option<T>,
    reply: oneshot::Sender<Result<T>>,
    only_hides: bool,
}

impl<C, T, F> Pending<C, T, F> {
    pub(super) fn new(change: C, function: F) -> (Self, oneshot::Receiver<Result<T>>) {
        let (reply, receiver) = oneshot::channel();
        let pending = Self {
            change,
            function,
            result: None,
            reply,
            only_hides: false,
        };
        (pending, receiver)
    }

    /// Marks a change that only takes back or hides.
    pub(super) fn hiding(self, only_hides: bool) -> Self {
        Self { only_hides, ..self }
    }
}

impl<C, T, F> Change for Pending<C, T, F>
where
    C: Send + Sync,
    T: Send + Sync,
    F: for<'w> ChangeFn<'w, C, T>,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn only_hides(&self) -> bool {
        self.only_hides
    }

    fn execute<'w>(&'w mut self, tx: &'w mut WriteTx) -> BoxFuture<'w, Result<Done<()>>> {
        async move {
            let (done, result) = match self.function.call(tx, &self.change).await? {
                Done::Commit(result) => (Done::Commit(()), result),
                Done::NoChange(result) => (Done::NoChange(()), result),
                Done::Rollback(result) => (Done::Rollback(()), result),
            };
            self.result = Some(result);
            Ok(done)
        }
        .boxed()
    }

    fn reply(self: Box<Self>, durable: Result<()>) {
        let Self { result, reply, .. } = *self;
        // The caller may have been dropped meanwhile.
        let _ = reply.send(durable.and_then(|()| result.ok_or_else(closed)));
    }
}

/// The commit of a head, possibly of a new group.
pub(super) struct HeadChange<F>(pub(super) Pending<HeadCommit, Committed, F>);

impl<F: for<'w> ChangeFn<'w, HeadCommit, Committed>> Change for HeadChange<F> {
    fn is_abandoned(&self) -> bool {
        self.0.is_abandoned()
    }

    fn only_hides(&self) -> bool {
        self.0.only_hides()
    }

    fn execute<'w>(&'w mut self, tx: &'w mut WriteTx) -> BoxFuture<'w, Result<Done<()>>> {
        self.0.execute(tx)
    }

    fn new_group(&self) -> Option<&HeadCommit> {
        Some(&self.0.change).filter(|change| !change.new_key_log.is_empty())
    }

    fn inserted(&mut self, revision: i64) {
        self.0.result = Some(Committed::At(unsigned(revision)));
    }

    fn reply(self: Box<Self>, durable: Result<()>) {
        Box::new(self.0).reply(durable);
    }
}

/// The error for callers of a closed store.
pub(super) fn closed() -> StoreError {
    sqlx::Error::PoolClosed.into()
}
