//! People who open the console, and the groups that they look after.

use std::fmt;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::{StoreError, bytes_column, check_column, group_id};

/// Random id of a person, which is in no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub [u8; 16]);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// What a person may do with a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Steward,
    /// Edit and publish records, and read messages.
    Editor,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Steward => "steward",
            Self::Editor => "editor",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "steward" => Some(Self::Steward),
            "editor" => Some(Self::Editor),
            _ => None,
        }
    }
}

/// A person. The passphrase's hash is read separately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    /// Whether this person runs the machine: may open every group.
    pub is_host: bool,
    /// Label of a group that this person was invited to add.
    pub may_add: Option<String>,
    pub has_passphrase: bool,
}

/// A person of one group.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: PersonId,
    pub name: String,
    pub role: Role,
    /// When one of the person's browsers was last used.
    pub used_at: Option<Timestamp>,
}

/// Two names that differ only in case would be confused, so they sign in as one.
fn sign_in_name(name: &str) -> String {
    name.trim().to_lowercase()
}

type PersonRow = (Vec<u8>, String, bool, Option<String>, bool);

impl Transaction {
    /// Adds a person. `passphrase` is a hash. Returns whether the name was free.
    pub async fn add_person(
        &mut self,
        person: &Person,
        passphrase: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "INSERT OR IGNORE INTO person
                 (person_id, name, sign_in_name, passphrase, is_host, may_add, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(person.id.0.to_vec())
        .bind(&person.name)
        .bind((!person.is_host).then(|| sign_in_name(&person.name)))
        .bind(passphrase)
        .bind(person.is_host)
        .bind(&person.may_add)
        .bind(now.as_millis());
        Ok(self.execute(query).await? > 0)
    }

    pub async fn person(&mut self, id: &PersonId) -> Result<Option<Person>, StoreError> {
        let query = sqlx::query_as::<_, PersonRow>("SELECT person_id, name, is_host, may_add, passphrase IS NOT NULL FROM person WHERE person_id = ?").bind(id.0.to_vec());
        self.fetch_optional(query).await?.map(person).transpose()
    }

    /// Reads the person who runs the machine, if that person has opened the console before.
    pub async fn host_person(&mut self) -> Result<Option<Person>, StoreError> {
        let query = sqlx::query_as::<_, PersonRow>(
            "SELECT person_id, name, is_host, may_add, passphrase IS NOT NULL FROM person WHERE is_host LIMIT 1",
        );
        self.fetch_optional(query).await?.map(person).transpose()
    }

    /// Reads the id and the passphrase's hash of the person who signs in by a name.
    pub async fn credentials(
        &mut self,
        name: &str,
    ) -> Result<Option<(PersonId, Option<String>)>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, Option<String>)>(
            "SELECT person_id, passphrase FROM person WHERE sign_in_name = ?",
        )
        .bind(sign_in_name(name));
        let row = self.fetch_optional(query).await?;
        row.map(|(id, hash)| Ok((person_id(&id)?, hash)))
            .transpose()
    }

    pub async fn set_passphrase(
        &mut self,
        person: &PersonId,
        passphrase: &str,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE person SET passphrase = ? WHERE person_id = ?")
            .bind(passphrase)
            .bind(person.0.to_vec());
        self.execute(query).await.map(drop)
    }

    /// Sets or removes the label of the group that a person may add.
    pub async fn set_may_add(
        &mut self,
        person: &PersonId,
        label: Option<&str>,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE person SET may_add = ? WHERE person_id = ?")
            .bind(label)
            .bind(person.0.to_vec());
        self.execute(query).await.map(drop)
    }

    /// Lists the groups that a person was added to.
    pub async fn groups_of(
        &mut self,
        person: &PersonId,
    ) -> Result<Vec<(GroupId, Role)>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, String)>(
            "SELECT group_id, role FROM member WHERE person_id = ?",
        )
        .bind(person.0.to_vec());
        let rows = self.fetch_all(query).await?;
        rows.into_iter()
            .map(|(id, role)| Ok((group_id(&id, "member.group_id")?, parse_role(&role)?)))
            .collect()
    }

    /// Lists the people of a group, ordered by name.
    pub async fn members(&mut self, group: &GroupId) -> Result<Vec<Member>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, String, String, Option<i64>)>(
            "SELECT person_id, name, role,
                    (SELECT max(used_at) FROM session WHERE session.person_id = member.person_id)
             FROM member JOIN person USING (person_id)
             WHERE group_id = ? ORDER BY sign_in_name",
        )
        .bind(group.to_vec());
        let rows = self.fetch_all(query).await?;
        let member = |(id, name, role, used_at): (Vec<u8>, String, String, Option<i64>)| {
            Ok(Member {
                id: person_id(&id)?,
                name,
                role: parse_role(&role)?,
                used_at: used_at.map(Timestamp::from_millis),
            })
        };
        rows.into_iter().map(member).collect()
    }

    /// Adds a person to a group, or changes the person's role.
    pub async fn put_member(
        &mut self,
        group: &GroupId,
        person: &PersonId,
        role: Role,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO member (group_id, person_id, role, added_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (group_id, person_id) DO UPDATE SET role = excluded.role",
        )
        .bind(group.to_vec())
        .bind(person.0.to_vec())
        .bind(role.as_str())
        .bind(now.as_millis());
        self.execute(query).await.map(drop)
    }

    /// Removes a person from a group. A person without any group is deleted, with sessions and
    /// drafts. Returns whether the person was there.
    pub async fn remove_member(
        &mut self,
        group: &GroupId,
        person: &PersonId,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM member WHERE group_id = ? AND person_id = ?")
            .bind(group.to_vec())
            .bind(person.0.to_vec());
        let removed = self.execute(query).await? > 0;
        let query = sqlx::query("DELETE FROM draft WHERE scope = ? AND person_id = ?")
            .bind(group.to_vec())
            .bind(person.0.to_vec());
        self.execute(query).await?;
        let query = sqlx::query(
            "DELETE FROM person WHERE person_id = ? AND NOT is_host AND may_add IS NULL
                 AND NOT EXISTS (SELECT 1 FROM member WHERE member.person_id = person.person_id)",
        )
        .bind(person.0.to_vec());
        self.execute(query).await?;
        Ok(removed)
    }
}

fn person((id, name, is_host, may_add, has_passphrase): PersonRow) -> Result<Person, StoreError> {
    Ok(Person {
        id: person_id(&id)?,
        name,
        is_host,
        may_add,
        has_passphrase,
    })
}

pub(super) fn person_id(bytes: &[u8]) -> Result<PersonId, StoreError> {
    bytes_column(bytes, "person.person_id", hex::encode(bytes)).map(PersonId)
}

pub(super) fn parse_role(role: &str) -> Result<Role, StoreError> {
    check_column(Role::parse(role).ok_or(()), "role", role)
}
