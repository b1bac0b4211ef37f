//! Who changed what, and when: records, people, settings. It keeps no words of a record but its
//! earlier version, and that only for as long as a change can be undone.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::StoreError;
use super::manifest::record_name;
use crate::audience::Audience;

/// What was done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Add,
    Change,
    TakeBack,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::TakeBack => "take-back",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Add, Self::Change, Self::TakeBack]
            .into_iter()
            .find(|action| action.as_str() == text)
    }
}

/// What was done with the group itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupAction {
    InviteSteward,
    InviteEditor,
    /// A link for a person who cannot sign in.
    MakeLink,
    CallBackLink,
    Join,
    MakeSteward,
    MakeEditor,
    Remove,
    ChangeSettings,
    AddDirectory,
    RemoveDirectory,
}

impl GroupAction {
    const ALL: [(Self, &str); 11] = [
        (Self::InviteSteward, "invite-steward"),
        (Self::InviteEditor, "invite-editor"),
        (Self::MakeLink, "make-link"),
        (Self::CallBackLink, "call-back-link"),
        (Self::Join, "join"),
        (Self::MakeSteward, "make-steward"),
        (Self::MakeEditor, "make-editor"),
        (Self::Remove, "remove"),
        (Self::ChangeSettings, "change-settings"),
        (Self::AddDirectory, "add-directory"),
        (Self::RemoveDirectory, "remove-directory"),
    ];

    fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(action, _)| *action == self);
        found.map_or("", |(_, text)| text)
    }

    fn parse(text: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == text);
        found.map(|(action, _)| *action)
    }
}

/// A record before a change: its body as published, and its audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    pub bytes: Vec<u8>,
    pub audience: String,
}

/// One change.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// Rising with time.
    pub number: i64,
    pub at: Timestamp,
    /// Name of the person; empty for a program with the steward's file.
    pub who: String,
    pub done: Done,
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    Record {
        action: Action,
        name: RecordName,
        /// Whether the earlier version is still kept.
        can_undo: bool,
    },
    /// With the person or the directory that it was about, if there was one.
    Group(GroupAction, String),
}

/// Entries of a group. Older ones are deleted.
const MAX_ENTRIES: i64 = 2_000;

type HistoryRow = (i64, i64, String, String, String, String, bool);

impl Transaction {
    pub async fn add_history(
        &mut self,
        group: &GroupId,
        (who, action, name): (&str, Action, &RecordName),
        before: Option<&Before>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let name = (name.collection.as_str(), name.key.as_str());
        self.insert_history(group, (who, action.as_str(), name), before, now)
            .await
    }

    /// Adds a change of the group itself. `about` is the person or the directory.
    pub async fn add_group_history(
        &mut self,
        group: &GroupId,
        (who, action, about): (&str, GroupAction, &str),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.insert_history(group, (who, action.as_str(), ("", about)), None, now)
            .await
    }

    async fn insert_history(
        &mut self,
        group: &GroupId,
        (who, action, (collection, key)): (&str, &str, (&str, &str)),
        before: Option<&Before>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO history
                 (group_id, changed_at, who, action, collection, key, before, before_audience)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(group.to_vec())
        .bind(now.as_millis())
        .bind(who)
        .bind(action)
        .bind(collection)
        .bind(key)
        .bind(before.map(|before| before.bytes.clone()))
        .bind(before.map(|before| before.audience.clone()));
        self.execute(query).await?;
        let query = sqlx::query(
            "DELETE FROM history WHERE group_id = ? AND entry <= (
                 SELECT entry FROM history WHERE group_id = ? ORDER BY entry DESC LIMIT 1 OFFSET ?)",
        )
        .bind(group.to_vec())
        .bind(group.to_vec())
        .bind(MAX_ENTRIES);
        self.execute(query).await.map(drop)
    }

    /// Lists changes of a group, the newest first, from those before `before`.
    pub async fn history(
        &mut self,
        group: &GroupId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        let query = sqlx::query_as::<_, HistoryRow>("SELECT entry, changed_at, who, action, collection, key, before IS NOT NULL FROM history WHERE group_id = ? AND entry < ?
             ORDER BY entry DESC LIMIT ?")
            .bind(group.to_vec())
            .bind(before.unwrap_or(i64::MAX))
            .bind(limit);
        let rows = self.fetch_all(query).await?;
        Ok(rows.into_iter().filter_map(entry).collect())
    }

    /// Reads the earlier version of a record, if it is still kept.
    pub async fn history_before(
        &mut self,
        group: &GroupId,
        number: i64,
    ) -> Result<Option<(RecordName, Before)>, StoreError> {
        let query = sqlx::query_as::<_, (String, String, Vec<u8>, String)>(
            "SELECT collection, key, before, before_audience FROM history
             WHERE group_id = ? AND entry = ? AND before IS NOT NULL",
        )
        .bind(group.to_vec())
        .bind(number);
        let Some((collection, key, bytes, audience)) = self.fetch_optional(query).await? else {
            return Ok(None);
        };
        let name = record_name(collection, key, "history.key")?;
        Ok(Some((name, Before { bytes, audience })))
    }

    /// Reads the newest version of a record that is kept from before a change.
    pub async fn newest_version(
        &mut self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT before FROM history
             WHERE group_id = ? AND collection = ? AND key = ? AND before IS NOT NULL
             ORDER BY entry DESC LIMIT 1",
        )
        .bind(group.to_vec())
        .bind(name.collection.as_str())
        .bind(name.key.as_str());
        Ok(self.fetch_optional(query).await?.map(|(bytes,)| bytes))
    }

    /// Erases every earlier version of a record.
    pub async fn forget_versions(
        &mut self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "UPDATE history SET before = NULL, before_audience = NULL
             WHERE group_id = ? AND collection = ? AND key = ?",
        )
        .bind(group.to_vec())
        .bind(name.collection.as_str())
        .bind(name.key.as_str());
        self.execute(query).await.map(drop)
    }

    /// Erases earlier versions, and entries, that are older than a time.
    pub async fn delete_history_before(
        &mut self,
        versions: Timestamp,
        entries: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "UPDATE history SET before = NULL, before_audience = NULL
             WHERE changed_at < ? AND before IS NOT NULL",
        )
        .bind(versions.as_millis());
        self.execute(query).await?;
        let query =
            sqlx::query("DELETE FROM history WHERE changed_at < ?").bind(entries.as_millis());
        self.execute(query).await.map(drop)
    }
}

/// `None` for a row of a later version of this program.
fn entry((number, at, who, action, collection, key, can_undo): HistoryRow) -> Option<HistoryEntry> {
    let done = match Action::parse(&action) {
        None => Done::Group(GroupAction::parse(&action)?, key),
        Some(action) => Done::Record {
            action,
            name: record_name(collection, key, "history.key").ok()?,
            can_undo,
        },
    };
    Some(HistoryEntry {
        number,
        at: Timestamp::from_millis(at),
        who,
        done,
    })
}

impl Before {
    pub fn new(bytes: Vec<u8>, audience: &Audience) -> Self {
        Self {
            bytes,
            audience: audience.to_text(),
        }
    }
}
