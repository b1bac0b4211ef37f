//! Concurrent changes, and failures among them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Lifecycle, Result, RevisionStream, Staged, Staging, StoreError, Verdict};
use sqlx::AssertSqlSafe;
use tokio::sync::Notify;

use super::task::MAX_DURATION;
use crate::write_tx::{Done, WriteTx};
use crate::{SqliteStore, wal_checkpoint};

async fn open() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aggregator.sqlite");
    let own = GroupId::from_bytes([1; 32]);
    let store = SqliteStore::open(&path, own, "stream").await.unwrap();
    (folder, store)
}

async fn execute(tx: &mut WriteTx, (statement,): &(String,)) -> Result<Done<i64>> {
    let revision = tx.next_revision();
    sqlx::query(AssertSqlSafe(statement.clone()))
        .execute(tx.db())
        .await?;
    Ok(Done::Commit(revision))
}

/// Executes a statement as a change. Returns its revision.
async fn run(store: &SqliteStore, statement: &str) -> Result<i64> {
    let change = (statement.to_owned(),);
    store.writer.execute(change, execute).await
}

/// The same, as a change that only hides.
async fn hide(store: &SqliteStore, statement: &str) -> Result<i64> {
    let change = (statement.to_owned(),);
    store.writer.execute_hiding(change, execute).await
}

async fn excluded(store: &SqliteStore) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM exclusion");
    count.fetch_one(&store.readers).await.unwrap()
}

fn exclude(number: u8) -> String {
    format!("INSERT INTO exclusion (group_id, reason, at) VALUES (x'0{number}', '', 0)")
}

/// A change that signals its begin and then takes longer than the time in which others join its
/// transaction: what is queued meanwhile is read after its commit.
async fn executes_slowly(tx: &mut WriteTx, begun: &Arc<Notify>) -> Result<Done<i64>> {
    begun.notify_one();
    tokio::time::sleep(2 * MAX_DURATION).await;
    Ok(Done::Commit(tx.next_revision()))
}

#[tokio::test]
async fn a_writer_that_is_closed_while_a_change_commits_ends() {
    let (_folder, store) = open().await;
    let begun = Arc::new(Notify::new());
    let close = async {
        begun.notified().await;
        tokio::time::timeout(Duration::from_secs(20), store.writer.close()).await
    };
    let change = store.writer.execute(Arc::clone(&begun), executes_slowly);
    let (committed, closed) = tokio::join!(change, close);
    assert_eq!(committed.unwrap(), 1);
    closed.expect("the writer ends");
}

#[tokio::test]
async fn additions_wait_for_the_disk_space_of_take_backs_to_be_reserved_again() {
    let (folder, store) = open().await;
    run(&store, &exclude(1)).await.unwrap();
    let reserve = folder.path().join("aggregator.reserve");
    std::fs::remove_file(&reserve).unwrap();
    hide(&store, &exclude(2)).await.unwrap();
    run(&store, &exclude(3)).await.unwrap();
    assert_eq!(std::fs::metadata(&reserve).unwrap().len(), 4 * 1024 * 1024);
}

#[tokio::test]
async fn concurrent_changes_become_durable_together_and_notify_once() {
    let (_folder, store) = open().await;
    let changed = store.changed();
    let (one, two, three) = (exclude(1), exclude(2), exclude(3));
    let results = tokio::join!(run(&store, &one), run(&store, &two), run(&store, &three));
    let revisions = [results.0.unwrap(), results.1.unwrap(), results.2.unwrap()];
    assert_eq!(revisions, [1, 2, 3]);
    assert_eq!(*changed.borrow(), 3);
    assert_eq!(excluded(&store).await, 3);
}

