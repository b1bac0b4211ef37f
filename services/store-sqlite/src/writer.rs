//! The one task that writes. Changes that wait for it are made one after another in one
//! transaction, and are durable together: flushing a disk for each would cost most of the
//! time. Nobody is answered before.
//!
//! Where one of them fails, or is not to be kept, all of that transaction are undone, and
//! each is made again in a transaction of its own: none hurts another, not even where the
//! disk is full. That is rare, so that it need not be cheap.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use futures::FutureExt;
use futures::future::BoxFuture;
use hedgerow_core::id::GroupId;
use sqlx::SqlitePool;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;

use super::change_signal::Notice;
use super::commit;
use super::commit::new_group_batch;
use super::commit::new_group_batch::Several;
use super::decode::unsigned;
use super::wal_checkpoint;
use super::write_tx::Done;
use super::write_tx::Write;
use hedgerow_store::Committed;
use hedgerow_store::HeadCommit;
use hedgerow_store::Result;
use hedgerow_store::StoreError;

/// The most changes that one transaction makes durable.
const MOST: usize = 64;
/// For how long further changes are added to a transaction.
const LONGEST: Duration = Duration::from_millis(20);
/// How many changes wait before those who bring more do.
const LINE: usize = 256;

/// How a change of one kind is made: again, where the first time did not last.
pub(super) type With<C, T> = for<'w> fn(&'w mut Write, &'w C) -> BoxFuture<'w, Result<Done<T>>>;

/// Takes changes to the task that writes.
#[derive(Debug)]
pub(super) struct Writer {
    pool: SqlitePool,
    line: mpsc::Sender<Order>,
}

enum Order {
    Change(Box<dyn Change>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the task. `pool` has one connection; `changed` is told of each newer revision,
    /// and `notice` of what ends in doubt.
    pub(super) fn start(
        pool: SqlitePool,
        own: GroupId,
        changed: watch::Sender<u64>,
        notice: Arc<Notice>,
    ) -> Self {
        let (line, orders) = mpsc::channel(LINE);
        let task = Task {
            pool: pool.clone(),
            own,
            changed,
            notice,
            orders,
            waiting: VecDeque::new(),
            // What was done before this start.
            has_log: true,
        };
        tokio::spawn(task.run());
        Self { pool, line }
    }

    /// Makes a change, and answers when it is durable. A change that has begun is made also
    /// where nobody waits for it any more.
    pub(super) async fn make<C, T>(&self, change: C, with: With<C, T>) -> Result<T>
    where
        C: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            change,
            with,
            made: None,
            answer,
        };
        self.hand_over(waiting, answered).await
    }

    /// Puts a head in force; with others in one asking, where groups begin.
    pub(super) async fn put_in_force(&self, change: HeadCommit) -> Result<Committed> {
        let (answer, answered) = oneshot::channel();
        let waiting = NewHead(Waiting {
            change,
            with: |write, change| Box::pin(commit::head(write, change)),
            made: None,
            answer,
        });
        self.hand_over(waiting, answered).await
    }

    async fn hand_over<T>(
        &self,
        change: impl Change + 'static,
        answered: oneshot::Receiver<Result<T>>,
    ) -> Result<T> {
        let order = Order::Change(Box::new(change));
        self.line.send(order).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Makes what waits, and closes the connection.
    pub(super) async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.line.send(Order::Close(answer)).await.is_ok() {
            let _ = answered.await;
        }
        self.pool.close().await;
    }

    /// The connection itself.
    #[cfg(test)]
    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}

fn closed() -> StoreError {
    sqlx::Error::PoolClosed.into()
}

/// What a change left in its transaction.
enum Left {
    Kept,
    Nothing,
    Undone,
}

/// A change of whatever kind.
trait Change: Send + Sync {
    /// Whether nobody waits for it any more.
    fn is_forsaken(&self) -> bool;
    /// Makes it, and remembers what to answer.
    fn make<'w>(&'w mut self, write: &'w mut Write) -> BoxFuture<'w, Result<Left>>;
    /// The group that would begin with it.
    fn beginning(&self) -> Option<&HeadCommit> {
        None
    }
    /// Notes that its group has begun, with others.
    fn begun(&mut self, _: i64) {}
    /// Answers whoever waits: with what was made, once that is durable, or with a failure.
    fn answer(self: Box<Self>, durable: Result<()>);
}

