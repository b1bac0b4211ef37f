//! Heads: the newest of each view, and every one ever signed.

use hedgerow_core::head::Position;
use hedgerow_core::head::Seq;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use super::StoreError;
use super::Transaction;
use super::error::consistent;

/// The newest head of a view.
#[derive(Clone, Debug)]
pub struct KeptHead {
    /// Its envelope.
    pub envelope: Vec<u8>,
    /// Its payload's hash.
    pub hash: PayloadHash,
    /// Its place in the order.
    pub position: Position,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// The earliest revision from which a difference can be given.
    pub floor_revision: i64,
}

/// A head that was signed here once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Its payload's hash.
    pub hash: PayloadHash,
    /// Its envelope.
    pub envelope: Vec<u8>,
    /// When it was stored, in the store's order.
    pub revision: i64,
}

type HeadRow = (Vec<u8>, Vec<u8>, u32, i64, i64, i64);

impl Transaction {
    /// The newest head of a view.
    pub async fn head(
        &mut self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<KeptHead>, StoreError> {
        let result = sqlx::query_as::<_, HeadRow>(
            "SELECT envelope, hash, key_index, seq, issued_at, floor_revision
             FROM head WHERE group_id = ? AND view = ?",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .fetch_optional(self.connection())
        .await;
        self.noted(result)?
            .map(
                |(envelope, hash, key_index, seq, issued_at, floor_revision)| {
                    Ok(KeptHead {
                        envelope,
                        hash: consistent(PayloadHash::try_from(&*hash), "head", "hash", group)?,
                        position: Position {
                            key_index,
                            seq: stored_seq(seq, group)?,
                        },
                        issued_at: Timestamp::from_millis(issued_at),
                        floor_revision,
                    })
                },
            )
            .transpose()
    }

    /// Makes a signed head the newest one, with the records that are meant to be public
    /// as its leaves. The head must have been signed over exactly those.
    pub async fn put_head(
        &mut self,
        group: &GroupId,
        view: &View,
        envelope: &[u8],
        hash: &PayloadHash,
        position: Position,
        issued_at: Timestamp,
    ) -> Result<i64, StoreError> {
        let revision = self.next_revision().await?;
        self.replace_leaves(group, view, revision, issued_at)
            .await?;
        let seq = position.seq.get().cast_signed();
        let result = sqlx::query(
            "INSERT INTO head (group_id, view, envelope, hash, key_index, seq, issued_at,
                               revision, floor_revision)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
             ON CONFLICT (group_id, view) DO UPDATE SET
                 envelope = excluded.envelope, hash = excluded.hash,
                 key_index = excluded.key_index, seq = excluded.seq,
                 issued_at = excluded.issued_at, revision = excluded.revision",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(envelope)
        .bind(hash.to_vec())
        .bind(position.key_index)
        .bind(seq)
        .bind(issued_at.as_millis())
        .bind(revision)
        .execute(self.connection())
        .await;
        self.noted(result)?;
        let result = sqlx::query(
            "INSERT INTO head_history (group_id, view, key_index, seq, hash, envelope, revision)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(position.key_index)
        .bind(seq)
        .bind(hash.to_vec())
        .bind(envelope)
        .bind(revision)
        .execute(self.connection())
        .await;
        self.noted(result)?;
        let result = sqlx::query("UPDATE publisher SET revision = ? WHERE group_id = ?")
            .bind(revision)
            .bind(group.to_vec())
            .execute(self.connection())
            .await;
        self.noted(result)?;
        Ok(revision)
    }

    /// A head that was signed here, by its hash.
    pub async fn remembered(
        &mut self,
        group: &GroupId,
        view: &View,
        hash: &PayloadHash,
    ) -> Result<Option<Remembered>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>, Vec<u8>, i64)>(
            "SELECT hash, envelope, revision FROM head_history
             WHERE group_id = ? AND view = ? AND hash = ?",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(hash.to_vec())
        .fetch_optional(self.connection())
        .await;
        self.noted(result)?
            .map(|row| remembered(row, group))
            .transpose()
    }

    /// The head that was signed here at a place in the order.
    pub async fn remembered_at(
        &mut self,
        group: &GroupId,
        view: &View,
        position: Position,
    ) -> Result<Option<Remembered>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>, Vec<u8>, i64)>(
            "SELECT hash, envelope, revision FROM head_history
             WHERE group_id = ? AND view = ? AND key_index = ? AND seq = ?",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(position.key_index)
        .bind(position.seq.get().cast_signed())
        .fetch_optional(self.connection())
        .await;
        self.noted(result)?
            .map(|row| remembered(row, group))
            .transpose()
    }

    /// Groups whose newest public head was signed before a time.
    pub async fn heads_issued_before(
        &mut self,
        before: Timestamp,
    ) -> Result<Vec<GroupId>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT group_id FROM head WHERE view = 'public' AND issued_at <= ?",
        )
        .bind(before.as_millis())
        .fetch_all(self.connection())
        .await;
        self.noted(result)?
            .into_iter()
            .map(|row| super::publisher::group_id(&row.0, "head"))
            .collect()
    }
}

fn remembered(
    (hash, envelope, revision): (Vec<u8>, Vec<u8>, i64),
    group: &GroupId,
) -> Result<Remembered, StoreError> {
    Ok(Remembered {
        hash: consistent(PayloadHash::try_from(&*hash), "head_history", "hash", group)?,
        envelope,
        revision,
    })
}

fn stored_seq(seq: i64, group: &GroupId) -> Result<Seq, StoreError> {
    consistent(Seq::new(seq.cast_unsigned()), "head", "seq", group)
}
