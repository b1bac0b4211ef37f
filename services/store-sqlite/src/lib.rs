//! The store in one SQLite file: write-ahead log, foreign keys, every commit synced.
//!
//! One task writes, over one connection; a few others read, each seeing one moment.

mod change_signal;
mod commit;
mod decode;
mod follow;
mod freeze;
mod groups;
mod key_events;
mod open;
mod records;
mod sources;
mod staging;
mod sweep;
mod wal_checkpoint;
mod write_tx;
mod writer;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;
use sqlx::SqlitePool;
use tokio::sync::watch;

use self::change_signal::Notice;
use self::writer::Writer;
use hedgerow_store::Changes;
use hedgerow_store::Commits;
use hedgerow_store::Committed;
use hedgerow_store::Difference;
use hedgerow_store::Erase;
use hedgerow_store::Exclude;
use hedgerow_store::Exclusion;
use hedgerow_store::FeedReader;
use hedgerow_store::Fill;
use hedgerow_store::Freeze;
use hedgerow_store::GroupReader;
use hedgerow_store::GroupRow;
use hedgerow_store::HeadCommit;
use hedgerow_store::HeadOnly;
use hedgerow_store::IndexSource;
use hedgerow_store::KeyEventCommit;
use hedgerow_store::KeyLogReader;
use hedgerow_store::LeafReader;
use hedgerow_store::Lifecycle;
use hedgerow_store::Moderation;
use hedgerow_store::RecordReader;
use hedgerow_store::RefusalRow;
use hedgerow_store::Result;
use hedgerow_store::Retention;
use hedgerow_store::RevisionStream;
use hedgerow_store::SourceRow;
use hedgerow_store::SourceStore;
use hedgerow_store::Staged;
use hedgerow_store::StagedRow;
use hedgerow_store::Staging;
use hedgerow_store::StoredHead;
use hedgerow_store::StoredRecord;
use hedgerow_store::ThrottledHead;
use hedgerow_store::ViewState;

/// A store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
    /// The aggregator's own group id, under which its one row stands.
    own: GroupId,
    changed: watch::Sender<u64>,
    notice: Arc<Notice>,
}

#[async_trait]
impl RevisionStream for SqliteStore {
    async fn stream_id(&self) -> Result<String> {
        sources::stream_id(self).await
    }

    async fn latest_revision(&self) -> Result<u64> {
        sources::latest_revision(self).await
    }

