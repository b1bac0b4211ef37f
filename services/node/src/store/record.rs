//! Records as their stewards last left them.

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_proto::v1;
use prost::Message;

use super::StoreError;
use super::Transaction;
use super::error::consistent;
use crate::audience::Audience;

/// A record about to be kept.
#[derive(Clone, Debug)]
pub struct RecordToKeep {
    /// Its name.
    pub name: RecordName,
    /// Who may see it.
    pub audience: Audience,
    /// Hash of its bytes.
    pub hash: RecordHash,
    /// How many bytes it has.
    pub length: u32,
    /// What the node changed before it hashed, in words.
    pub adjustments: Vec<String>,
    /// With a story: that its people agreed.
    pub consent: Option<v1::StoryConsent>,
    /// When it was first made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A record as the node keeps it.
#[derive(Clone, Debug)]
pub struct KeptRecord {
    /// The record.
    pub kept: RecordToKeep,
    /// Whether the newest head has it as it stands here.
    pub published: bool,
}

impl KeptRecord {
    /// Changes with every change of the record: its bytes hold a fresh nonce each time.
    pub fn etag(&self) -> String {
        hex::encode(&self.kept.hash.as_bytes()[..16])
    }
}

/// How much a group publishes, or is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Public records.
    pub records: u64,
    /// Their bytes.
    pub bytes: u64,
}

#[derive(sqlx::FromRow)]
struct RecordRow {
    collection: String,
    key: String,
    audience: String,
    record_hash: Vec<u8>,
    length: u32,
    adjustments: String,
    consent: Option<Vec<u8>>,
    created_at: i64,
    updated_at: i64,
    published: bool,
}

impl Transaction {
    /// Keeps a record in place of whatever has its name.
    pub async fn put_record(
        &mut self,
        group: &GroupId,
        record: &RecordToKeep,
    ) -> Result<(), StoreError> {
        let adjustments = consistent(
            serde_json::to_string(&record.adjustments),
            "record",
            "adjustments",
            group,
        )?;
        let result = sqlx::query(
            "INSERT INTO record (group_id, collection, key, audience, record_hash, length,
                                 adjustments, consent, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (group_id, collection, key) DO UPDATE SET
                 audience = excluded.audience, record_hash = excluded.record_hash,
                 length = excluded.length, adjustments = excluded.adjustments,
                 consent = excluded.consent,
                 created_at = excluded.created_at, updated_at = excluded.updated_at",
        )
        .bind(group.to_vec())
        .bind(record.name.collection.as_str())
        .bind(record.name.key.as_str())
        .bind(record.audience.to_text())
        .bind(record.hash.to_vec())
        .bind(record.length)
        .bind(adjustments)
        .bind(record.consent.as_ref().map(Message::encode_to_vec))
        .bind(record.created_at.as_millis())
        .bind(record.updated_at.as_millis())
        .execute(self.connection())
        .await;
        self.noted(result).map(drop)
    }