#[tokio::test]
async fn a_change_that_only_hides_passes_those_that_wait() {
    let (_folder, store) = open().await;
    let [one, two, three, four] = [1, 2, 3, 4].map(exclude);
    let results = tokio::join!(
        run(&store, &one),
        run(&store, &two),
        run(&store, &three),
        hide(&store, &four),
    );
    // The first was taken from the queue before the others came.
    let hidden = results.3.unwrap();
    assert!(hidden <= 2, "{hidden}");
    let others = [results.0.unwrap(), results.1.unwrap(), results.2.unwrap()];
    assert!(others.is_sorted(), "{others:?}");
    assert_eq!(excluded(&store).await, 4);
}

#[tokio::test]
async fn no_change_returns_before_all_are_durable() {
    let (_folder, store) = open().await;
    // Fails at the commit: the referenced group does not exist.
    let broken = "INSERT INTO key_event (group_id, event_index, hash, envelope) \
                  VALUES (x'09', 0, x'', x'')";
    let good = exclude(1);
    let (deferred, one, two) = tokio::join!(
        run(&store, "PRAGMA defer_foreign_keys = ON"),
        run(&store, &good),
        run(&store, broken),
    );
    for result in [deferred, one, two] {
        assert!(result.is_err(), "{result:?}");
    }
    assert_eq!(excluded(&store).await, 0);
    assert_eq!(store.latest_revision().await.unwrap(), 0);
    assert_eq!(run(&store, &good).await.unwrap(), 1, "writing continues");
}

#[tokio::test]
async fn a_failure_that_ends_the_transaction_affects_no_other_change() {
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
    let results = tokio::join!(run(&store, &one), run(&store, &two), run(&store, &three));
    let mut revisions = [results.0.unwrap(), results.2.unwrap()];
    assert!(results.1.is_err());
    revisions.sort_unstable();
    assert_eq!(revisions, [2, 3], "no revision is used twice");
    assert_eq!(excluded(&store).await, 2);
    assert_eq!(run(&store, &exclude(4)).await.unwrap(), 4);
}

#[tokio::test]
async fn changes_that_fit_succeed_while_a_large_one_fills_the_disk() {
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
async fn closing_executes_queued_changes_and_rejects_later_ones() {
    let (folder, store) = open().await;
    let (one, two) = (exclude(1), exclude(2));
    let (first, ()) = tokio::join!(run(&store, &one), store.close());
    first.unwrap();
    assert!(run(&store, &two).await.is_err());
    let path = folder.path().join("aggregator.sqlite");
    let own = GroupId::from_bytes([1; 32]);
    let reopened = SqliteStore::open(&path, own, "stream").await.unwrap();
    assert_eq!(excluded(&reopened).await, 1);
    assert_eq!(reopened.latest_revision().await.unwrap(), 1);
}

#[tokio::test]
async fn a_panic_in_one_change_does_not_block_later_ones() {
    async fn panics(_: &mut WriteTx, (): &()) -> Result<Done<()>> {
        panic!("a panic in a change")
    }
    let (_folder, store) = open().await;
    assert!(store.writer.execute((), panics).await.is_err());
    assert_eq!(run(&store, &exclude(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn the_log_is_emptied_while_nothing_is_written_unless_a_reader_needs_it() {
    let (folder, store) = open().await;
    let log = folder.path().join("aggregator.sqlite-wal");
    let length = || std::fs::metadata(&log).map_or(0, |log| log.len());
    run(&store, &exclude(1)).await.unwrap();
    // A reader of an older snapshot: the checkpoint does not wait for it, and is tried again.
    let mut reader = store.readers.begin().await.unwrap();
    let before = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM exclusion");
    assert_eq!(before.fetch_one(&mut *reader).await.unwrap(), 1);
    run(&store, &exclude(2)).await.unwrap();
    assert!(
        !wal_checkpoint::empty_log(store.writer.pool())
            .await
            .unwrap()
    );
    tokio::time::sleep(wal_checkpoint::IDLE_TIME * 2).await;
    assert!(length() > 0);
    reader.rollback().await.unwrap();
    let began = Instant::now();
    while length() > 0 && began.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(length(), 0);
    assert_eq!(run(&store, &exclude(3)).await.unwrap(), 3);
    assert_eq!(excluded(&store).await, 3);
}
