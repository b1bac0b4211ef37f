//! Groups: their secrets, their key logs, and the order in which they changed.

use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::time::Timestamp;
use zeroize::Zeroizing;

use super::StoreError;
use super::Transaction;
use super::error::consistent;

/// A group of this node, without its secrets.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// The group.
    pub group_id: GroupId,
    /// The host's name for it.
    pub label: String,
    /// SHA-256 of its steward's token.
    pub token_hash: [u8; 32],
}

/// A group that changed, for those that follow this node.
#[derive(Clone, Debug)]
pub struct ChangedPublisher {
    /// When, in the store's order.
    pub revision: i64,
    /// The group.
    pub group_id: GroupId,
    /// Payload hash of the last event of its key log.
    pub key_log_tip: PayloadHash,
}

type PublisherRow = (Vec<u8>, String, Vec<u8>);

impl Transaction {
    /// Adds a group with its first key event.
    pub async fn add_publisher(
        &mut self,
        publisher: &Publisher,
        signing_seed: &[u8; 32],
        encryption_seed: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let revision = self.next_revision().await?;
        let result = sqlx::query(
            "INSERT INTO publisher
                 (group_id, label, token_hash, signing_seed, encryption_seed, revision, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(publisher.group_id.to_vec())
        .bind(&publisher.label)
        .bind(publisher.token_hash.to_vec())
        .bind(signing_seed.to_vec())
        .bind(encryption_seed.to_vec())
        .bind(revision)
        .bind(now.as_millis())
        .execute(self.connection())
        .await;
        self.noted(result).map(drop)
    }

    /// Appends an event to a group's key log.
    pub async fn add_key_event(
        &mut self,
        group: &GroupId,
        index: u32,
        hash: &PayloadHash,
        envelope: &[u8],
        commitment: Option<&Commitment>,
    ) -> Result<(), StoreError> {
        let result = sqlx::query(
            "INSERT INTO key_event (group_id, key_index, hash, envelope, commitment)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(group.to_vec())
        .bind(index)
        .bind(hash.to_vec())
        .bind(envelope)
        .bind(commitment.map(Commitment::to_vec))
        .execute(self.connection())
        .await;
        self.noted(result).map(drop)
    }

    /// Replaces the hash of a group's token.
    pub async fn set_token_hash(
        &mut self,
        group: &GroupId,
        token_hash: &[u8; 32],
    ) -> Result<(), StoreError> {
        let result = sqlx::query("UPDATE publisher SET token_hash = ? WHERE group_id = ?")
            .bind(token_hash.to_vec())
            .bind(group.to_vec())
            .execute(self.connection())
            .await;
        self.noted(result).map(drop)
    }

    /// All groups, in order of label.
    pub async fn publishers(&mut self) -> Result<Vec<Publisher>, StoreError> {
        let result = sqlx::query_as::<_, PublisherRow>(
            "SELECT group_id, label, token_hash FROM publisher ORDER BY label",
        )
        .fetch_all(self.connection())
        .await;
        self.noted(result)?.into_iter().map(publisher).collect()
    }

    /// The seed of the key that signs a group's heads.
    pub async fn signing_seed(
        &mut self,
        group: &GroupId,
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT signing_seed FROM publisher WHERE group_id = ?",
        )
        .bind(group.to_vec())
        .fetch_one(self.connection())
        .await;
        let seed = Zeroizing::new(self.noted(result)?.0);
        let seed = consistent(
            <[u8; 32]>::try_from(seed.as_slice()),
            "publisher",
            "signing_seed",
            group,
        )?;
        Ok(Zeroizing::new(seed))
    }

    /// Envelopes of a group's key log, from event 0. Empty where the group is not of this node.
    pub async fn key_log(&mut self, group: &GroupId) -> Result<Vec<Vec<u8>>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT envelope FROM key_event WHERE group_id = ? ORDER BY key_index",
        )
        .bind(group.to_vec())
        .fetch_all(self.connection())
        .await;
        Ok(self.noted(result)?.into_iter().map(|row| row.0).collect())
    }

    /// The group whose key log has a commitment.
    pub async fn group_by_commitment(
        &mut self,
        commitment: &Commitment,
    ) -> Result<Option<GroupId>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT group_id FROM key_event WHERE commitment = ? LIMIT 1",
        )
        .bind(commitment.to_vec())
        .fetch_optional(self.connection())
        .await;
        self.noted(result)?
            .map(|row| group_id(&row.0, "key_event"))
            .transpose()
    }

    /// Groups that changed after `revision`, in the order of their last change.
    pub async fn changed_after(
        &mut self,
        revision: i64,
        limit: u32,
    ) -> Result<Vec<ChangedPublisher>, StoreError> {
        let result = sqlx::query_as::<_, (i64, Vec<u8>, Vec<u8>)>(
            "SELECT p.revision, p.group_id,
                    (SELECT k.hash FROM key_event k WHERE k.group_id = p.group_id
                     ORDER BY k.key_index DESC LIMIT 1)
             FROM publisher p WHERE p.revision > ? ORDER BY p.revision LIMIT ?",
        )
        .bind(revision)
        .bind(limit)
        .fetch_all(self.connection())
        .await;
        self.noted(result)?
            .into_iter()
            .map(|(revision, id, tip)| {
                let group_id = group_id(&id, "publisher")?;
                Ok(ChangedPublisher {
                    revision,
                    group_id,
                    key_log_tip: consistent(
                        PayloadHash::try_from(tip.as_slice()),
                        "key_event",
                        "hash",
                        group_id,
                    )?,
                })
            })
            .collect()
    }

    /// The name of this store's order, and its last revision.
    pub async fn stream(&mut self) -> Result<(String, i64), StoreError> {
        let result = sqlx::query_as("SELECT stream_id, revision FROM node")
            .fetch_one(self.connection())
            .await;
        self.noted(result)
    }

    /// Names the order of a new store; an older one keeps its name.
    pub(super) async fn begin_stream(&mut self, stream_id: &str) -> Result<(), StoreError> {
        let result = sqlx::query(
            "INSERT INTO node (only_row, stream_id, revision) VALUES (1, ?, 0)
             ON CONFLICT DO NOTHING",
        )
        .bind(stream_id)
        .execute(self.connection())
        .await;
        self.noted(result).map(drop)
    }

    /// Takes the next revision; it is never given out again.
    pub(super) async fn next_revision(&mut self) -> Result<i64, StoreError> {
        let result = sqlx::query_as::<_, (i64,)>(
            "UPDATE node SET revision = revision + 1 RETURNING revision",
        )
        .fetch_one(self.connection())
        .await;
        Ok(self.noted(result)?.0)
    }
}

fn publisher((id, label, token_hash): PublisherRow) -> Result<Publisher, StoreError> {
    let group_id = group_id(&id, "publisher")?;
    let token_hash = consistent(
        <[u8; 32]>::try_from(token_hash.as_slice()),
        "publisher",
        "token_hash",
        group_id,
    )?;
    Ok(Publisher {
        group_id,
        label,
        token_hash,
    })
}

pub(super) fn group_id(bytes: &[u8], table: &'static str) -> Result<GroupId, StoreError> {
    consistent(
        GroupId::try_from(bytes),
        table,
        "group_id",
        hex::encode(bytes),
    )
}