    /// Forgets a record. Its leaf stays until the next head.
    pub async fn delete_record(
        &mut self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<(), StoreError> {
        let result =
            sqlx::query("DELETE FROM record WHERE group_id = ? AND collection = ? AND key = ?")
                .bind(group.to_vec())
                .bind(name.collection.as_str())
                .bind(name.key.as_str())
                .execute(self.connection())
                .await;
        self.noted(result).map(drop)
    }

    /// One record.
    pub async fn record(
        &mut self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Option<KeptRecord>, StoreError> {
        let result = sqlx::query_as::<_, RecordRow>(
            "SELECT r.*, EXISTS (SELECT 1 FROM leaf l WHERE l.group_id = r.group_id
                 AND l.view = 'public' AND r.audience = 'public' AND l.collection = r.collection
                 AND l.key = r.key AND l.record_hash = r.record_hash) AS published
             FROM record r WHERE r.group_id = ? AND r.collection = ? AND r.key = ?",
        )
        .bind(group.to_vec())
        .bind(name.collection.as_str())
        .bind(name.key.as_str())
        .fetch_optional(self.connection())
        .await;
        self.noted(result)?.map(kept).transpose()
    }

    /// Records in order of (collection, key), of one collection where it is not empty,
    /// from the one after `after`.
    pub async fn records(
        &mut self,
        group: &GroupId,
        collection: &str,
        after: (&str, &str),
        limit: u32,
    ) -> Result<Vec<KeptRecord>, StoreError> {
        let result = sqlx::query_as::<_, RecordRow>(
            "SELECT r.*, EXISTS (SELECT 1 FROM leaf l WHERE l.group_id = r.group_id
                 AND l.view = 'public' AND r.audience = 'public' AND l.collection = r.collection
                 AND l.key = r.key AND l.record_hash = r.record_hash) AS published
             FROM record r
             WHERE r.group_id = ?1 AND (?2 = '' OR r.collection = ?2)
               AND (r.collection, r.key) > (?3, ?4)
             ORDER BY r.collection, r.key LIMIT ?5",
        )
        .bind(group.to_vec())
        .bind(collection)
        .bind(after.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all(self.connection())
        .await;
        self.noted(result)?.into_iter().map(kept).collect()
    }

    /// Leaves of the records that are meant to be public, in order: what the next head
    /// will say.
    pub async fn public_leaves(&mut self, group: &GroupId) -> Result<Vec<Leaf>, StoreError> {
        let result = sqlx::query_as::<_, super::manifest::LeafRow>(
            "SELECT collection, key, length, record_hash FROM record
             WHERE group_id = ? AND audience = 'public' ORDER BY collection, key",
        )
        .bind(group.to_vec())
        .fetch_all(self.connection())
        .await;
        self.noted(result)?
            .into_iter()
            .map(|row| row.into_leaf("record"))
            .collect()
    }

    /// How much the next head will publish.
    pub async fn public_totals(&mut self, group: &GroupId) -> Result<Totals, StoreError> {
        let result = sqlx::query_as::<_, (i64, i64)>(
            "SELECT count(*), coalesce(sum(length), 0) FROM record
             WHERE group_id = ? AND audience = 'public'",
        )
        .bind(group.to_vec())
        .fetch_one(self.connection())
        .await;
        let (records, bytes) = self.noted(result)?;
        Ok(Totals {
            records: records.unsigned_abs(),
            bytes: bytes.unsigned_abs(),
        })
    }

    /// How many changed records, taken-back ones included, are not yet under a head.
    pub async fn waiting_records(&mut self, group: &GroupId) -> Result<u32, StoreError> {
        let result = sqlx::query_as::<_, (u32,)>(
            "SELECT
               (SELECT count(*) FROM record r WHERE r.group_id = ?1 AND r.audience = 'public'
                  AND NOT EXISTS (SELECT 1 FROM leaf l WHERE l.group_id = ?1
                      AND l.view = 'public' AND l.collection = r.collection AND l.key = r.key
                      AND l.record_hash = r.record_hash))
             + (SELECT count(*) FROM leaf l WHERE l.group_id = ?1 AND l.view = 'public'
                  AND NOT EXISTS (SELECT 1 FROM record r WHERE r.group_id = ?1
                      AND r.audience = 'public' AND r.collection = l.collection
                      AND r.key = l.key))",
        )
        .bind(group.to_vec())
        .fetch_one(self.connection())
        .await;
        Ok(self.noted(result)?.0)
    }
}

fn kept(row: RecordRow) -> Result<KeptRecord, StoreError> {
    let id = format!("{}/{}", row.collection, row.key);
    let name = RecordName::try_from(&v1::RecordName {
        collection: row.collection,
        key: row.key,
    });
    Ok(KeptRecord {
        kept: RecordToKeep {
            name: consistent(name, "record", "key", &id)?,
            audience: consistent(
                Audience::from_text(&row.audience),
                "record",
                "audience",
                &id,
            )?,
            hash: consistent(
                RecordHash::try_from(row.record_hash.as_slice()),
                "record",
                "record_hash",
                &id,
            )?,
            length: row.length,
            adjustments: consistent(
                serde_json::from_str(&row.adjustments),
                "record",
                "adjustments",
                &id,
            )?,
            consent: consistent(
                row.consent
                    .map(|consent| v1::StoryConsent::decode(consent.as_slice()))
                    .transpose(),
                "record",
                "consent",
                &id,
            )?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        },
        published: row.published,
    })
}
