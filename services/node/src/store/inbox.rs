//! Messages that wait for groups at aggregators: who wants that, where, and what was fetched.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use zeroize::Zeroizing;

use super::database::Transaction;
use super::error::{StoreError, bytes_column, group_id};
use super::message::MessageId;

impl Transaction {
    /// Whether messages for a group may wait at aggregators.
    pub async fn directory_messages(&mut self, group: &GroupId) -> Result<bool, StoreError> {
        let query = sqlx::query_as::<_, (bool,)>(
            "SELECT directory_messages FROM publisher WHERE group_id = ?",
        )
        .bind(group.to_vec());
        let row = self.fetch_optional(query).await?;
        Ok(row.is_some_and(|row| row.0))
    }

    pub async fn set_directory_messages(
        &mut self,
        group: &GroupId,
        wanted: bool,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE publisher SET directory_messages = ? WHERE group_id = ?")
            .bind(wanted)
            .bind(group.to_vec());
        self.execute(query).await.map(drop)
    }

    /// Lists the groups for which messages may wait at aggregators.
    pub async fn groups_with_directory_messages(&mut self) -> Result<Vec<GroupId>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT group_id FROM publisher WHERE directory_messages ORDER BY group_id",
        );
        let rows = self.fetch_all(query).await?;
        let rows = rows.into_iter();
        rows.map(|(id,)| group_id(&id, "publisher.group_id"))
            .collect()
    }

    /// Lists the inboxes that may be open: each with its group and the aggregator's address.
    pub async fn open_inboxes(&mut self) -> Result<Vec<(GroupId, String)>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, String)>(
            "SELECT group_id, address FROM open_inbox ORDER BY group_id, address",
        );
        let rows = self.fetch_all(query).await?.into_iter();
        rows.map(|(id, address)| Ok((group_id(&id, "open_inbox.group_id")?, address)))
            .collect()
    }

    /// Remembers that an inbox may be open from now on.
    pub async fn add_open_inbox(
        &mut self,
        group: &GroupId,
        address: &str,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO open_inbox (group_id, address) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(group.to_vec())
        .bind(address);
        self.execute(query).await.map(drop)
    }

    /// Forgets an inbox that is closed.
    pub async fn remove_open_inbox(
        &mut self,
        group: &GroupId,
        address: &str,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM open_inbox WHERE group_id = ? AND address = ?")
            .bind(group.to_vec())
            .bind(address);
        self.execute(query).await.map(drop)
    }

    /// Whether a message was fetched before.
    pub async fn is_fetched(
        &mut self,
        group: &GroupId,
        id: &MessageId,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query_as::<_, (i64,)>(
            "SELECT COUNT(*) FROM fetched_message WHERE group_id = ? AND message_id = ?",
        )
        .bind(group.to_vec())
        .bind(id.0.to_vec());
        Ok(self.fetch_one(query).await?.0 > 0)
    }

    /// Remembers that a message was fetched.
    pub async fn add_fetched(
        &mut self,
        group: &GroupId,
        id: &MessageId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO fetched_message (group_id, message_id, fetched_at) VALUES (?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(group.to_vec())
        .bind(id.0.to_vec())
        .bind(now.as_millis());
        self.execute(query).await.map(drop)
    }

    /// Forgets the messages that were fetched before a time.
    pub async fn delete_fetched_before(&mut self, time: Timestamp) -> Result<(), StoreError> {
        let query =
            sqlx::query("DELETE FROM fetched_message WHERE fetched_at < ?").bind(time.as_millis());
        self.execute(query).await.map(drop)
    }

    /// Reads the secrets that may open a message: the one that a rotation has replaced at a key
    /// index, if there is one, and the current one.
    pub async fn encryption_seeds(
        &mut self,
        group: &GroupId,
        key_index: u32,
    ) -> Result<Vec<Zeroizing<[u8; 32]>>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT seed FROM old_encryption_key WHERE group_id = ? AND key_index = ?
             UNION ALL SELECT encryption_seed FROM publisher WHERE group_id = ?",
        )
        .bind(group.to_vec())
        .bind(key_index)
        .bind(group.to_vec());
        let rows = self.fetch_all(query).await?.into_iter();
        rows.map(|(seed,)| {
            let seed = Zeroizing::new(seed);
            bytes_column(&seed, "publisher.encryption_seed", group).map(Zeroizing::new)
        })
        .collect()
    }
}
