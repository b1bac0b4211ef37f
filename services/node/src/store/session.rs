//! Sessions of browsers. The cookie's secret is not stored, only its hash: a copy of the database
//! opens no session.

use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::{StoreError, bytes_column};
use super::person::{PersonId, person_id};

/// SHA-256 of a session's secret.
pub type SessionHash = [u8; 32];

/// A session of one person's browser.
#[derive(Clone, Debug)]
pub struct Session {
    pub hash: SessionHash,
    pub person: PersonId,
    /// The kind of device, such as `Firefox, Android`.
    pub device: String,
    /// Key of the message for the next page.
    pub flash: Option<String>,
    pub created_at: Timestamp,
    pub used_at: Timestamp,
}

/// Sessions of one person. The one that was unused for longest makes room for a new one.
const MAX_SESSIONS: u32 = 20;

type SessionRow = (Vec<u8>, Vec<u8>, String, Option<String>, i64, i64);

impl Transaction {
    pub async fn add_session(&mut self, session: &Session) -> Result<(), StoreError> {
        let query = sqlx::query(
            "DELETE FROM session WHERE session_hash IN (
                 SELECT session_hash FROM session WHERE person_id = ?
                 ORDER BY used_at DESC LIMIT -1 OFFSET ?)",
        )
        .bind(session.person.0.to_vec())
        .bind(MAX_SESSIONS - 1);
        self.execute(query).await?;
        let query = sqlx::query(
            "INSERT INTO session (session_hash, person_id, device, flash, created_at, used_at)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(session.hash.to_vec())
        .bind(session.person.0.to_vec())
        .bind(&session.device)
        .bind(&session.flash)
        .bind(session.created_at.as_millis())
        .bind(session.used_at.as_millis());
        self.execute(query).await.map(drop)
    }

    pub async fn session(&mut self, hash: &SessionHash) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query_as::<_, SessionRow>("SELECT session_hash, person_id, device, flash, created_at, used_at FROM session WHERE session_hash = ?").bind(hash.to_vec());
        self.fetch_optional(query).await?.map(session).transpose()
    }

    /// Lists a person's sessions, the last used first.
    pub async fn sessions(&mut self, person: &PersonId) -> Result<Vec<Session>, StoreError> {
        let query =
            sqlx::query_as::<_, SessionRow>("SELECT session_hash, person_id, device, flash, created_at, used_at FROM session WHERE person_id = ? ORDER BY used_at DESC").bind(person.0.to_vec());
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(session).collect()
    }

    pub async fn use_session(
        &mut self,
        hash: &SessionHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE session SET used_at = ? WHERE session_hash = ?")
            .bind(now.as_millis())
            .bind(hash.to_vec());
        self.execute(query).await.map(drop)
    }

    /// Sets or removes the message for the session's next page.
    pub async fn set_flash(
        &mut self,
        hash: &SessionHash,
        flash: Option<&str>,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE session SET flash = ? WHERE session_hash = ?")
            .bind(flash)
            .bind(hash.to_vec());
        self.execute(query).await.map(drop)
    }

    pub async fn end_session(&mut self, hash: &SessionHash) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM session WHERE session_hash = ?").bind(hash.to_vec());
        self.execute(query).await.map(drop)
    }

    /// Ends all sessions of a person but one.
    pub async fn end_other_sessions(
        &mut self,
        person: &PersonId,
        kept: &SessionHash,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM session WHERE person_id = ? AND session_hash <> ?")
            .bind(person.0.to_vec())
            .bind(kept.to_vec());
        self.execute(query).await
    }

    /// Deletes sessions that were begun or last used too long ago.
    pub async fn delete_ended_sessions(
        &mut self,
        created_before: Timestamp,
        used_before: Timestamp,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM session WHERE created_at < ? OR used_at < ?")
            .bind(created_before.as_millis())
            .bind(used_before.as_millis());
        self.execute(query).await
    }
}

fn session(
    (hash, person, device, flash, created_at, used_at): SessionRow,
) -> Result<Session, StoreError> {
    Ok(Session {
        hash: bytes_column(&hash, "session.session_hash", "a session")?,
        person: person_id(&person)?,
        device,
        flash,
        created_at: Timestamp::from_millis(created_at),
        used_at: Timestamp::from_millis(used_at),
    })
}
