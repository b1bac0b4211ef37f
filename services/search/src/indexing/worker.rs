//! How the index follows the store.

use std::collections::BTreeSet;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::name::collection;
use hedgerow_core::record::record_hash;
use hedgerow_core::time::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::Index;
use super::audiences::Audiences;
use super::audiences::Inherited;
use super::audiences::before_all_of;
use super::audiences::is_event;
use super::audiences::is_own_listing;
use super::cursor::Cursor;
use super::error::IndexError;
use super::shown::ShownGroups;
use super::times::refresh;
use super::writer::Step;
use super::writer::Writer;
use crate::store::Changes;
use crate::store::GroupRow;
use crate::store::IndexChange;
use crate::store::IndexChangeKind;
use crate::store::StoredRecord;

/// How many changes and records are read from the store at once.
const BATCH: usize = 500;
/// After a failure: the first wait and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Head-only changes leave nothing to write; their cursor is written this often all the same.
const WRITE_CURSOR_EVERY: u64 = 10_000;

impl Index {
    /// Follows the store until `shutdown`. A failure is logged, and tried again from the
    /// last commit, forever.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut wait = FIRST_WAIT;
        loop {
            let before = *self.searchable_revision().borrow();
            let failure = tokio::select! {
                () = shutdown.cancelled() => return,
                followed = self.follow() => match followed {
                    Ok(never) => match never {},
                    Err(failure) => failure,
                },
            };
            if *self.searchable_revision().borrow() > before {
                wait = FIRST_WAIT;
            }
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                retry_in = ?wait,
                "the search index fell behind"
            );
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// Follows the store until something fails.
    async fn follow(&self) -> Result<std::convert::Infallible, IndexError> {
        let mut changed = self.store().changed();
        let mut following = Following::begin(self).await?;
        loop {
            changed.borrow_and_update();
            if following.catch_up().await? == Progress::More
                || following.expand_again().await? == Progress::More
            {
                continue;
            }
            // Caught up: wait for the store, or for the end of gathering.
            tokio::select! {
                told = changed.changed() => if told.is_err() {
                    // The store is going down, and this program with it.
                    std::future::pending::<()>().await;
                },
                () = tokio::time::sleep(following.gather_for()), if following.has_pending() => {
                    following.commit().await?;
                }
                () = tokio::time::sleep(refresh::EVERY) => {}
            }
        }
    }
}

/// Builds the index anew from the store. Answers with how many records were read.
pub(super) async fn build_anew(index: &Index) -> Result<u64, IndexError> {
    let mut following = Following::open(index).await?;
    let records = following.start_anew().await?;
    if let Some(writer) = following.writer.take() {
        tokio::task::spawn_blocking(move || writer.finish()).await??;
    }
    Ok(records)
}

#[derive(PartialEq, Eq)]
enum Progress {
    More,
    CaughtUp,
}

/// One run along the store's changes.
struct Following<'a> {
    index: &'a Index,
    /// Away only while a blocking thread works with it.
    writer: Option<Writer>,
    /// Steps that the writer has not taken yet: small groups come in their hundreds, and
    /// going to its thread for each would cost more than the step.
    steps: Vec<Step>,
    /// How many records they hold, or name.
    records: usize,
    cursor: Cursor,
    /// The revision of the cursor last written.
    written: u64,
    last_commit: Timestamp,
    /// Whether anything goes out of the index with the next commit.
    hides: bool,
    /// When no document was due to be expanded again.
    none_due: Option<Timestamp>,
    /// For whom the groups' events stand in the index.
    inherited: Inherited,
}

impl<'a> Following<'a> {
    async fn open(index: &'a Index) -> Result<Self, IndexError> {
        let stream = index.store().stream_id().await?;
        let cursor = index.committed()?;
        let opening = index.clone();
        let writer = tokio::task::spawn_blocking(move || opening.writer()).await??;
        let revision = cursor.map_or(0, |cursor| cursor.revision);
        Ok(Self {
            index,
            writer: Some(writer),
            steps: Vec::new(),
            records: 0,
            cursor: Cursor::new(stream, revision),
            written: revision,
            last_commit: Timestamp::from_millis(0),
            none_due: None,
            inherited: Inherited::default(),
            // Nobody knows what was committed and never searched.
            hides: true,
        })
    }

    /// Goes on from the last commit, or starts anew where it is of another stream.
    async fn begin(index: &'a Index) -> Result<Self, IndexError> {
        let committed = index.committed()?;
        let mut following = Self::open(index).await?;
        match committed {
            Some(cursor) if cursor == following.cursor => index.publish(cursor.revision),
            _ => {
                following.start_anew().await?;
            }
        }
        Ok(following)
    }

