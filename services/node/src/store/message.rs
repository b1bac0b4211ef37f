//! Messages of a group's contact form, sealed, and whether the form is shown.

use std::fmt;
use std::str::FromStr;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::{StoreError, bytes_column};

/// Names a message within its group. Random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageId(pub [u8; 16]);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for MessageId {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

/// A message as it is stored.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    pub id: MessageId,
    pub sealed: Vec<u8>,
    pub received: Timestamp,
    pub is_read: bool,
    /// The aggregator that it waited at; empty for one of the group's own page.
    pub source: String,
}

/// Numbers of a group's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageCounts {
    pub all: u32,
    pub unread: u32,
    /// Those that came after a time.
    pub recent: u32,
}

impl Transaction {
    /// Whether the group's page has a contact form. False for a group that is not hosted here.
    pub async fn contact_form(&mut self, group: &GroupId) -> Result<bool, StoreError> {
        let query =
            sqlx::query_as::<_, (bool,)>("SELECT contact_form FROM publisher WHERE group_id = ?")
                .bind(group.to_vec());
        let row = self.fetch_optional(query).await?;
        Ok(row.is_some_and(|row| row.0))
    }

    /// Shows or hides the contact form. Messages that were left stay.
    pub async fn set_contact_form(
        &mut self,
        group: &GroupId,
        shown: bool,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE publisher SET contact_form = ? WHERE group_id = ?")
            .bind(shown)
            .bind(group.to_vec());
        self.execute(query).await.map(drop)
    }

    pub async fn add_message(
        &mut self,
        group: &GroupId,
        message: &StoredMessage,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO message (group_id, message_id, sealed, received_at, is_read, source)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(group.to_vec())
        .bind(message.id.0.to_vec())
        .bind(&message.sealed)
        .bind(message.received.as_millis())
        .bind(message.is_read)
        .bind(&message.source);
        self.execute(query).await.map(drop)
    }

    /// Lists a group's messages, newest first.
    pub async fn messages(&mut self, group: &GroupId) -> Result<Vec<StoredMessage>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, Vec<u8>, i64, bool, String)>(
            "SELECT message_id, sealed, received_at, is_read, source FROM message
             WHERE group_id = ? ORDER BY received_at DESC, message_id",
        )
        .bind(group.to_vec());
        let rows = self.fetch_all(query).await?;
        let message = |(id, sealed, received, is_read, source): (Vec<u8>, _, _, _, _)| {
            Ok(StoredMessage {
                id: MessageId(bytes_column(&id, "message.message_id", group)?),
                sealed,
                received: Timestamp::from_millis(received),
                is_read,
                source,
            })
        };
        rows.into_iter().map(message).collect()
    }

    /// Counts a group's messages, and those that came after a time.
    pub async fn message_counts(
        &mut self,
        group: &GroupId,
        after: Timestamp,
    ) -> Result<MessageCounts, StoreError> {
        let query = sqlx::query_as::<_, (u32, u32, u32)>(
            "SELECT count(*), count(*) FILTER (WHERE NOT is_read),
                    count(*) FILTER (WHERE received_at > ?)
             FROM message WHERE group_id = ?",
        )
        .bind(after.as_millis())
        .bind(group.to_vec());
        let (all, unread, recent) = self.fetch_one(query).await?;
        Ok(MessageCounts {
            all,
            unread,
            recent,
        })
    }

    /// Marks a message as read. Returns false if there is none with this id.
    pub async fn mark_message_read(
        &mut self,
        group: &GroupId,
        id: &MessageId,
    ) -> Result<bool, StoreError> {
        let query =
            sqlx::query("UPDATE message SET is_read = 1 WHERE group_id = ? AND message_id = ?")
                .bind(group.to_vec())
                .bind(id.0.to_vec());
        Ok(self.execute(query).await? > 0)
    }

    /// Deletes a message. Returns false if there is none with this id.
    pub async fn delete_message(
        &mut self,
        group: &GroupId,
        id: &MessageId,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM message WHERE group_id = ? AND message_id = ?")
            .bind(group.to_vec())
            .bind(id.0.to_vec());
        Ok(self.execute(query).await? > 0)
    }

    /// Deletes the messages that came before a time.
    pub async fn delete_messages_before(&mut self, time: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM message WHERE received_at < ?").bind(time.as_millis());
        self.execute(query).await.map(drop)
    }
}
