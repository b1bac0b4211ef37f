//! The store's contract, and behaviour of this backend alone.

use std::path::Path;
use std::sync::Arc;

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_store::contract::commit_group;
use hedgerow_store::{
    Exclude, GroupReader, Lifecycle, Moderation, Result, RevisionStream, Staged, Staging, Store,
    StoreError, Verdict, contract_tests,
};

use crate::SqliteStore;

async fn open() -> (tempfile::TempDir, Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await.unwrap();
    (folder, Arc::new(store))
}

async fn open_in(folder: &Path) -> Result<SqliteStore> {
    let own = GroupId::from_bytes([1; 32]);
    SqliteStore::open(&folder.join("aggregator.sqlite"), own, "stream").await
}

contract_tests!(open);

#[tokio::test]
async fn a_database_of_a_newer_program_is_not_opened_and_the_message_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations \
         (version, description, success, checksum, execution_time) \
         VALUES (9999, 'of the future', 1, x'00', 0)",
    )
    .execute(store.writer.pool())
    .await
    .unwrap();
    store.close().await;
    let error = open_in(folder.path()).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { version: 9999, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("install the newer program"));
}

#[tokio::test]
async fn an_error_of_a_corrupt_row_names_its_column() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await.unwrap();
    sqlx::query(
        "INSERT INTO known_group (group_id, tip, tip_index, revision, first_seen) \
         VALUES (?, x'00', 0, 1, 0)",
    )
    .bind([2_u8; 32].as_slice())
    .execute(store.writer.pool())
    .await
    .unwrap();
    let error = store
        .group(&GroupId::from_bytes([2; 32]))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("corrupt row: known_group.tip for 00"),
        "{error}"
    );
}

#[tokio::test]
async fn a_full_disk_is_reported_as_such_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 60")
        .execute(store.writer.pool())
        .await
        .unwrap();
    let item = |bytes| Staged {
        record_hash: RecordHash::from_bytes([1; 32]),
        name: None,
        verdict: Verdict::Keep(vec![0; bytes]),
    };
    let group = GroupId::from_bytes([2; 32]);
    let now = Timestamp::from_seconds(0);
    let error = store
        .stage(&group, vec![item(1_000_000)], now)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::DiskFull), "{error:?}");
    assert_eq!(store.staged_bytes(&group).await.unwrap(), (0, 0));
    // With space again it continues without a restart.
    store.stage(&group, vec![item(100)], now).await.unwrap();
}

#[tokio::test]
async fn a_refresh_reports_changes_of_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await.unwrap();
    let other: Arc<dyn Store> = Arc::new(open_in(folder.path()).await.unwrap());
    let mut changed = store.changed();
    changed.borrow_and_update();
    commit_group(&other, 1).await;
    store.refresh().await.unwrap();
    assert!(changed.has_changed().unwrap());
}

#[tokio::test]
async fn a_command_of_another_process_makes_the_cached_revision_uncertain() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(open_in(folder.path()).await.unwrap());
    let one = commit_group(&store, 1).await;
    let latest = store.latest_revision().await.unwrap();
    assert_eq!(store.cached_revision(), Some(latest));
    let command = open_in(folder.path()).await.unwrap();
    let now = Timestamp::from_seconds(0);
    let exclude = Exclude {
        group_id: one.id(),
        reason: "spam".to_owned(),
        now,
    };
    let excluded = command.exclude(exclude).await.unwrap();
    assert_eq!(store.cached_revision(), None);
    store.refresh().await.unwrap();
    assert_eq!(store.cached_revision(), Some(excluded));
    command.include(&one.id()).await.unwrap();
    assert_eq!(store.cached_revision(), None);
}

#[tokio::test]
async fn envelopes_that_an_earlier_version_stored_with_padding_are_read_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Arc::new(open_in(folder.path()).await.unwrap());
    let store: Arc<dyn Store> = sqlite.clone();
    let publisher = commit_group(&store, 1).await;
    let before = store.group(&publisher.id()).await.unwrap();
    // An unknown field after the envelope, which nothing signs.
    for update in [
        "UPDATE key_event SET envelope = envelope || x'2001'",
        "UPDATE head SET envelope = envelope || x'2001'",
        "UPDATE view_state SET highest = highest || x'2001'",
    ] {
        let done = sqlx::query(update).execute(sqlite.writer.pool()).await;
        assert!(done.unwrap().rows_affected() > 0, "{update}");
    }
    let log = store.key_log(&publisher.id()).await.unwrap();
    assert_eq!(log, publisher.log.envelopes());
    let event = store.key_event(&publisher.id(), 0).await.unwrap();
    assert_eq!(event.as_ref(), log.first());
    assert_eq!(store.group(&publisher.id()).await.unwrap(), before);
    let view = store.view_state(&publisher.id(), &View::public()).await;
    let head = before.unwrap().head.unwrap().facts.envelope;
    assert_eq!(view.unwrap().highest, Some(head));
}