    async fn catch_up(&mut self) -> Result<Progress, IndexError> {
        let Changes {
            changes,
            through,
            too_old,
        } = self
            .index
            .store()
            .changes_after(self.cursor.revision, BATCH)
            .await?;
        if too_old || self.index.store().stream_id().await? != self.cursor.stream {
            self.cursor.stream = self.index.store().stream_id().await?;
            self.start_anew().await?;
            return Ok(Progress::More);
        }
        let more = changes.len() >= BATCH;
        self.make(changes).await?;
        self.cursor.revision = through;
        if !self.has_pending() {
            if through >= self.written + WRITE_CURSOR_EVERY {
                self.commit().await?;
            }
            self.index.publish(through);
        } else if self.gathered() {
            self.commit().await?;
        }
        Ok(if more {
            Progress::More
        } else {
            Progress::CaughtUp
        })
    }

    /// Puts documents again whose occurrences will run out, some at a time.
    async fn expand_again(&mut self) -> Result<Progress, IndexError> {
        let now = self.index.now();
        if self
            .none_due
            .is_some_and(|at| at <= now && now.since(at) < refresh::EVERY)
        {
            return Ok(Progress::CaughtUp);
        }
        let index = self.index.clone();
        let due = tokio::task::spawn_blocking(move || index.due(now, BATCH)).await??;
        if due.is_empty() {
            self.none_due = Some(now);
            return Ok(Progress::CaughtUp);
        }
        let view = View::public();
        let mut audiences = Audiences::default();
        for one in due {
            let store = self.index.store();
            let step = match store.record(&one.group, &view, &one.name).await? {
                Some(record) => {
                    let audience = audiences.of(store, &one.group, &one.name).await?;
                    if is_event(&one.name) {
                        self.inherited.one_put(&one.group, &audience);
                    }
                    let stored = StoredRecord {
                        name: one.name,
                        record_hash: record_hash(&record),
                        record,
                    };
                    Step::Put(one.group, stored, audience)
                }
                None => Step::Remove(one.group, one.name),
            };
            self.step(step).await?;
        }
        self.hand_over().await?;
        self.commit().await?;
        Ok(Progress::More)
    }

    fn has_pending(&self) -> bool {
        self.writer
            .as_ref()
            .is_some_and(|writer| writer.pending() > 0)
    }

    /// Whether it is time for a commit: at once after a quiet while, else when enough
    /// changes, or time, have come together.
    fn gathered(&self) -> bool {
        let pending = self.writer.as_ref().map_or(0, Writer::pending);
        pending >= self.index.config().gather_changes || self.gather_for().is_zero()
    }

    /// How much longer to gather.
    fn gather_for(&self) -> Duration {
        let gather = Duration::from_millis(self.index.config().gather_ms);
        let since = self
            .index
            .now()
            .as_millis()
            .saturating_sub(self.last_commit.as_millis());
        // A clock that was set back must not hold changes for long.
        match u64::try_from(since) {
            Ok(since) => gather.saturating_sub(Duration::from_millis(since)),
            Err(_) => Duration::ZERO,
        }
    }

    /// Makes the changes, in order.
    async fn make(&mut self, changes: Vec<IndexChange>) -> Result<(), IndexError> {
        let mut audiences = Audiences::default();
        let mut relisted = BTreeSet::new();
        let mut shown = ShownGroups::new(changes.iter().filter_map(|change| match change.kind {
            IndexChangeKind::GroupShown(records) => Some((change.group_id, records)),
            _ => None,
        }));
        for IndexChange { group_id, kind, .. } in changes {
            match kind {
                IndexChangeKind::Put(stored) => {
                    if is_own_listing(&stored.name) {
                        relisted.insert(group_id);
                    }
                    let store = self.index.store();
                    let audience = audiences.of(store, &group_id, &stored.name).await?;
                    if is_event(&stored.name) {
                        self.inherited.one_put(&group_id, &audience);
                    }
                    self.step(Step::Put(group_id, stored, audience)).await?;
                }
                IndexChangeKind::Removed(name) => {
                    if is_own_listing(&name) {
                        relisted.insert(group_id);
                    }
                    self.hides = true;
                    self.step(Step::Remove(group_id, name)).await?;
                }
                IndexChangeKind::GroupHidden => {
                    self.hides = true;
                    self.inherited.forget(&group_id);
                    self.step(Step::RemoveGroup(group_id)).await?;
                }
                IndexChangeKind::GroupShown(_) => {
                    // It may have been hidden and shown again with less.
                    self.hides |= self.index.may_hold(&group_id)?;
                    self.step(Step::RemoveGroup(group_id)).await?;
                    self.add_group(group_id, &mut shown).await?;
                }
            }
        }
        // What a group says of whom it is for goes for its events.
        for group in relisted {
            let audience = audiences.of_group(self.index.store(), &group).await?;
            if !self.inherited.is(&group, &audience) {
                self.put_events(group).await?;
            }
        }
        self.hand_over().await
    }