    fn cached_revision(&self) -> Option<u64> {
        // In this order: what a command changes after the look is as if asked for before.
        let revision = *self.changed.borrow();
        self.notice.is_heeded().then_some(revision)
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

#[async_trait]
impl Lifecycle for SqliteStore {
    async fn refresh(&self) -> Result<()> {
        let look = self.notice.look();
        let revision = sources::latest_revision(self).await?;
        tell(&self.changed, revision);
        self.notice.heed(&look);
        Ok(())
    }

    async fn begin_stream(&self, stream_id: &str) -> Result<()> {
        self.writer
            .make(stream_id.to_owned(), |write, change| {
                Box::pin(sources::restored(write, change))
            })
            .await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[async_trait]
impl RecordReader for SqliteStore {
    async fn record(
        &self,
        group: &GroupId,
        view: &View,
        name: &RecordName,
    ) -> Result<Option<Vec<u8>>> {
        records::record(self, group, view, name).await
    }

    async fn shown_records(
        &self,
        names: &[(GroupId, RecordName)],
    ) -> Result<Vec<Option<StoredRecord>>> {
        records::shown_records(self, names).await
    }

    async fn list_records(
        &self,
        group: &GroupId,
        view: &View,
        after: Option<&RecordName>,
        limit: usize,
    ) -> Result<Vec<StoredRecord>> {
        records::records_of(self, group, view, after, limit).await
    }

    async fn list_records_of_groups(
        &self,
        groups: &[GroupId],
        limit: usize,
    ) -> Result<Vec<(GroupId, StoredRecord)>> {
        records::records_of_groups(self, groups, limit).await
    }

    async fn body(
        &self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>> {
        records::body(self, group, view, hash).await
    }
}

#[async_trait]
impl IndexSource for SqliteStore {
    async fn changes_after(&self, revision: u64, limit: usize) -> Result<Changes> {
        follow::changes_after(self, revision, limit).await
    }

    async fn list_groups(&self, after: Option<&GroupId>, limit: usize) -> Result<Vec<GroupId>> {
        groups::groups(self, after, limit).await
    }

    async fn get_groups(&self, groups: &[GroupId]) -> Result<Vec<GroupRow>> {
        groups::groups_held(self, groups).await
    }
}

#[async_trait]
impl GroupReader for SqliteStore {
    async fn group(&self, group: &GroupId) -> Result<Option<GroupRow>> {
        groups::group(self, group).await
    }

    async fn group_or_exclusion(
        &self,
        group: &GroupId,
    ) -> Result<(Option<GroupRow>, Option<Exclusion>)> {
        groups::group_or_exclusion(self, group).await
    }

    async fn exclusion(&self, group: &GroupId) -> Result<Option<Exclusion>> {
        groups::exclusion(self, group).await
    }

    async fn group_revisions(&self, groups: &[GroupId]) -> Result<Vec<(GroupId, u64)>> {
        groups::revisions(self, groups).await
    }

    async fn view_state(&self, group: &GroupId, view: &View) -> Result<ViewState> {
        groups::view_state(self, group, view).await
    }

    async fn head(&self, group: &GroupId, view: &View) -> Result<Option<StoredHead>> {
        groups::head(self, group, view).await
    }
}

#[async_trait]
impl KeyLogReader for SqliteStore {
    async fn key_log(&self, group: &GroupId) -> Result<Vec<Vec<u8>>> {
        key_events::key_log(self, group).await
    }

    async fn key_event(&self, group: &GroupId, index: u32) -> Result<Option<Vec<u8>>> {
        key_events::key_event(self, group, index).await
    }

    async fn rival_key_events(&self, group: &GroupId) -> Result<Vec<Vec<u8>>> {
        key_events::rivals(self, group).await
    }

    async fn equivocation(
        &self,
        group: &GroupId,
        view: &View,
        key_index: u32,
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        freeze::equivocation(self, group, view, key_index).await
    }

    async fn find_groups(&self, commitment: &Commitment, limit: usize) -> Result<Vec<GroupId>> {
        key_events::find_groups(self, commitment, limit).await
    }
}

#[async_trait]
impl FeedReader for SqliteStore {
    async fn list_feed(&self, revision: u64, limit: usize) -> Result<Vec<GroupRow>> {
        groups::feed_after(self, revision, limit).await
    }

    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(StoredHead, Manifest)>> {
        records::manifest(self, group, view).await
    }

    async fn difference(
        &self,
        group: &GroupId,
        view: &View,
        from: &PayloadHash,
    ) -> Result<Option<Difference>> {
        records::difference(self, group, view, from).await
    }
}

#[async_trait]
impl LeafReader for SqliteStore {
    async fn list_refusals(
        &self,
        group: &GroupId,
        view: &View,
        limit: usize,
    ) -> Result<Vec<RefusalRow>> {
        records::refusals(self, group, view, limit).await
    }

    async fn list_wanted(
        &self,
        group: &GroupId,
        view: &View,
        limit: usize,
    ) -> Result<Vec<RecordHash>> {
        records::wanted(self, group, view, limit).await
    }

    async fn list_groups_wanting(
        &self,
        after: Option<&GroupId>,
        limit: usize,
    ) -> Result<Vec<GroupId>> {
        groups::groups_wanting(self, after, limit).await
    }
}

#[async_trait]
impl Staging for SqliteStore {
    async fn stage(&self, group: &GroupId, items: Vec<Staged>, now: Timestamp) -> Result<()> {
        self.writer
            .make((*group, items, now), |write, change| {
                Box::pin(staging::stage(write, change))
            })
            .await
    }

    async fn staged(&self, group: &GroupId, hashes: &[RecordHash]) -> Result<Vec<StagedRow>> {
        staging::staged(self, group, hashes).await
    }

    async fn existing_bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<(RecordHash, RecordName)>> {
        staging::bodies_held(self, group, view, hashes).await
    }

    async fn staged_bytes(&self, group: &GroupId) -> Result<(u64, u64)> {
        staging::staged_bytes(self, group).await
    }

    async fn evict_staged(&self, sparing: &GroupId, own: u64, room: u64) -> Result<bool> {
        self.writer
            .make((*sparing, own, room), |write, change| {
                Box::pin(staging::evict(write, change))
            })
            .await
    }

    async fn expire_staged(&self, before: Timestamp) -> Result<u64> {
        self.writer
            .make(before, |write, change| {
                Box::pin(staging::expire(write, change))
            })
            .await
    }
}

#[async_trait]
impl Commits for SqliteStore {
    async fn commit_key_events(&self, change: KeyEventCommit) -> Result<Committed> {
        self.writer
            .make(change, |write, change| {
                Box::pin(key_events::commit(write, change))
            })
            .await
    }

    async fn commit_head(&self, change: HeadCommit) -> Result<Committed> {
        self.writer.put_in_force(change).await
    }

    async fn commit_head_only(&self, change: HeadOnly) -> Result<Committed> {
        self.writer
            .make(change, |write, change| {
                Box::pin(commit::head_only(write, change))
            })
            .await
    }

    async fn throttle(&self, change: ThrottledHead) -> Result<Committed> {
        self.writer
            .make(change, |write, change| {
                Box::pin(freeze::throttle(write, change))
            })
            .await
    }

    async fn freeze(&self, change: Freeze) -> Result<Committed> {
        self.writer
            .make(change, |write, change| {
                Box::pin(freeze::freeze(write, change))
            })
            .await
    }

    async fn fill(&self, change: Fill) -> Result<Committed> {
        self.writer
            .make(change, |write, change| {
                Box::pin(commit::fill(write, change))
            })
            .await
    }

    async fn confirm(&self, group: &GroupId, view: &View, head: &PayloadHash) -> Result<()> {
        let held = groups::head(self, group, view).await?;
        if !held.is_some_and(|held| held.unconfirmed && held.hash == *head) {
            return Ok(());
        }
        let change = (*group, view.clone(), *head);
        self.writer
            .make(change, |write, change| {
                Box::pin(commit::confirm(write, change))
            })
            .await
    }
}

#[async_trait]
impl Moderation for SqliteStore {
    async fn exclude(&self, change: Exclude) -> Result<u64> {
        let revision = self
            .writer
            .make(change, |write, change| {
                Box::pin(sweep::exclude(write, change))
            })
            .await?;
        self.post().await;
        Ok(revision)
    }

    async fn include(&self, group: &GroupId) -> Result<bool> {
        let included = self
            .writer
            .make(*group, |write, change| {
                Box::pin(sweep::include(write, change))
            })
            .await?;
        self.post().await;
        Ok(included)
    }
}

#[async_trait]
impl Retention for SqliteStore {
    async fn list_lapsed(&self, before: Timestamp, limit: usize) -> Result<Vec<GroupId>> {
        sweep::lapsing(self, before, limit).await
    }

    async fn lapse(&self, group: &GroupId, before: Timestamp) -> Result<()> {
        self.writer
            .make((*group, before), |write, change| {
                Box::pin(sweep::lapse(write, change))
            })
            .await
    }

    async fn list_erasable(&self, before: Timestamp, limit: usize) -> Result<Vec<(GroupId, View)>> {
        sweep::erasable(self, before, limit).await
    }

    async fn erase(&self, change: Erase) -> Result<()> {
        self.writer
            .make(change, |write, change| {
                Box::pin(sweep::erase(write, change))
            })
            .await
    }

    async fn forget_history(&self, before: Timestamp) -> Result<()> {
        self.writer
            .make(before, |write, change| {
                Box::pin(sweep::forget_history(write, change))
            })
            .await
    }
}

#[async_trait]
impl SourceStore for SqliteStore {
    async fn source(&self, address: &str) -> Result<Option<SourceRow>> {
        sources::source(self, address).await
    }

    async fn save_source(&self, row: &SourceRow) -> Result<()> {
        self.writer
            .make(row.clone(), |write, change| {
                Box::pin(sources::save(write, change))
            })
            .await
    }

    async fn announced_endpoints(&self, limit: usize) -> Result<Vec<String>> {
        sources::announced_endpoints(self, limit).await
    }

    async fn retain_sources(&self, addresses: &HashSet<String>) -> Result<()> {
        self.writer
            .make(addresses.clone(), |write, change| {
                Box::pin(sources::forget_but(write, change))
            })
            .await
    }
}

impl SqliteStore {
    /// Lets an aggregator that runs beside this process know that something has changed. Where
    /// that is not possible, waits until it has looked for itself.
    async fn post(&self) {
        if let Err(error) = self.notice.post() {
            tracing::warn!(%error, "no notice could be left: waiting until this is in effect");
            tokio::time::sleep(SEEN_AFTER).await;
        }
    }
}

/// A running aggregator looks every two seconds whether something was changed beside it.
const SEEN_AFTER: Duration = Duration::from_secs(3);

/// Tells whoever waits that there is a newer revision.
fn tell(changed: &watch::Sender<u64>, revision: u64) {
    changed.send_if_modified(|last| {
        let newer = revision > *last;
        if newer {
            *last = revision;
        }
        newer
    });
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use hedgerow_store::Store;
    use hedgerow_store::StoreError;
    use hedgerow_store::contract_tests;

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
    async fn a_database_of_a_newer_program_is_left_alone_with_a_clear_message() {
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
    async fn a_value_that_cannot_be_right_is_told_by_its_place() {
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
    async fn a_full_disk_is_told_as_such_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_in(folder.path()).await.unwrap();
        sqlx::query("PRAGMA max_page_count = 60")
            .execute(store.writer.pool())
            .await
            .unwrap();
        let item = |bytes| Staged {
            record_hash: RecordHash::from_bytes([1; 32]),
            name: None,
            verdict: hedgerow_store::Verdict::Keep(vec![0; bytes]),
        };
        let group = GroupId::from_bytes([2; 32]);
        let now = Timestamp::from_seconds(0);
        let error = store
            .stage(&group, vec![item(1_000_000)], now)
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::DiskFull), "{error:?}");
        assert_eq!(store.staged_bytes(&group).await.unwrap(), (0, 0));
        // With room again it goes on, without a restart.
        store.stage(&group, vec![item(100)], now).await.unwrap();
    }

    #[tokio::test]
    async fn another_process_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_in(folder.path()).await.unwrap();
        let beside: Arc<dyn Store> = Arc::new(open_in(folder.path()).await.unwrap());
        let mut changed = store.changed();
        changed.borrow_and_update();
        hedgerow_store::contract::held_group(&beside, 1).await;
        store.refresh().await.unwrap();
        assert!(changed.has_changed().unwrap());
    }

    #[tokio::test]
    async fn a_command_beside_leaves_nothing_certain() {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(open_in(folder.path()).await.unwrap());
        let one = hedgerow_store::contract::held_group(&store, 1).await;
        let latest = store.latest_revision().await.unwrap();
        assert_eq!(store.cached_revision(), Some(latest));
        let beside = open_in(folder.path()).await.unwrap();
        let now = Timestamp::from_seconds(0);
        let exclude = Exclude {
            group_id: one.id(),
            reason: "spam".to_owned(),
            now,
        };
        let excluded = beside.exclude(exclude).await.unwrap();
        assert_eq!(store.cached_revision(), None);
        store.refresh().await.unwrap();
        assert_eq!(store.cached_revision(), Some(excluded));
        beside.include(&one.id()).await.unwrap();
        assert_eq!(store.cached_revision(), None);
    }
}
