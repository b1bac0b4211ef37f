//! The indexer, which applies the store's changes to the index.

use std::collections::BTreeSet;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View, collection};
use hedgerow_core::record::record_hash;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Changes, IndexChange, IndexChangeKind, StoredRecord};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::candidate::Candidate;
use crate::cursor::Cursor;
use crate::error::IndexError;
use crate::index::Index;
use crate::indexing::buffered_writer::{BufferedWriter, MAX_BUFFERED_BYTES};
use crate::indexing::group_batch::GroupBatch;
use crate::indexing::hidden_ahead::HiddenAhead;
use crate::indexing::indexed_audiences::IndexedAudiences;
use crate::indexing::inherited_audience::{
    Audience, AudienceCache, audience_of_records, before_collection, is_event, may_be_own_listing,
};
use crate::indexing::observer::CommitObserver;
use crate::indexing::parts::parts;
use crate::indexing::refresh::{REFRESH_INTERVAL, due_for_refresh};
use crate::indexing::writer::Operation;

/// Number of changes, groups or records of one read from the store.
const BATCH: usize = 500;
/// Changes without documents, such as those of heads, need no commit. After this many their
/// cursor is committed anyway, so that a restart does not read them all again.
const CURSOR_COMMIT_INTERVAL: u64 = 10_000;

#[derive(PartialEq, Eq)]
pub enum Progress {
    /// There is more to read.
    More,
    CaughtUp,
}

/// Applies the store's changes until something fails.
pub struct Indexer<'a> {
    index: &'a Index,
    observer: &'a dyn CommitObserver,
    writer: BufferedWriter<'a>,
    /// The position up to which changes were applied.
    cursor: Cursor,
    /// The revision of the last commit.
    committed: u64,
    committed_at: Timestamp,
    /// Whether the next commit hides records, so that older snapshots have to be dropped.
    hides_records: bool,
    /// When the last search for due documents found none.
    none_due_at: Option<Timestamp>,
    audiences: IndexedAudiences,
    hidden_ahead: HiddenAhead,
    is_rebuilding: bool,
}

impl<'a> Indexer<'a> {
    /// Opens the writer at the last commit. When `stop` is cancelled, it ends after the record
    /// in progress.
    pub async fn open(
        index: &'a Index,
        observer: &'a dyn CommitObserver,
        stop: CancellationToken,
    ) -> Result<Self, IndexError> {
        let stream = index.store().stream_id().await?;
        let revision = index.committed()?.map_or(0, |cursor| cursor.revision);
        Ok(Self {
            index,
            observer,
            writer: BufferedWriter::open(index, stop).await?,
            cursor: Cursor::new(stream, revision),
            committed: revision,
            committed_at: Timestamp::from_millis(0),
            // A commit before a crash may have hidden records without dropping snapshots.
            hides_records: true,
            none_due_at: None,
            audiences: IndexedAudiences::default(),
            hidden_ahead: HiddenAhead::default(),
            is_rebuilding: false,
        })
    }

    /// Resumes from the last commit, or rebuilds the index if it is of another stream.
    pub async fn resume(
        index: &'a Index,
        observer: &'a dyn CommitObserver,
        stop: CancellationToken,
    ) -> Result<Self, IndexError> {
        let committed = index.committed()?;
        let mut indexer = Self::open(index, observer, stop).await?;
        match committed {
            Some(cursor) if cursor == indexer.cursor => index.set_searchable(cursor.revision),
            _ => {
                indexer.rebuild().await?;
            }
        }
        Ok(indexer)
    }

