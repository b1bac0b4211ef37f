//! The indexer, which applies the store's changes to the index.

mod apply;
mod expunge;
mod groups;
mod make_way;
mod rebuild;
mod refresh;

use std::collections::BTreeSet;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use hedgerow_store::Changes;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::cursor::Cursor;
use crate::error::IndexError;
use crate::index::Index;
use crate::indexing::buffered_writer::BufferedWriter;
use crate::indexing::commit_pace::CommitPace;
use crate::indexing::expunge::Expunge;
use crate::indexing::hidden_ahead::HiddenAhead;
use crate::indexing::indexed_audiences::IndexedAudiences;
use crate::indexing::observer::CommitObserver;
use crate::indexing::overtaking::Overtaking;
use crate::indexing::parts::parts;
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
    pace: CommitPace,
    /// Whether the next commit hides records, so that older snapshots have to be dropped.
    hides_records: bool,
    /// When the last search for due documents found none.
    none_due_at: Option<Timestamp>,
    audiences: IndexedAudiences,
    hidden_ahead: HiddenAhead,
    overtaking: Overtaking,
    /// Whether the next commit has changes that overtook others.
    has_overtaken: bool,
    /// The group whose changes are being applied.
    in_progress: Option<GroupId>,
    /// Groups whose events may have to be indexed again, with another audience.
    changed_listings: BTreeSet<GroupId>,
    phase: Phase,
    expunge: Expunge,
}

/// What the indexer does, as far as it decides which later changes may pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Rebuilding the index, which is committed as a whole.
    Rebuilding,
    /// Applying changes in order.
    Applying,
    /// Applying changes before their turn.
    Overtaking,
    /// Refreshing documents, or nothing.
    Other,
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
        let committed = index.committed()?;
        let revision = committed.as_ref().map_or(0, |cursor| cursor.revision);
        Ok(Self {
            index,
            observer,
            writer: BufferedWriter::open(index, stop).await?,
            cursor: Cursor::new(stream, revision).with_expansions_of(committed.as_ref()),
            committed: revision,
            pace: CommitPace::default(),
            // A commit before a crash may have hidden records without dropping snapshots.
            hides_records: true,
            none_due_at: None,
            audiences: IndexedAudiences::default(),
            hidden_ahead: HiddenAhead::default(),
            overtaking: Overtaking::default(),
            has_overtaken: false,
            in_progress: None,
            changed_listings: BTreeSet::new(),
            phase: Phase::Other,
            expunge: Expunge::default(),
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
        if self.cursor.was_ahead_of(self.index.now()) {
            tracing::warn!("the clock was set back: rebuilding the search index for its times");
            self.rebuild().await?;
        }
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
            self.phase = Phase::Applying;
            if is_long {
                self.make_way().await?;
            }
            let last = part.last().filter(|_| parts.peek().is_some());
            let revision = last.map_or(through, |change| change.revision);
            self.apply(part).await?;
            self.phase = Phase::Other;
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
        self.overtaking.forget_up_to(revision);
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

    async fn push(&mut self, operation: Operation) -> Result<(), IndexError> {
        if self.writer.push(operation) {
            self.flush().await?;
            self.make_way().await?;
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

    pub fn has_pending(&self) -> bool {
        self.writer.pending() > 0
    }

    /// How long to wait for further changes before a commit.
    pub fn time_until_commit(&self) -> Duration {
        let index = self.index;
        self.pace
            .wait(index.now(), self.writer.pending(), index.config())
    }

    fn is_commit_due(&self) -> bool {
        self.writer.pending() >= self.index.config().gather_changes
            || self.time_until_commit().is_zero()
    }

    /// Commits all applied changes and makes them searchable.
    pub async fn commit(&mut self) -> Result<(), IndexError> {
        self.cursor.expand_at(self.index.now());
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
        self.has_overtaken = false;
        self.committed = self.cursor.revision;
        self.pace.committed(self.index.now(), self.index.config());
        self.index.set_searchable(self.cursor.revision);
        Ok(())
    }

    /// Ends the indexer with complete files on disk.
    pub async fn finish(self) -> Result<(), IndexError> {
        self.writer.finish().await
    }
}
