//! Changes at the same time, and what becomes of them when one fails.

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::time::Timestamp;
use sqlx::AssertSqlSafe;

use super::*;
use crate::SqliteStore;
use hedgerow_store::Staged;
use hedgerow_store::Staging;
use hedgerow_store::Lifecycle;
use hedgerow_store::RevisionStream;
use hedgerow_store::Verdict;

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

async fn excluded(store: &SqliteStore) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM exclusion");
    count.fetch_one(&store.readers).await.unwrap()
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
    assert_eq!(excluded(&store).await, 3);
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
    assert_eq!(excluded(&store).await, 0);
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
    assert_eq!(excluded(&store).await, 2);
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
    assert_eq!(excluded(&again).await, 1);
    assert_eq!(again.latest_revision().await.unwrap(), 1);
}

#[tokio::test]
async fn a_fault_in_one_change_keeps_nobody_from_writing() {
    let (_folder, store) = open().await;
    let with: With<(), ()> = |_, ()| Box::pin(async { panic!("a fault") });
    assert!(store.writer.make((), with).await.is_err());
    assert_eq!(run(&store, &exclude(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn what_was_taken_back_does_not_stay_in_the_log() {
    let (folder, store) = open().await;
    let log = folder.path().join("aggregator.sqlite-wal");
    let length = || std::fs::metadata(&log).map_or(0, |log| log.len());
    run(&store, &exclude(1)).await.unwrap();
    // Somebody reads what was there before: nobody waits for him, and it is tried again.
    let mut reading = store.readers.begin().await.unwrap();
    let before = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM exclusion");
    assert_eq!(before.fetch_one(&mut *reading).await.unwrap(), 1);
    run(&store, &exclude(2)).await.unwrap();
    assert!(
        !wal_checkpoint::empty_log(store.writer.pool())
            .await
            .unwrap()
    );
    tokio::time::sleep(wal_checkpoint::QUIET * 2).await;
    assert!(length() > 0);
    reading.rollback().await.unwrap();
    let waited = Instant::now();
    while length() > 0 && waited.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(length(), 0);
    assert_eq!(run(&store, &exclude(3)).await.unwrap(), 3);
    assert_eq!(excluded(&store).await, 3);
}