    /// Applies the next batch of changes, and commits if it is time to.
    pub async fn catch_up(&mut self) -> Result<Progress, IndexError> {
        let store = self.index.store();
        let Changes {
            changes,
            through,
            too_old,
        } = store.changes_after(self.cursor.revision, BATCH).await?;
        // Read after the changes: they belong to this stream or to an older one.
        let stream = store.stream_id().await?;
        if too_old || stream != self.cursor.stream {
            self.cursor.stream = stream;
            self.rebuild().await?;
            return Ok(Progress::More);
        }
        let has_more = changes.len() >= BATCH;
        let mut parts = parts(changes).into_iter().peekable();
        let mut is_long = has_more;
        while let Some(part) = parts.next() {
            is_long |= parts.peek().is_some();
            // Also within the batch: its removals come before its additions.
            if is_long {
                self.hide_ahead().await?;
            }
            let last = part.last().filter(|_| parts.peek().is_some());
            let revision = last.map_or(through, |change| change.revision);
            self.apply(part).await?;
            self.advance(revision).await?;
        }
        Ok(if has_more {
            Progress::More
        } else {
            Progress::CaughtUp
        })
    }

    /// Moves the cursor to a revision up to which all changes are applied.
    async fn advance(&mut self, revision: u64) -> Result<(), IndexError> {
        self.cursor.revision = revision;
        self.hidden_ahead.forget_up_to(revision);
        if !self.has_pending() {
            if revision >= self.committed + CURSOR_COMMIT_INTERVAL {
                self.commit().await?;
            }
            self.index.set_searchable(revision);
        } else if self.is_commit_due() {
            self.commit().await?;
        }
        Ok(())
    }

    /// Commits removals that come later than the changes in progress.
    async fn hide_ahead(&mut self) -> Result<(), IndexError> {
        // A rebuild is committed as a whole.
        if self.is_rebuilding {
            return Ok(());
        }
        let store = self.index.store();
        let hidden = self.hidden_ahead.read(store, self.cursor.revision).await?;
        if hidden.is_empty() {
            return Ok(());
        }
        for operation in hidden {
            self.writer.push(operation);
        }
        self.flush().await?;
        self.hides_records = true;
        self.commit().await
    }

