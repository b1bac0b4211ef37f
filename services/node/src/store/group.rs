//! Hosted groups and their secret seeds.

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use zeroize::Zeroizing;

use super::database::Transaction;
use super::error::{StoreError, bytes_column, group_id};

/// A group hosted on this node. It never carries the seeds: only `Transaction::signing_seed`
/// reads one, when a head is about to be signed.
#[derive(Clone, Debug)]
pub struct HostedGroup {
    pub group_id: GroupId,
    /// The host's name for it; never published.
    pub label: String,
    /// SHA-256 of its steward's token.
    pub token_hash: [u8; 32],
}

type GroupRow = (Vec<u8>, String, Vec<u8>);

impl Transaction {
    /// Inserts a group with its seeds. Its first key event is added separately.
    pub async fn add_group(
        &mut self,
        group: &HostedGroup,
        signing_seed: &[u8; 32],
        encryption_seed: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let revision = self.next_revision().await?;
        let query = sqlx::query(
            "INSERT INTO publisher
                 (group_id, label, token_hash, signing_seed, encryption_seed, revision, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(group.group_id.to_vec())
        .bind(&group.label)
        .bind(group.token_hash.to_vec())
        .bind(signing_seed.to_vec())
        .bind(encryption_seed.to_vec())
        .bind(revision)
        .bind(now.as_millis());
        self.execute(query).await.map(drop)
    }

    pub async fn set_token_hash(
        &mut self,
        group: &GroupId,
        token_hash: &[u8; 32],
    ) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE publisher SET token_hash = ? WHERE group_id = ?")
            .bind(token_hash.to_vec())
            .bind(group.to_vec());
        self.execute(query).await.map(drop)
    }

    /// Lists all groups, ordered by label.
    pub async fn groups(&mut self) -> Result<Vec<HostedGroup>, StoreError> {
        let query = sqlx::query_as::<_, GroupRow>(
            "SELECT group_id, label, token_hash FROM publisher ORDER BY label",
        );
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(hosted_group).collect()
    }

    /// Reads the seed of a group's current signing key. Both buffers here are zeroized on
    /// drop, but SQLite's page cache and sqlx's row buffer are outside our control.
    pub async fn signing_seed(
        &mut self,
        group: &GroupId,
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT signing_seed FROM publisher WHERE group_id = ?",
        )
        .bind(group.to_vec());
        let seed = Zeroizing::new(self.fetch_one(query).await?.0);
        bytes_column(&seed, "publisher.signing_seed", group).map(Zeroizing::new)
    }
}

fn hosted_group((id, label, token_hash): GroupRow) -> Result<HostedGroup, StoreError> {
    let group_id = group_id(&id, "publisher.group_id")?;
    Ok(HostedGroup {
        group_id,
        label,
        token_hash: bytes_column(&token_hash, "publisher.token_hash", group_id)?,
    })
}
