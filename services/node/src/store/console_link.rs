//! Links that open the console once.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::{StoreError, check_column, group_id};
use super::person::{PersonId, Role, parse_role, person_id};

/// What a link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opens {
    /// The console of the person who runs the machine.
    Host,
    /// The first pages of a new group, whose label the host has chosen.
    NewGroup { label: String },
    /// A group, for a new person.
    Join { group: GroupId, role: Role },
    /// The console of a person who cannot sign in.
    Return { group: GroupId, person: PersonId },
}

/// A link. Its secret is not stored, only the secret's hash.
#[derive(Clone, Debug)]
pub struct ConsoleLink {
    pub secret_hash: [u8; 32],
    pub opens: Opens,
    /// Name of the person who made it; empty for the host.
    pub made_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

type LinkRow = (
    Vec<u8>,
    String,
    Option<Vec<u8>>,
    Option<String>,
    Option<String>,
    Option<Vec<u8>>,
    String,
    i64,
    i64,
);

impl Transaction {
    pub async fn add_console_link(&mut self, link: &ConsoleLink) -> Result<(), StoreError> {
        let (kind, group, role, label, person) = match &link.opens {
            Opens::Host => ("host", None, None, None, None),
            Opens::NewGroup { label } => ("new-group", None, None, Some(label), None),
            Opens::Join { group, role } => ("join", Some(group), Some(role.as_str()), None, None),
            Opens::Return { group, person } => ("return", Some(group), None, None, Some(person)),
        };
        let query = sqlx::query(
            "INSERT INTO console_link
                 (secret_hash, kind, group_id, role, label, person_id, made_by, created_at,
                  expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(link.secret_hash.to_vec())
        .bind(kind)
        .bind(group.map(GroupId::to_vec))
        .bind(role)
        .bind(label)
        .bind(person.map(|person| person.0.to_vec()))
        .bind(&link.made_by)
        .bind(link.created_at.as_millis())
        .bind(link.expires_at.as_millis());
        self.execute(query).await.map(drop)
    }

    /// Reads a link that was not used yet. It may have expired.
    pub async fn console_link(
        &mut self,
        secret_hash: &[u8; 32],
    ) -> Result<Option<ConsoleLink>, StoreError> {
        let query =
            sqlx::query_as::<_, LinkRow>("SELECT secret_hash, kind, group_id, role, label, person_id, made_by, created_at, expires_at FROM console_link WHERE secret_hash = ?").bind(secret_hash.to_vec());
        self.fetch_optional(query).await?.map(link).transpose()
    }

    /// Lists the links to a group, the newest first.
    pub async fn console_links(&mut self, group: &GroupId) -> Result<Vec<ConsoleLink>, StoreError> {
        let query = sqlx::query_as::<_, LinkRow>("SELECT secret_hash, kind, group_id, role, label, person_id, made_by, created_at, expires_at FROM console_link WHERE group_id = ? ORDER BY created_at DESC").bind(group.to_vec());
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(link).collect()
    }

    /// Deletes a link, because it was used or called back. Returns whether it was there: of two
    /// uses at the same time, only one succeeds.
    pub async fn delete_console_link(
        &mut self,
        secret_hash: &[u8; 32],
    ) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM console_link WHERE secret_hash = ?")
            .bind(secret_hash.to_vec());
        Ok(self.execute(query).await? > 0)
    }

    pub async fn delete_expired_console_links(
        &mut self,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let query =
            sqlx::query("DELETE FROM console_link WHERE expires_at < ?").bind(now.as_millis());
        self.execute(query).await
    }
}

fn link(row: LinkRow) -> Result<ConsoleLink, StoreError> {
    let (hash, kind, group, role, label, person, made_by, created_at, expires_at) = row;
    let group = group
        .map(|id| group_id(&id, "console_link.group_id"))
        .transpose()?;
    let role = role.map(|role| parse_role(&role)).transpose()?;
    let person = person.map(|id| person_id(&id)).transpose()?;
    let opens = match (kind.as_str(), group, role, label, person) {
        ("host", ..) => Some(Opens::Host),
        ("new-group", _, _, Some(label), _) => Some(Opens::NewGroup { label }),
        ("join", Some(group), Some(role), ..) => Some(Opens::Join { group, role }),
        ("return", Some(group), _, _, Some(person)) => Some(Opens::Return { group, person }),
        _ => None,
    };
    Ok(ConsoleLink {
        secret_hash: check_column(
            <[u8; 32]>::try_from(hash.as_slice()),
            "console_link.secret_hash",
            "a link",
        )?,
        opens: check_column(opens.ok_or(()), "console_link.kind", kind)?,
        made_by,
        created_at: Timestamp::from_millis(created_at),
        expires_at: Timestamp::from_millis(expires_at),
    })
}