    async fn push(&mut self, operation: Operation) -> Result<(), IndexError> {
        if self.writer.push(operation) {
            self.flush().await?;
            self.hide_ahead().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), IndexError> {
        let too_costly = self.writer.flush().await?;
        if too_costly > 0 {
            self.observer.schedules_too_costly(too_costly);
            tracing::warn!(
                records = too_costly,
                reason = "schedule_too_costly",
                "indexed records without their times: their schedules take too long to expand"
            );
        }
        Ok(())
    }

    /// Expands occurrences of a batch of due documents again.
    pub async fn refresh_due(&mut self) -> Result<Progress, IndexError> {
        let now = self.index.now();
        // A clock that was set back makes the time of the last search meaningless.
        if self
            .none_due_at
            .is_some_and(|at| at <= now && now.since(at) < REFRESH_INTERVAL)
        {
            return Ok(Progress::CaughtUp);
        }
        let current = self.index.current();
        let due = tokio::task::spawn_blocking(move || due_for_refresh(&current, now, BATCH));
        let due = due.await??;
        if due.is_empty() {
            self.none_due_at = Some(now);
            return Ok(Progress::CaughtUp);
        }
        let mut audiences = AudienceCache::default();
        for candidate in due {
            self.refresh(candidate, &mut audiences).await?;
        }
        self.flush().await?;
        self.commit().await?;
        Ok(Progress::More)
    }

    async fn refresh(
        &mut self,
        candidate: Candidate,
        audiences: &mut AudienceCache,
    ) -> Result<(), IndexError> {
        let Candidate { group, name, .. } = candidate;
        let store = self.index.store();
        let Some(record) = store.record(&group, &View::public(), &name).await? else {
            return self.push(Operation::Remove(group, name)).await;
        };
        let record = StoredRecord {
            name,
            record_hash: record_hash(&record),
            record,
        };
        self.put(group, record, audiences).await
    }

    pub fn has_pending(&self) -> bool {
        self.writer.pending() > 0
    }

    /// How long to wait for further changes before a commit. Zero after a quiet period, so that
    /// a single change is searchable at once.
    pub fn time_until_commit(&self) -> Duration {
        let interval = Duration::from_millis(self.index.config().gather_ms);
        let since_commit = self
            .index
            .now()
            .as_millis()
            .saturating_sub(self.committed_at.as_millis());
        // Negative if the clock was set back, which must not delay a commit.
        match u64::try_from(since_commit) {
            Ok(since_commit) => interval.saturating_sub(Duration::from_millis(since_commit)),
            Err(_) => Duration::ZERO,
        }
    }

    fn is_commit_due(&self) -> bool {
        self.writer.pending() >= self.index.config().gather_changes
            || self.time_until_commit().is_zero()
    }

    async fn apply(&mut self, changes: Vec<IndexChange>) -> Result<(), IndexError> {
        let mut audiences = AudienceCache::default();
        let mut changed_listings = BTreeSet::new();
        let mut batch = GroupBatch::new(changes.iter().filter_map(|change| match change.kind {
            IndexChangeKind::GroupShown(records) => Some((change.group_id, records)),
            _ => None,
        }));
        for change in changes {
            let IndexChange {
                group_id,
                kind,
                revision,
            } = change;
            match kind {
                IndexChangeKind::Put(record)
                    if self.hidden_ahead.hides(&group_id, &record.name, revision) => {}
                IndexChangeKind::Put(record) => {
                    if may_be_own_listing(&record.name) {
                        changed_listings.insert(group_id);
                    }
                    self.put(group_id, record, &mut audiences).await?;
                }
                IndexChangeKind::Removed(name) => {
                    if may_be_own_listing(&name) {
                        changed_listings.insert(group_id);
                    }
                    self.hides_records = true;
                    self.push(Operation::Remove(group_id, name)).await?;
                }
                IndexChangeKind::GroupHidden => {
                    self.hides_records = true;
                    self.audiences.forget(&group_id);
                    self.push(Operation::RemoveGroup(group_id)).await?;
                }
                IndexChangeKind::GroupShown(_) => {
                    // It may have been hidden, and shown again with fewer records, in between.
                    self.hides_records |= self.index.may_contain(&group_id)?;
                    self.push(Operation::RemoveGroup(group_id)).await?;
                    if !self.hidden_ahead.hides_group(&group_id, revision) {
                        self.add_group(group_id, &mut batch).await?;
                    }
                }
            }
        }
        // After all changes, so that events inherit the audience of the last one.
        for group in changed_listings {
            let audience = audiences.of_group(self.index.store(), &group).await?;
            if !self.audiences.is_current(&group, &audience) {
                self.index_events_again(group).await?;
            }
        }
        self.flush().await
    }

    async fn put(
        &mut self,
        group: GroupId,
        record: StoredRecord,
        audiences: &mut AudienceCache,
    ) -> Result<(), IndexError> {
        let store = self.index.store();
        let audience = audiences.inherited(store, &group, &record.name).await?;
        if is_event(&record.name) {
            self.audiences.note_event(&group, &audience);
        }
        self.push(Operation::Put(group, record, audience)).await
    }

    /// Indexes all groups of the store again, and returns the number of records.
    pub async fn rebuild(&mut self) -> Result<u64, IndexError> {
        let store = self.index.store();
        // Read first: changes made during the rebuild are applied after it.
        let revision = store.latest_revision().await?;
        self.hides_records = true;
        self.is_rebuilding = true;
        self.audiences.forget_all();
        self.push(Operation::RemoveAll).await?;
        let mut records = 0;
        let mut after: Option<GroupId> = None;
        loop {
            let groups = store.list_groups(after.as_ref(), BATCH).await?;
            let Some(last) = groups.last() else { break };
            after = Some(*last);
            // Not by the clock: a group that has lapsed but is not marked yet has to be in the
            // index when a fresh head extends it. Until then hits are checked by the clock.
            let rows = store.get_groups(&groups).await?;
            let shown: Vec<_> = rows.iter().filter(|row| row.shown).collect();
            let mut batch = GroupBatch::new(shown.iter().map(|row| {
                let records = row.head.as_ref().map_or(0, |head| head.facts.count);
                (row.group_id, records)
            }));
            for row in shown {
                records += self.add_group(row.group_id, &mut batch).await?;
            }
        }
        self.flush().await?;
        self.cursor.revision = revision;
        self.is_rebuilding = false;
        self.commit().await?;
        tracing::info!(records, revision, "rebuilt the search index");
        Ok(records)
    }

    /// Adds all visible records of a group, and returns their number.
    async fn add_group(
        &mut self,
        group: GroupId,
        batch: &mut GroupBatch,
    ) -> Result<u64, IndexError> {
        match batch.take(self.index.store(), &group).await? {
            Some(mut records) => {
                // Read before the removals that were applied since.
                self.hidden_ahead
                    .retain_shown(&group, self.cursor.revision, &mut records);
                self.audiences.set_from_records(group, &records);
                let count = records.len() as u64;
                let bytes: usize = records.iter().map(|it| it.record.len()).sum();
                if bytes < MAX_BUFFERED_BYTES {
                    self.push(Operation::PutGroup(group, records)).await?;
                } else {
                    self.put_each(group, records).await?;
                }
                Ok(count)
            }
            None => self.put_records(group, None, |_| true).await,
        }
    }

    /// Puts all visible records of a group one by one, so that removals can come in between.
    async fn put_each(
        &mut self,
        group: GroupId,
        records: Vec<StoredRecord>,
    ) -> Result<(), IndexError> {
        let audience = audience_of_records(&group, records.iter());
        for record in records {
            if self
                .hidden_ahead
                .hides(&group, &record.name, self.cursor.revision)
            {
                continue;
            }
            let audience = match is_event(&record.name) {
                true => audience.clone(),
                false => Audience::default(),
            };
            self.push(Operation::Put(group, record, audience)).await?;
        }
        Ok(())
    }

    /// Indexes a group's events again, after the audience that they inherit has changed.
    async fn index_events_again(&mut self, group: GroupId) -> Result<(), IndexError> {
        let before = before_collection(collection::EVENT);
        self.put_records(group, before, is_event).await?;
        Ok(())
    }

    /// Puts a group's visible records after `after`, up to the first that is not wanted, and
    /// returns their number. All events of the group have to be among them.
    async fn put_records(
        &mut self,
        group: GroupId,
        mut after: Option<RecordName>,
        is_wanted: impl Fn(&RecordName) -> bool,
    ) -> Result<u64, IndexError> {
        let view = View::public();
        let mut audiences = AudienceCache::default();
        let mut event_audience = None;
        let mut count = 0;
        let store = self.index.store();
        'batches: loop {
            let batch = store
                .list_records(&group, &view, after.as_ref(), BATCH)
                .await?;
            let is_last = batch.len() < BATCH;
            for record in batch {
                if !is_wanted(&record.name) {
                    break 'batches;
                }
                after = Some(record.name.clone());
                count += 1;
                let audience = audiences.inherited(store, &group, &record.name).await?;
                if is_event(&record.name) {
                    event_audience = Some(audience.clone());
                }
                // Like the batch of records, which may be older than a removal.
                if !self
                    .hidden_ahead
                    .hides(&group, &record.name, self.cursor.revision)
                {
                    self.push(Operation::Put(group, record, audience)).await?;
                }
            }
            if is_last {
                break;
            }
        }
        match event_audience {
            Some(audience) => self.audiences.set(group, &audience),
            None => self.audiences.forget(&group),
        }
        Ok(count)
    }

    /// Commits all applied changes and makes them searchable.
    pub async fn commit(&mut self) -> Result<(), IndexError> {
        let cursor = self.cursor.clone();
        let index = self.index.clone();
        let span = self.observer.commit_started(cursor.revision);
        self.writer
            .run(move |writer| {
                writer.commit(&cursor)?;
                index.reload()
            })
            .instrument(span)
            .await?;
        self.observer.commit_finished(self.cursor.revision);
        if std::mem::take(&mut self.hides_records) {
            self.index.drop_older();
        }
        self.committed = self.cursor.revision;
        self.committed_at = self.index.now();
        self.index.set_searchable(self.cursor.revision);
        Ok(())
    }

    /// Ends the indexer with complete files on disk.
    pub async fn finish(self) -> Result<(), IndexError> {
        self.writer.finish().await
    }
}
