//! Changes that transfers make. Each compares the state that it was computed from, then writes.

pub(crate) mod bodies;
mod current_state;
mod fill;
mod freeze;
mod head;
mod key_events;
mod leaves;
mod new_group;
pub(crate) mod new_group_batch;
mod new_group_rows;
mod rivals;
mod throttle;

use async_trait::async_trait;
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::View;
use hedgerow_store::{
    Commits, Committed, Fill, Freeze, GroupReader, HeadCommit, HeadOnly, KeyEventCommit, Result,
    ThrottledHead,
};

use crate::sqlite_store::SqliteStore;

/// The most bytes of key events that pass waiting changes and may use the disk space for
/// take-backs: a few events.
const MAX_SHORT_BYTES: usize = 16 * 1024;

#[async_trait]
impl Commits for SqliteStore {
    async fn commit_key_events(&self, change: KeyEventCommit) -> Result<Committed> {
        // A rotation or a deactivation hides what is shown under the earlier key.
        if change.expected_tip.is_some() && is_short(&change) {
            self.writer.execute_hiding(change, key_events::commit).await
        } else {
            self.writer.execute(change, key_events::commit).await
        }
    }

    async fn commit_head(&self, change: HeadCommit) -> Result<Committed> {
        self.writer.execute_head(change, head::commit).await
    }

    async fn commit_head_only(&self, change: HeadOnly) -> Result<Committed> {
        // Of a group that has left or is excluded: its records are erased.
        self.writer.execute_hiding(change, head::commit_only).await
    }

    async fn throttle(&self, change: ThrottledHead) -> Result<Committed> {
        if change.hide.is_empty() {
            self.writer.execute(change, throttle::commit).await
        } else {
            self.writer.execute_hiding(change, throttle::commit).await
        }
    }

    async fn freeze(&self, change: Freeze) -> Result<Committed> {
        self.writer.execute_hiding(change, freeze::commit).await
    }

    async fn fill(&self, change: Fill) -> Result<Committed> {
        self.writer.execute(change, fill::commit).await
    }

    async fn confirm(&self, group: &GroupId, view: &View, head: &PayloadHash) -> Result<()> {
        // Sources repeat heads all the time, so a read comes first: it does not wait for the
        // writing task.
        let current = self.head(group, view).await?;
        if !current.is_some_and(|current| current.unconfirmed && current.facts.hash == *head) {
            return Ok(());
        }
        let change = (*group, view.clone(), *head);
        self.writer.execute(change, head::confirm).await
    }
}

fn is_short(change: &KeyEventCommit) -> bool {
    let bytes = change.events.iter().map(|event| event.envelope.len());
    bytes.sum::<usize>() <= MAX_SHORT_BYTES
}