struct Waiting<C, T> {
    change: C,
    with: With<C, T>,
    made: Option<T>,
    answer: oneshot::Sender<Result<T>>,
}

impl<C: Send + Sync, T: Send + Sync> Change for Waiting<C, T> {
    fn is_forsaken(&self) -> bool {
        self.answer.is_closed()
    }

    fn make<'w>(&'w mut self, write: &'w mut Write) -> BoxFuture<'w, Result<Left>> {
        async move {
            let (left, made) = match (self.with)(write, &self.change).await? {
                Done::Kept(made) => (Left::Kept, made),
                Done::Nothing(made) => (Left::Nothing, made),
                Done::Undone(made) => (Left::Undone, made),
            };
            self.made = Some(made);
            Ok(left)
        }
        .boxed()
    }

    fn answer(self: Box<Self>, durable: Result<()>) {
        let answer = match durable {
            Ok(()) => self.made.map_or_else(|| Err(closed()), Ok),
            Err(error) => Err(error),
        };
        // Nobody may wait any more.
        let _ = self.answer.send(answer);
    }
}

/// A head to be put in force.
struct NewHead(Waiting<HeadCommit, Committed>);

impl Change for NewHead {
    fn is_forsaken(&self) -> bool {
        self.0.is_forsaken()
    }

    fn make<'w>(&'w mut self, write: &'w mut Write) -> BoxFuture<'w, Result<Left>> {
        self.0.make(write)
    }

    fn beginning(&self) -> Option<&HeadCommit> {
        Some(&self.0.change).filter(|change| !change.new_key_log.is_empty())
    }

    fn begun(&mut self, revision: i64) {
        self.0.made = Some(Committed::At(unsigned(revision)));
    }

    fn answer(self: Box<Self>, durable: Result<()>) {
        Box::new(self.0).answer(durable);
    }
}

/// The task.
struct Task {
    pool: SqlitePool,
    own: GroupId,
    changed: watch::Sender<u64>,
    notice: Arc<Notice>,
    orders: mpsc::Receiver<Order>,
    /// Changes that were looked at and wait on.
    waiting: VecDeque<Box<dyn Change>>,
    /// Whether the log may hold anything.
    has_log: bool,
}

impl Task {
    async fn run(mut self) {
        let mut closing = Vec::new();
        while let Some(order) = self.order().await {
            match order {
                Order::Change(change) if change.is_forsaken() => {}
                Order::Change(change) => {
                    // A fault in one change must not keep everybody from writing for good.
                    let made = AssertUnwindSafe(self.together(change, &mut closing));
                    if made.catch_unwind().await.is_err() {
                        self.notice.doubt();
                        tracing::error!("a change broke off");
                    }
                }
                Order::Close(answer) => closing.push(answer),
            }
            if !closing.is_empty() {
                self.orders.close();
            }
        }
        self.pool.close().await;
        for answer in closing {
            let _ = answer.send(());
        }
    }

    /// What is to be done next.
    async fn order(&mut self) -> Option<Order> {
        if let Some(change) = self.waiting.pop_front() {
            return Some(Order::Change(change));
        }
        while self.has_log {
            match tokio::time::timeout(wal_checkpoint::QUIET, self.orders.recv()).await {
                Ok(order) => return order,
                Err(_) => self.tidy_up().await,
            }
        }
        self.orders.recv().await
    }

    /// Empties the log, if nobody reads from it.
    async fn tidy_up(&mut self) {
        match wal_checkpoint::empty_log(&self.pool).await {
            Ok(is_empty) => self.has_log = !is_empty,
            Err(error) => {
                self.has_log = false;
                tracing::warn!(%error, "the database's log could not be emptied");
            }
        }
    }

    /// Makes a change, and those that come while it is made, in one transaction.
    async fn together(&mut self, first: Box<dyn Change>, closing: &mut Vec<oneshot::Sender<()>>) {
        let began = Instant::now();
        let mut write = match Write::begin(&self.pool, self.own).await {
            Ok(write) => write,
            Err(error) => return first.answer(Err(error)),
        };
        let mut made = Vec::new();
        let mut next = Some(first);
        while let Some(first) = next.take() {
            let mut alike = self.alike(first, MOST - made.len(), closing);
            let left = make(&mut write, &mut alike).await;
            made.append(&mut alike);
            match left {
                Ok(Left::Kept | Left::Nothing) => {}
                Ok(Left::Undone) | Err(_) if made.len() > 1 => {
                    write.undo().await;
                    return self.apart(made).await;
                }
                undone => {
                    write.undo().await;
                    return answer(made, undone.map(drop));
                }
            }
            if made.len() < MOST && began.elapsed() < LONGEST {
                next = self.next(closing);
            }
        }
        answer(made, self.commit(write).await);
    }

