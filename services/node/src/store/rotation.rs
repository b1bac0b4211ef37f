//! Replacing a group's keys: its key log, its seeds, and the old encryption keys.

use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::time::Timestamp;
use zeroize::Zeroizing;

use super::database::Transaction;
use super::error::{StoreError, bytes_column};

/// The seeds of a group's new keys.
#[derive(Clone)]
pub struct Seeds {
    pub signing: Zeroizing<[u8; 32]>,
    pub encryption: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Seeds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seeds(…)")
    }
}

impl Transaction {
    /// Replaces a group's key log, and returns the revision of that change. The whole log is
    /// written, because a rotation may continue a branch that this node did not have.
    pub async fn replace_key_log(
        &mut self,
        group: &GroupId,
        log: &KeyLog,
    ) -> Result<i64, StoreError> {
        let query = sqlx::query("DELETE FROM key_event WHERE group_id = ?").bind(group.to_vec());
        self.execute(query).await?;
        for event in log.events() {
            self.add_key_event(
                group,
                event.index,
                &event.hash,
                &event.envelope,
                event.commitment.as_ref(),
            )
            .await?;
        }
        let revision = self.next_revision().await?;
        let query = sqlx::query("UPDATE publisher SET revision = ? WHERE group_id = ?")
            .bind(revision)
            .bind(group.to_vec());
        self.execute(query).await?;
        Ok(revision)
    }

    /// Replaces a group's seeds, and keeps the old encryption seed under the index of the key
    /// event that announced it.
    pub async fn replace_seeds(
        &mut self,
        group: &GroupId,
        seeds: &Seeds,
        old_index: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO old_encryption_key (group_id, key_index, seed, replaced_at)
             SELECT group_id, ?, encryption_seed, ? FROM publisher WHERE group_id = ?
             ON CONFLICT DO NOTHING",
        )
        .bind(old_index)
        .bind(now.as_millis())
        .bind(group.to_vec());
        self.execute(query).await?;
        let query = sqlx::query(
            "UPDATE publisher SET signing_seed = ?, encryption_seed = ? WHERE group_id = ?",
        )
        .bind(seeds.signing.to_vec())
        .bind(seeds.encryption.to_vec())
        .bind(group.to_vec());
        self.execute(query).await.map(drop)
    }

    /// Deletes the encryption seeds that were replaced before a time.
    pub async fn delete_old_encryption_keys_before(
        &mut self,
        before: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM old_encryption_key WHERE replaced_at < ?")
            .bind(before.as_millis());
        self.execute(query).await.map(drop)
    }

    /// Counts the old encryption seeds of a group.
    #[cfg(test)]
    pub async fn count_old_encryption_keys(&mut self, group: &GroupId) -> Result<i64, StoreError> {
        let query = sqlx::query_as::<_, (i64,)>(
            "SELECT COUNT(*) FROM old_encryption_key WHERE group_id = ?",
        )
        .bind(group.to_vec());
        Ok(self.fetch_one(query).await?.0)
    }

    /// Reads the seeds of a rotation that waits for the steward's signature.
    pub async fn pending_seeds(&mut self, group: &GroupId) -> Result<Option<Seeds>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(
            "SELECT signing_seed, encryption_seed FROM pending_rotation WHERE group_id = ?",
        )
        .bind(group.to_vec());
        let Some((signing, encryption)) = self.fetch_optional(query).await? else {
            return Ok(None);
        };
        let (signing, encryption) = (Zeroizing::new(signing), Zeroizing::new(encryption));
        let seed = |bytes: &[u8], column| bytes_column(bytes, column, group).map(Zeroizing::new);
        Ok(Some(Seeds {
            signing: seed(&signing, "pending_rotation.signing_seed")?,
            encryption: seed(&encryption, "pending_rotation.encryption_seed")?,
        }))
    }

    /// Stores the seeds of a rotation that waits for the steward's signature.
    pub async fn put_pending_seeds(
        &mut self,
        group: &GroupId,
        seeds: &Seeds,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO pending_rotation (group_id, signing_seed, encryption_seed, created_at)
             VALUES (?, ?, ?, ?)
             ON CONFLICT (group_id) DO UPDATE SET
                 signing_seed = excluded.signing_seed,
                 encryption_seed = excluded.encryption_seed, created_at = excluded.created_at",
        )
        .bind(group.to_vec())
        .bind(seeds.signing.to_vec())
        .bind(seeds.encryption.to_vec())
        .bind(now.as_millis());
        self.execute(query).await.map(drop)
    }

    pub async fn delete_pending_seeds(&mut self, group: &GroupId) -> Result<(), StoreError> {
        let query =
            sqlx::query("DELETE FROM pending_rotation WHERE group_id = ?").bind(group.to_vec());
        self.execute(query).await.map(drop)
    }
}
