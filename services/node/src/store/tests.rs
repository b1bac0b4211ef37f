use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::time::Timestamp;

use super::{HostedGroup, Store, StoreError};

const GROUP: GroupId = GroupId::from_bytes([7; 32]);

async fn store(folder: &tempfile::TempDir) -> Store {
    let file = folder.path().join("node.sqlite");
    Store::open(&file, "stream").await.unwrap()
}

async fn with_group(folder: &tempfile::TempDir) -> Store {
    let store = store(folder).await;
    let mut writing = store.write().await.unwrap();
    let group = HostedGroup {
        group_id: GROUP,
        label: "us".to_owned(),
        token_hash: [1; 32],
    };
    let now = Timestamp::from_seconds(0);
    writing
        .add_group(&group, &[2; 32], &[3; 32], now)
        .await
        .unwrap();
    writing.commit().await.unwrap();
    store
}

async fn put(store: &Store, number: u8) -> Result<(), StoreError> {
    let mut writing = store.write().await?;
    let hash = RecordHash::from_bytes([number; 32]);
    writing.put_body(&GROUP, &hash, &[number; 60_000]).await?;
    writing.commit().await
}

#[tokio::test]
async fn a_transaction_that_is_dropped_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_group(&folder).await;
    let mut writing = store.write().await.unwrap();
    let revision = writing.next_revision().await.unwrap();
    drop(writing);
    let mut writing = store.write().await.unwrap();
    assert_eq!(writing.next_revision().await.unwrap(), revision);
}

#[tokio::test]
async fn the_stream_id_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    store(&folder).await.close().await;
    let file = folder.path().join("node.sqlite");
    let store = Store::open(&file, "another").await.unwrap();
    let (name, _) = store.read().await.unwrap().stream().await.unwrap();
    assert_eq!(name, "stream");
}

#[tokio::test]
async fn a_full_disk_is_reported_as_such_and_is_not_permanent() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_group(&folder).await;
    sqlx::query("PRAGMA max_page_count = 60")
        .execute(&store.writer)
        .await
        .unwrap();
    let mut stored = 0;
    let error = loop {
        match put(&store, stored).await {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full(_)), "{error}");
    assert!(!error.is_damage());
    sqlx::query("PRAGMA max_page_count = 6000")
        .execute(&store.writer)
        .await
        .unwrap();
    put(&store, stored).await.unwrap();
    let mut reading = store.read().await.unwrap();
    for number in 0..=stored {
        let hash = RecordHash::from_bytes([number; 32]);
        assert!(reading.body(&GROUP, &hash).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn after_damage_nothing_more_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let intact = with_group(&folder).await;
    for number in 0..20 {
        put(&intact, number).await.unwrap();
    }
    intact.close().await;
    let file = folder.path().join("node.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    let length = bytes.len();
    // The first page lists the tables. It is left intact so that the file opens.
    bytes[4096..length].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    let Ok(store) = Store::open(&file, "stream").await else {
        return;
    };
    let error = put(&store, 30).await.unwrap_err();
    assert!(error.is_damage(), "{error}");
    let error = put(&store, 31).await.unwrap_err();
    assert!(matches!(error, StoreError::StoppedByDamage), "{error}");
}

#[tokio::test]
async fn a_database_of_an_earlier_version_is_migrated_and_its_backup_opens_there() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("node.sqlite");
    let newest = super::open::newest_migration();
    assert_eq!(Store::pending_migration(&old).await.unwrap(), None);
    super::open::make_old(&old, newest - 1).await;
    let pending = Store::pending_migration(&old).await.unwrap();
    assert_eq!(pending, Some(newest));
    let copy = folder.path().join("copy.sqlite");
    super::copy_database(&old, &copy).await.unwrap();
    super::check_copy(&copy).await.unwrap();
    Store::open(&old, "stream").await.unwrap().close().await;
    assert_eq!(Store::pending_migration(&old).await.unwrap(), None);
    // What the earlier version would find after going back.
    let pending = Store::pending_migration(&copy).await.unwrap();
    assert_eq!(pending, Some(newest));
}