    /// A change, and those that wait after it and can be made with one asking.
    fn alike(
        &mut self,
        first: Box<dyn Change>,
        most: usize,
        closing: &mut Vec<oneshot::Sender<()>>,
    ) -> Vec<Box<dyn Change>> {
        let mut several = Several::default();
        let mut takes = |change: &dyn Change| {
            let beginning = change.beginning();
            beginning.is_some_and(|change| several.takes(change))
        };
        let mut goes_on = takes(first.as_ref());
        let mut alike = vec![first];
        while goes_on && alike.len() < most {
            let Some(change) = self.next(closing) else {
                break;
            };
            goes_on = takes(change.as_ref());
            if goes_on {
                alike.push(change);
            } else {
                self.waiting.push_front(change);
            }
        }
        alike
    }

    /// A further change that waits already.
    fn next(&mut self, closing: &mut Vec<oneshot::Sender<()>>) -> Option<Box<dyn Change>> {
        if let Some(change) = self.waiting.pop_front() {
            return Some(change);
        }
        loop {
            match self.orders.try_recv().ok()? {
                Order::Change(change) if change.is_forsaken() => {}
                Order::Change(change) => return Some(change),
                Order::Close(answer) => closing.push(answer),
            }
        }
    }

    /// Makes each in a transaction of its own.
    async fn apart(&mut self, changes: Vec<Box<dyn Change>>) {
        for mut change in changes {
            let durable = self.alone(change.as_mut()).await;
            change.answer(durable);
        }
    }

    async fn alone(&mut self, change: &mut dyn Change) -> Result<()> {
        let mut write = Write::begin(&self.pool, self.own).await?;
        let before = write.last();
        match change.make(&mut write).await {
            Ok(Left::Kept) => self.commit(write).await,
            Ok(Left::Nothing) => {
                write.give_back(before);
                self.commit(write).await
            }
            Ok(Left::Undone) => {
                write.undo().await;
                Ok(())
            }
            Err(error) => {
                write.undo().await;
                Err(error)
            }
        }
    }

    /// Makes it durable, and tells whoever follows.
    async fn commit(&mut self, write: Write) -> Result<()> {
        self.has_log = true;
        match write.commit().await {
            Ok(revision) => {
                super::tell(&self.changed, revision);
                Ok(())
            }
            Err(error) => {
                // It may have been made, and only not be answered for.
                self.notice.doubt();
                Err(error)
            }
        }
    }
}

/// Makes changes that are alike: with one asking, where all of them begin groups that are not
/// known yet, else one after the other.
async fn make(write: &mut Write, changes: &mut [Box<dyn Change>]) -> Result<Left> {
    if changes.len() > 1 {
        let before = write.last();
        let beginnings: Vec<_> = changes
            .iter()
            .filter_map(|change| change.beginning())
            .collect();
        if let Some(revisions) = new_group_batch::begin(write, &beginnings).await? {
            for (change, revision) in changes.iter_mut().zip(revisions) {
                change.begun(revision);
            }
            return Ok(Left::Kept);
        }
        write.give_back(before);
    }
    for change in changes {
        let before = write.last();
        match change.make(write).await? {
            Left::Kept => {}
            Left::Nothing => write.give_back(before),
            Left::Undone => return Ok(Left::Undone),
        }
    }
    Ok(Left::Kept)
}

/// Answers all alike.
fn answer(mut changes: Vec<Box<dyn Change>>, durable: Result<()>) {
    if changes.len() == 1
        && let Some(only) = changes.pop()
    {
        return only.answer(durable);
    }
    let failure = durable.err().map(Arc::new);
    for change in changes {
        change.answer(failure.as_ref().map_or(Ok(()), |error| Err(shared(error))));
    }
}

/// One failure, for each whom it hit.
fn shared(error: &Arc<StoreError>) -> StoreError {
    match error.as_ref() {
        StoreError::DiskFull => StoreError::DiskFull,
        StoreError::Inconsistency(what) => what.clone().into(),
        StoreError::Newer { .. } | StoreError::Backend(_) => {
            StoreError::Backend(Box::new(Arc::clone(error)))
        }
    }
}
