//! The one task that writes. Changes that wait for it are made one after another in one
//! transaction, and are durable together: flushing a disk for each would cost most of the
//! time. Nobody is answered before.
//!
//! Where one of them fails, or is not to be kept, all of that transaction are undone, and
//! each is made again in a transaction of its own: none hurts another, not even where the
//! disk is full. That is rare, so that it need not be cheap.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use hedgerow_core::id::GroupId;
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot, watch};

use super::write::{Done, Write};
use crate::store::{Result, StoreError};

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
    /// Starts the task. `pool` has one connection; `changed` is told of each newer revision.
    pub(super) fn start(pool: SqlitePool, own: GroupId, changed: watch::Sender<u64>) -> Self {
        let (line, orders) = mpsc::channel(LINE);
        let task = Task {
            pool: pool.clone(),
            own,
            changed,
            orders,
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
        let order = Order::Change(Box::new(waiting));
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

/// The task.
struct Task {
    pool: SqlitePool,
    own: GroupId,
    changed: watch::Sender<u64>,
    orders: mpsc::Receiver<Order>,
}

impl Task {
    async fn run(mut self) {
        let mut closing = Vec::new();
        while let Some(order) = self.orders.recv().await {
            match order {
                Order::Change(change) if change.is_forsaken() => {}
                Order::Change(change) => {
                    // A fault in one change must not keep everybody from writing for good.
                    let made = AssertUnwindSafe(self.together(change, &mut closing));
                    if made.catch_unwind().await.is_err() {
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

    /// Makes a change, and those that come while it is made, in one transaction.
    async fn together(&mut self, first: Box<dyn Change>, closing: &mut Vec<oneshot::Sender<()>>) {
        let began = Instant::now();
        let mut write = match Write::begin(&self.pool, self.own).await {
            Ok(write) => write,
            Err(error) => return first.answer(Err(error)),
        };
        let mut made = Vec::new();
        let mut next = Some(first);
        while let Some(mut change) = next.take() {
            let before = write.last();
            let left = change.make(&mut write).await;
            made.push(change);
            match left {
                Ok(Left::Kept) => {}
                Ok(Left::Nothing) => write.give_back(before),
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

    /// A further change that waits already.
    fn next(&mut self, closing: &mut Vec<oneshot::Sender<()>>) -> Option<Box<dyn Change>> {
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
    async fn commit(&self, write: Write) -> Result<()> {
        let revision = write.commit().await?;
        super::tell(&self.changed, revision);
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    use hedgerow_core::id::{GroupId, RecordHash};
    use hedgerow_core::time::Timestamp;
    use sqlx::{AssertSqlSafe, SqlitePool};

    use super::*;
    use crate::store::sqlite::SqliteStore;
    use crate::store::{Staged, Store, Verdict};

    async fn open() -> (tempfile::TempDir, SqliteStore) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aggregator.sqlite");
        let own = GroupId::from_bytes([1; 32]);
        let store = SqliteStore::open(&path, own, "stream").await.unwrap();
        (folder, store)
    }

    /// Runs a statement in the changes' way.
    async fn run(store: &SqliteStore, statement: &str) -> Result<i64> {
        let change = statement.to_owned();
        let with: With<String, i64> = |write, statement| {
            Box::pin(async move {
                let revision = write.next();
                sqlx::query(AssertSqlSafe(statement.clone()))
                    .execute(write.db())
                    .await?;
                Ok(Done::Kept(revision))
            })
        };
        store.writer.make(change, with).await
    }

    async fn excluded(pool: &SqlitePool) -> i64 {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM exclusion");
        count.fetch_one(pool).await.unwrap()
    }

    fn exclude(number: u8) -> String {
        format!("INSERT INTO exclusion (group_id, reason, at) VALUES (x'0{number}', '', 0)")
    }

    #[tokio::test]
    async fn those_that_wait_are_durable_together_and_followers_are_told_once() {
        let (_folder, store) = open().await;
        let changed = store.changed();
        let (one, two, three) = (exclude(1), exclude(2), exclude(3));
        let made = tokio::join!(run(&store, &one), run(&store, &two), run(&store, &three));
        let revisions = [made.0.unwrap(), made.1.unwrap(), made.2.unwrap()];
        assert_eq!(revisions, [1, 2, 3]);
        assert_eq!(*changed.borrow(), 3);
        assert_eq!(excluded(&store.readers).await, 3);
    }

    #[tokio::test]
    async fn nobody_is_answered_before_all_is_durable() {
        let (_folder, store) = open().await;
        // Found out at the very end: what it refers to is not there.
        let broken = "INSERT INTO key_event (group_id, event_index, hash, envelope) \
                      VALUES (x'09', 0, x'', x'')";
        let good = exclude(1);
        let (deferred, one, two) = tokio::join!(
            run(&store, "PRAGMA defer_foreign_keys = ON"),
            run(&store, &good),
            run(&store, broken),
        );
        for made in [deferred, one, two] {
            assert!(made.is_err(), "{made:?}");
        }
        assert_eq!(excluded(&store.readers).await, 0);
        assert_eq!(store.latest_revision().await.unwrap(), 0);
        assert_eq!(run(&store, &good).await.unwrap(), 1, "and it goes on");
    }

    #[tokio::test]
    async fn a_failure_that_ends_the_whole_transaction_hits_nobody_else() {
        let (_folder, store) = open().await;
        // As SQLite itself does when a disk fails.
        run(
            &store,
            "CREATE TRIGGER fails BEFORE INSERT ON exclusion WHEN NEW.group_id = x'02' \
             BEGIN SELECT RAISE(ROLLBACK, 'the disk is broken'); END",
        )
        .await
        .unwrap();
        let (one, two, three) = (exclude(1), exclude(2), exclude(3));
        let made = tokio::join!(run(&store, &one), run(&store, &two), run(&store, &three));
        let mut revisions = [made.0.unwrap(), made.2.unwrap()];
        assert!(made.1.is_err());
        revisions.sort_unstable();
        assert_eq!(revisions, [2, 3], "and none is used twice");
        assert_eq!(excluded(&store.readers).await, 2);
        assert_eq!(run(&store, &exclude(4)).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn a_disk_that_is_full_for_one_is_not_for_those_that_fit() {
        let (_folder, store) = open().await;
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
            .fetch_one(store.writer.pool())
            .await
            .unwrap();
        sqlx::query(AssertSqlSafe(format!(
            "PRAGMA max_page_count = {}",
            pages + 20
        )))
        .execute(store.writer.pool())
        .await
        .unwrap();
        let item = |number: u8, bytes| Staged {
            record_hash: RecordHash::from_bytes([number; 32]),
            name: None,
            verdict: Verdict::Keep(vec![0; bytes]),
        };
        let (group, now) = (GroupId::from_bytes([2; 32]), Timestamp::from_seconds(0));
        let (small, other) = tokio::join!(
            store.stage(&group, vec![item(1, 100)], now),
            store.stage(&group, vec![item(2, 100)], now),
        );
        small.unwrap();
        other.unwrap();
        let full = store.stage(&group, vec![item(3, 1_000_000)], now).await;
        assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
        let (own, _) = store.staged_bytes(&group).await.unwrap();
        assert!(own < 1_000, "{own}");
    }

    #[tokio::test]
    async fn what_waits_is_made_before_it_closes_and_nothing_after() {
        let (folder, store) = open().await;
        let (one, two) = (exclude(1), exclude(2));
        let (first, ()) = tokio::join!(run(&store, &one), store.close());
        first.unwrap();
        assert!(run(&store, &two).await.is_err());
        let path = folder.path().join("aggregator.sqlite");
        let own = GroupId::from_bytes([1; 32]);
        let again = SqliteStore::open(&path, own, "stream").await.unwrap();
        assert_eq!(excluded(&again.readers).await, 1);
        assert_eq!(again.latest_revision().await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_fault_in_one_change_keeps_nobody_from_writing() {
        let (_folder, store) = open().await;
        let with: With<(), ()> = |_, ()| Box::pin(async { panic!("a fault") });
        assert!(store.writer.make((), with).await.is_err());
        assert_eq!(run(&store, &exclude(1)).await.unwrap(), 1);
    }
}
