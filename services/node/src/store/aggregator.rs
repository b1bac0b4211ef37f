//! Aggregator identities, pinned at first contact.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::{StoreError, group_id};

/// The pinned identity of an aggregator.
#[derive(Clone, Debug)]
pub struct KnownAggregator {
    /// Its own group id.
    pub id: GroupId,
    /// Its key log, from event 0.
    pub key_log: Vec<Vec<u8>>,
}

impl Transaction {
    /// Reads the identity pinned for an address.
    pub async fn aggregator(
        &mut self,
        address: &str,
    ) -> Result<Option<KnownAggregator>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT aggregator_id FROM aggregator WHERE address = ?",
        )
        .bind(address);
        let Some((id,)) = self.fetch_optional(query).await? else {
            return Ok(None);
        };
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT envelope FROM aggregator_key_event WHERE address = ? ORDER BY key_index",
        )
        .bind(address);
        let rows = self.fetch_all(query).await?;
        let key_log = rows.into_iter().map(|row| row.0).collect();
        Ok(Some(KnownAggregator {
            id: group_id(&id, "aggregator.group_id")?,
            key_log,
        }))
    }

    /// Pins an aggregator's identity, or appends the new events of its key log. Stored
    /// events are never overwritten: the caller has checked that the log extends them.
    pub async fn put_aggregator(
        &mut self,
        address: &str,
        aggregator: &KnownAggregator,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO aggregator (address, aggregator_id, met_at) VALUES (?, ?, ?)
             ON CONFLICT (address) DO NOTHING",
        )
        .bind(address)
        .bind(aggregator.id.to_vec())
        .bind(now.as_millis());
        self.execute(query).await?;
        for (index, envelope) in (0_u32..).zip(&aggregator.key_log) {
            let query = sqlx::query(
                "INSERT INTO aggregator_key_event (address, key_index, envelope)
                 VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            )
            .bind(address)
            .bind(index)
            .bind(envelope);
            self.execute(query).await?;
        }
        Ok(())
    }

    /// Removes a pinned identity, so that the next contact pins a new one. Returns
    /// whether there was one.
    pub async fn forget_aggregator(&mut self, address: &str) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM aggregator WHERE address = ?").bind(address);
        Ok(self.execute(query).await? > 0)
    }
}
