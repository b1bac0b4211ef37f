//! Aggregators that the people of a group have named in the console.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::{StoreError, group_id};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedAggregator {
    /// As an endpoint is written.
    pub address: String,
    /// Whether the host named it, who may also name private addresses.
    pub by_host: bool,
}

impl Transaction {
    /// Lists the named aggregators of all groups, in the order in which they were named.
    pub async fn named_aggregators(
        &mut self,
    ) -> Result<Vec<(GroupId, NamedAggregator)>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, String, bool)>(
            "SELECT group_id, address, by_host FROM named_aggregator ORDER BY added_at, address",
        );
        let rows = self.fetch_all(query).await?;
        rows.into_iter()
            .map(|(id, address, by_host)| {
                let id = group_id(&id, "named_aggregator.group_id")?;
                Ok((id, NamedAggregator { address, by_host }))
            })
            .collect()
    }

    pub async fn add_named_aggregator(
        &mut self,
        group: &GroupId,
        named: &NamedAggregator,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO named_aggregator (group_id, address, by_host, added_at)
             VALUES (?, ?, ?, ?) ON CONFLICT (group_id, address) DO NOTHING",
        )
        .bind(group.to_vec())
        .bind(&named.address)
        .bind(named.by_host)
        .bind(now.as_millis());
        self.execute(query).await.map(drop)
    }

    pub async fn remove_named_aggregator(
        &mut self,
        group: &GroupId,
        address: &str,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM named_aggregator WHERE group_id = ? AND address = ?")
            .bind(group.to_vec())
            .bind(address);
        self.execute(query).await.map(drop)
    }
}
