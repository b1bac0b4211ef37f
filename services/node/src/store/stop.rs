//! Stops of a group's signing, which must survive a restart.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::StoreError;

/// Evidence, held by an aggregator, that stopped a group's signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStop {
    /// The name of a [`StopReason`](crate::signing::guard::StopReason).
    pub reason: String,
    /// Envelope of the head or key event that was not signed here; empty if there is none.
    pub head: Vec<u8>,
    /// Address of the aggregator that holds it; empty if there is none.
    pub aggregator: String,
}

impl Transaction {
    /// Reads why a view's signing is stopped, if it is.
    pub async fn stop(
        &mut self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<StoredStop>, StoreError> {
        let query = sqlx::query_as::<_, (String, Vec<u8>, String)>(
            "SELECT reason, held, aggregator FROM stop WHERE group_id = ? AND view = ?",
        )
        .bind(group.to_vec())
        .bind(view.as_str());
        let row = self.fetch_optional(query).await?;
        Ok(row.map(|(reason, head, aggregator)| StoredStop {
            reason,
            head,
            aggregator,
        }))
    }

    /// Stops a view's signing. Proof of equivocation is never overwritten: it stays until
    /// the keys are rotated, while a stop for being behind ends with a restore.
    pub async fn put_stop(
        &mut self,
        group: &GroupId,
        view: &View,
        stop: &StoredStop,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO stop (group_id, view, reason, held, aggregator, stopped_at)
             VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (group_id, view) DO UPDATE SET
                 reason = excluded.reason, held = excluded.held,
                 aggregator = excluded.aggregator, stopped_at = excluded.stopped_at
             WHERE reason <> 'equivocation'",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(&stop.reason)
        .bind(&stop.head)
        .bind(&stop.aggregator)
        .bind(now.as_millis());
        self.execute(query).await.map(drop)
    }

    /// Permits a view to sign again.
    pub async fn clear_stop(&mut self, group: &GroupId, view: &View) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM stop WHERE group_id = ? AND view = ?")
            .bind(group.to_vec())
            .bind(view.as_str());
        self.execute(query).await.map(drop)
    }
}
