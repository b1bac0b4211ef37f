//! Why a group's signing is stopped, kept over restarts.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use super::StoreError;
use super::Transaction;

/// What an aggregator held that stopped the signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// `behind` or `equivocation`.
    pub reason: String,
    /// The head that was not signed here.
    pub held: Vec<u8>,
    /// Who holds it.
    pub aggregator: String,
}

impl Transaction {
    /// Why a view's signing is stopped, if it is.
    pub async fn stop(&mut self, group: &GroupId, view: &View) -> Result<Option<Stop>, StoreError> {
        let result = sqlx::query_as::<_, (String, Vec<u8>, String)>(
            "SELECT reason, held, aggregator FROM stop WHERE group_id = ? AND view = ?",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .fetch_optional(self.connection())
        .await;
        Ok(self.noted(result)?.map(|(reason, held, aggregator)| Stop {
            reason,
            held,
            aggregator,
        }))
    }

    /// Stops a view's signing. A proof of equivocation is never replaced: it stays
    /// until the keys are rotated.
    pub async fn put_stop(
        &mut self,
        group: &GroupId,
        view: &View,
        stop: &Stop,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let result = sqlx::query(
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
        .bind(&stop.held)
        .bind(&stop.aggregator)
        .bind(now.as_millis())
        .execute(self.connection())
        .await;
        self.noted(result).map(drop)
    }

    /// Lets a view sign again.
    pub async fn clear_stop(&mut self, group: &GroupId, view: &View) -> Result<(), StoreError> {
        let result = sqlx::query("DELETE FROM stop WHERE group_id = ? AND view = ?")
            .bind(group.to_vec())
            .bind(view.as_str())
            .execute(self.connection())
            .await;
        self.noted(result).map(drop)
    }
}
