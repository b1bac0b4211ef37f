//! How long the console keeps what it keeps.

use std::time::Duration;

use hedgerow_core::time::Timestamp;

use super::lifetimes::{MAX_SESSION, SESSION_IDLE};
use crate::store::{StoreError, Transaction};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Earlier versions of records, so that a change can be undone.
const VERSIONS_DAYS: u32 = 7;
/// Who changed what.
const HISTORY_DAYS: u32 = 400;
/// Forms that were not sent.
const DRAFT_DAYS: u32 = 90;

/// Deletes what is older.
pub(crate) async fn clean_up(writing: &mut Transaction, now: Timestamp) -> Result<(), StoreError> {
    let before = |days: u32| now.minus(DAY * days);
    writing
        .delete_ended_sessions(now.minus(MAX_SESSION), now.minus(SESSION_IDLE))
        .await?;
    writing.delete_expired_console_links(now).await?;
    writing.delete_drafts_before(before(DRAFT_DAYS)).await?;
    writing
        .delete_history_before(before(VERSIONS_DAYS), before(HISTORY_DAYS))
        .await
}
