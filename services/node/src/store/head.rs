//! Heads: the newest of each view, and the history of every head signed here.

use hedgerow_core::head::{Position, Seq};
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::{StoreError, bytes_column, check_column, group_id};

/// The newest head of a view.
#[derive(Clone, Debug)]
pub struct StoredHead {
    pub envelope: Vec<u8>,
    /// Hash of its payload.
    pub hash: PayloadHash,
    pub position: Position,
    pub issue_time: Timestamp,
    /// The earliest revision from which a difference is complete: removals before it may
    /// have been deleted.
    pub floor_revision: i64,
}

type HeadRow = (Vec<u8>, Vec<u8>, u32, i64, i64, i64);

impl Transaction {
    /// Reads the newest head of a view.
    pub async fn head(
        &mut self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<StoredHead>, StoreError> {
        let query = sqlx::query_as::<_, HeadRow>(
            "SELECT envelope, hash, key_index, seq, issued_at, floor_revision
             FROM head WHERE group_id = ? AND view = ?",
        )
        .bind(group.to_vec())
        .bind(view.as_str());
        let row = self.fetch_optional(query).await?;
        row.map(|row| stored_head(row, group)).transpose()
    }

    /// Makes a signed head the newest one, with the records of the view's audience as its
    /// leaves, and returns its revision. The head must have been signed over exactly those
    /// records.
    pub async fn put_head(
        &mut self,
        group: &GroupId,
        view: &View,
        envelope: &[u8],
        hash: &PayloadHash,
        position: Position,
        issue_time: Timestamp,
    ) -> Result<i64, StoreError> {
        let revision = self.next_revision().await?;
        self.replace_leaves(group, view, revision, issue_time)
            .await?;
        let seq = position.seq.get().cast_signed();
        // `floor_revision` is not among the updated columns: deleted removals stay deleted.
        let query = sqlx::query(
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
        .bind(issue_time.as_millis())
        .bind(revision);
        self.execute(query).await?;
        // No ON CONFLICT: the primary key includes key index and seq, so a second head at
        // the same position fails here before it can be published.
        let query = sqlx::query(
            "INSERT INTO head_history (group_id, view, key_index, seq, hash, envelope, revision)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(position.key_index)
        .bind(seq)
        .bind(hash.to_vec())
        .bind(envelope)
        .bind(revision);
        self.execute(query).await?;
        let query = sqlx::query("UPDATE publisher SET revision = ? WHERE group_id = ?")
            .bind(revision)
            .bind(group.to_vec());
        self.execute(query).await?;
        Ok(revision)
    }

    /// Reads the revision of a head in the history, by its hash. `None` means that it was
    /// signed elsewhere: the history is never pruned.
    pub async fn head_revision(
        &mut self,
        group: &GroupId,
        view: &View,
        hash: &PayloadHash,
    ) -> Result<Option<i64>, StoreError> {
        let query = sqlx::query_as::<_, (i64,)>(
            "SELECT revision FROM head_history WHERE group_id = ? AND view = ? AND hash = ?",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(hash.to_vec());
        Ok(self.fetch_optional(query).await?.map(|row| row.0))
    }

    /// Returns whether the history has a head at a position.
    pub async fn has_head_at(
        &mut self,
        group: &GroupId,
        view: &View,
        position: Position,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query_as::<_, (bool,)>(
            "SELECT EXISTS (SELECT 1 FROM head_history
                            WHERE group_id = ? AND view = ? AND key_index = ? AND seq = ?)",
        )
        .bind(group.to_vec())
        .bind(view.as_str())
        .bind(position.key_index)
        .bind(position.seq.get().cast_signed());
        Ok(self.fetch_one(query).await?.0)
    }

    /// Returns when the newest head of all groups was signed.
    pub async fn newest_issue(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let query = sqlx::query_as::<_, (Option<i64>,)>("SELECT MAX(issued_at) FROM head");
        let (newest,) = self.fetch_one(query).await?;
        Ok(newest.map(Timestamp::from_millis))
    }

    /// Lists the groups whose newest public head was signed at or before a time.
    pub async fn heads_issued_before(
        &mut self,
        before: Timestamp,
    ) -> Result<Vec<GroupId>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT group_id FROM head WHERE view = 'public' AND issued_at <= ?",
        )
        .bind(before.as_millis());
        let rows = self.fetch_all(query).await?;
        rows.into_iter()
            .map(|row| group_id(&row.0, "head.group_id"))
            .collect()
    }
}

fn stored_head(
    (envelope, hash, key_index, seq, issued_at, floor_revision): HeadRow,
    group: &GroupId,
) -> Result<StoredHead, StoreError> {
    Ok(StoredHead {
        envelope,
        hash: bytes_column(&hash, "head.hash", group)?,
        position: Position {
            key_index,
            seq: check_column(Seq::new(seq.cast_unsigned()), "head.seq", group)?,
        },
        issue_time: Timestamp::from_millis(issued_at),
        floor_revision,
    })
}
