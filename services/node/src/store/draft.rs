//! Forms that are not sent yet, so that a closed browser loses nothing.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::StoreError;
use super::person::PersonId;

/// Whose form it is, and which one.
#[derive(Clone, Copy, Debug)]
pub struct DraftKey<'a> {
    /// `None` before there is a group.
    pub group: Option<&'a GroupId>,
    pub person: &'a PersonId,
    pub form: &'a str,
}

/// A form as it was last saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDraft {
    /// Grows with each save.
    pub revision: i64,
    /// The encoded form.
    pub bytes: Vec<u8>,
}

/// Drafts of one person. The oldest makes room for a new one.
const MAX_DRAFTS: u32 = 100;

impl DraftKey<'_> {
    fn scope(&self) -> Vec<u8> {
        self.group.map(GroupId::to_vec).unwrap_or_default()
    }
}

impl Transaction {
    pub async fn draft(&mut self, key: DraftKey<'_>) -> Result<Option<StoredDraft>, StoreError> {
        let query = sqlx::query_as::<_, (i64, Vec<u8>)>(
            "SELECT revision, bytes FROM draft WHERE scope = ? AND person_id = ? AND form = ?",
        )
        .bind(key.scope())
        .bind(key.person.0.to_vec())
        .bind(key.form);
        let row = self.fetch_optional(query).await?;
        Ok(row.map(|(revision, bytes)| StoredDraft { revision, bytes }))
    }

    /// Lists the forms of a person's drafts in a group that begin with a prefix.
    pub async fn draft_forms(
        &mut self,
        key: DraftKey<'_>,
    ) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let query = sqlx::query_as::<_, (String, i64)>(
            "SELECT form, updated_at FROM draft
             WHERE scope = ? AND person_id = ? AND substr(form, 1, length(?)) = ?
             ORDER BY updated_at DESC",
        )
        .bind(key.scope())
        .bind(key.person.0.to_vec())
        .bind(key.form)
        .bind(key.form);
        let rows = self.fetch_all(query).await?;
        let form = |(form, at)| (form, Timestamp::from_millis(at));
        Ok(rows.into_iter().map(form).collect())
    }

    /// Saves a draft and returns its revision.
    pub async fn put_draft(
        &mut self,
        key: DraftKey<'_>,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let query = sqlx::query(
            "DELETE FROM draft WHERE person_id = ? AND (scope, form) IN (
                 SELECT scope, form FROM draft WHERE person_id = ?
                 ORDER BY updated_at DESC LIMIT -1 OFFSET ?)",
        )
        .bind(key.person.0.to_vec())
        .bind(key.person.0.to_vec())
        .bind(MAX_DRAFTS - 1);
        self.execute(query).await?;
        let query = sqlx::query_as::<_, (i64,)>(
            "INSERT INTO draft (scope, person_id, form, revision, bytes, updated_at)
             VALUES (?, ?, ?, 1, ?, ?)
             ON CONFLICT (scope, person_id, form) DO UPDATE
             SET revision = revision + 1, bytes = excluded.bytes, updated_at = excluded.updated_at
             RETURNING revision",
        )
        .bind(key.scope())
        .bind(key.person.0.to_vec())
        .bind(key.form)
        .bind(bytes)
        .bind(now.as_millis());
        Ok(self.fetch_one(query).await?.0)
    }

    pub async fn delete_draft(&mut self, key: DraftKey<'_>) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM draft WHERE scope = ? AND person_id = ? AND form = ?")
            .bind(key.scope())
            .bind(key.person.0.to_vec())
            .bind(key.form);
        self.execute(query).await.map(drop)
    }

    pub async fn delete_drafts_before(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM draft WHERE updated_at < ?").bind(before.as_millis());
        self.execute(query).await
    }
}