    /// Takes everything from the store: all groups as they are now.
    async fn start_anew(&mut self) -> Result<u64, IndexError> {
        let store = self.index.store();
        let revision = store.latest_revision().await?;
        self.hides = true;
        self.inherited.forget_all();
        self.step(Step::RemoveAll).await?;
        let mut records = 0;
        let mut after: Option<GroupId> = None;
        loop {
            let groups = store.groups(after.as_ref(), BATCH).await?;
            let Some(last) = groups.last() else { break };
            after = Some(*last);
            // What is lapsed but not noted yet is hidden when a hit is checked; going by the
            // clock here would lose it for the next fresh head.
            let held = store.groups_held(&groups).await?;
            let held: Vec<_> = held.iter().filter(|row| row.shown).collect();
            let mut shown = ShownGroups::new(held.iter().map(|row| {
                let records = row.head.as_ref().map_or(0, |head| head.count);
                (row.group_id, records)
            }));
            for GroupRow {
                group_id: group, ..
            } in held
            {
                records += self.add_group(*group, &mut shown).await?;
            }
        }
        self.hand_over().await?;
        self.cursor.revision = revision;
        self.commit().await?;
        tracing::info!(records, revision, "the search index was built anew");
        Ok(records)
    }

    /// Adds all shown records of a group.
    async fn add_group(
        &mut self,
        group: GroupId,
        shown: &mut ShownGroups,
    ) -> Result<u64, IndexError> {
        match shown.take(self.index.store(), &group).await? {
            Some(records) => {
                self.inherited.group_put(group, &records);
                let count = records.len() as u64;
                self.step(Step::PutGroup(group, records)).await?;
                Ok(count)
            }
            None => self.put_records(group, None, |_| true).await,
        }
    }

    /// Puts a group's events again: whom they are for may have changed with its listing.
    async fn put_events(&mut self, group: GroupId) -> Result<(), IndexError> {
        let before = before_all_of(collection::EVENT);
        self.put_records(group, before, is_event).await?;
        Ok(())
    }

    /// Puts a group's shown records after `after`, as long as they are wanted: all of its
    /// events among them.
    async fn put_records(
        &mut self,
        group: GroupId,
        mut after: Option<RecordName>,
        wanted: impl Fn(&RecordName) -> bool,
    ) -> Result<u64, IndexError> {
        let view = View::public();
        let mut audiences = Audiences::default();
        let mut of_events = None;
        let mut records = 0;
        let store = self.index.store();
        'batches: loop {
            let batch = store
                .records_of(&group, &view, after.as_ref(), BATCH)
                .await?;
            let is_last = batch.len() < BATCH;
            for stored in batch {
                if !wanted(&stored.name) {
                    break 'batches;
                }
                after = Some(stored.name.clone());
                records += 1;
                let audience = audiences.of(store, &group, &stored.name).await?;
                if is_event(&stored.name) {
                    of_events = Some(audience.clone());
                }
                self.step(Step::Put(group, stored, audience)).await?;
            }
            if is_last {
                break;
            }
        }
        match of_events {
            Some(audience) => self.inherited.all_put(group, &audience),
            None => self.inherited.forget(&group),
        }
        Ok(records)
    }

    /// Takes a step, to be made in order.
    async fn step(&mut self, step: Step) -> Result<(), IndexError> {
        self.records += match &step {
            Step::PutGroup(_, records) => 1 + records.len(),
            _ => 1,
        };
        self.steps.push(step);
        if self.records >= BATCH {
            self.hand_over().await?;
        }
        Ok(())
    }

    /// Has the writer make the steps taken.
    async fn hand_over(&mut self) -> Result<(), IndexError> {
        let steps = std::mem::take(&mut self.steps);
        self.records = 0;
        if steps.is_empty() {
            return Ok(());
        }
        let now = self.index.now();
        self.with_writer(move |writer| writer.apply(steps, now))
            .await
    }

    /// Commits, and lets searches see it.
    async fn commit(&mut self) -> Result<(), IndexError> {
        let cursor = self.cursor.clone();
        let index = self.index.clone();
        let watched = self.index.watched();
        let traced = watched.commit(cursor.revision);
        self.with_writer(move |writer| {
            writer.commit(&cursor)?;
            index.reload()
        })
        .instrument(traced)
        .await?;
        watched.committed(self.cursor.revision);
        if std::mem::take(&mut self.hides) {
            self.index.forget_older();
        }
        self.written = self.cursor.revision;
        self.last_commit = self.index.now();
        self.index.publish(self.cursor.revision);
        Ok(())
    }

    /// Works with the writer on a thread that may block. After a failure the writer is
    /// gone, and with it everything since the last commit.
    async fn with_writer<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Writer) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.index.writer()?,
        };
        let (writer, done) = tokio::task::spawn_blocking(move || {
            let done = work(&mut writer);
            (writer, done)
        })
        .await?;
        let done = done?;
        self.writer = Some(writer);
        Ok(done)
    }
}
