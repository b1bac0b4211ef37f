//! Records in their latest edited state, of every audience.

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_proto::steward_v1;
use prost::Message;

use super::database::Transaction;
use super::error::{StoreError, bytes_column, check_column, group_id};
use super::manifest::{LeafRow, record_name};
use crate::audience::Audience;

/// The metadata of a record; its body is stored separately, by hash.
#[derive(Clone, Debug)]
pub struct RecordEntry {
    pub name: RecordName,
    pub audience: Audience,
    pub hash: RecordHash,
    /// Length of the body in bytes.
    pub length: u32,
    /// Sentences that describe what the node changed before hashing.
    pub adjustments: Vec<String>,
    /// Consent of the people in a story. Never leaves the node.
    pub consent: Option<steward_v1::StoryConsent>,
    pub create_time: Timestamp,
    pub update_time: Timestamp,
}

/// A record as read from the store.
#[derive(Clone, Debug)]
pub struct StoredRecord {
    pub entry: RecordEntry,
    /// Whether the newest head has a leaf for exactly this version.
    pub published: bool,
}

impl StoredRecord {
    /// An etag that changes with every edit, even one back to the same content: each
    /// version of a body has a fresh nonce, and therefore its own hash.
    pub fn etag(&self) -> String {
        hex::encode(&self.entry.hash.as_bytes()[..16])
    }
}

/// A public record, to be shown.
#[derive(Clone, Debug)]
pub struct PublicRecord {
    pub name: RecordName,
    pub bytes: Vec<u8>,
}

type PublicRow = (String, String, Vec<u8>);

/// Maximum bytes of the records that one page reads. The first record is read in any case.
const MAX_PUBLIC_BYTES: i64 = 4 * 1024 * 1024;

/// Size of what a group's next head will publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Number of public records.
    pub records: u64,
    /// Sum of their lengths.
    pub bytes: u64,
}

/// Fields are named as the columns.
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
    /// Inserts a record, or replaces the one with its name.
    pub async fn put_record(
        &mut self,
        group: &GroupId,
        record: &RecordEntry,
    ) -> Result<(), StoreError> {
        let adjustments = serde_json::to_string(&record.adjustments);
        let adjustments = check_column(adjustments, "record.adjustments", group)?;
        let query = sqlx::query(
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
        .bind(record.create_time.as_millis())
        .bind(record.update_time.as_millis());
        self.execute(query).await.map(drop)
    }

    /// Deletes a record. Its leaf stays until the next head.
    pub async fn delete_record(
        &mut self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<(), StoreError> {
        let query =
            sqlx::query("DELETE FROM record WHERE group_id = ? AND collection = ? AND key = ?")
                .bind(group.to_vec())
                .bind(name.collection.as_str())
                .bind(name.key.as_str());
        self.execute(query).await.map(drop)
    }

    /// Reads one record, whatever its audience.
    pub async fn record(
        &mut self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Option<StoredRecord>, StoreError> {
        let query = sqlx::query_as::<_, RecordRow>(
            "SELECT r.*, EXISTS (SELECT 1 FROM leaf l WHERE l.group_id = r.group_id
                 AND l.view = 'public' AND r.audience = 'public' AND l.collection = r.collection
                 AND l.key = r.key AND l.record_hash = r.record_hash) AS published
             FROM record r WHERE r.group_id = ? AND r.collection = ? AND r.key = ?",
        )
        .bind(group.to_vec())
        .bind(name.collection.as_str())
        .bind(name.key.as_str());
        let row = self.fetch_optional(query).await?;
        row.map(stored_record).transpose()
    }

    /// Lists records ordered by (collection, key), starting after `after`. An empty
    /// `collection` means all of them.
    pub async fn records(
        &mut self,
        group: &GroupId,
        collection: &str,
        after: (&str, &str),
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let query = sqlx::query_as::<_, RecordRow>(
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
        .bind(limit);
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(stored_record).collect()
    }

    /// Reads a record if it is public in its latest edited state: one that was narrowed or
    /// withdrawn is absent even if the head that removes it is not signed yet.
    pub async fn public_record(
        &mut self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Option<PublicRecord>, StoreError> {
        let query = sqlx::query_as::<_, PublicRow>(
            "SELECT r.collection, r.key, b.bytes FROM record r
             JOIN body b ON b.group_id = r.group_id AND b.record_hash = r.record_hash
             WHERE r.group_id = ? AND r.collection = ? AND r.key = ? AND r.audience = 'public'",
        )
        .bind(group.to_vec())
        .bind(name.collection.as_str())
        .bind(name.key.as_str());
        let row = self.fetch_optional(query).await?;
        row.map(public_record).transpose()
    }

    /// Lists groups with a public listing, ordered by id, after one. Those without are not read.
    pub async fn groups_with_listings(
        &mut self,
        after: Option<&GroupId>,
        limit: u32,
    ) -> Result<Vec<GroupId>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>,)>(
            "SELECT group_id FROM publisher p WHERE group_id > ? AND EXISTS (
                 SELECT 1 FROM record r WHERE r.group_id = p.group_id
                 AND r.collection = 'listing' AND r.audience = 'public')
             ORDER BY group_id LIMIT ?",
        )
        .bind(after.map(GroupId::to_vec).unwrap_or_default())
        .bind(limit);
        let rows = self.fetch_all(query).await?;
        rows.iter()
            .map(|(id,)| group_id(id, "publisher.group_id"))
            .collect()
    }

    /// Lists the public records of a collection in their latest state, ordered by key, after a
    /// key. Ends early where their bytes are too many for a page.
    pub async fn public_records(
        &mut self,
        group: &GroupId,
        collection: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<PublicRecord>, StoreError> {
        let query = sqlx::query_as::<_, PublicRow>(
            "SELECT s.collection, s.key, b.bytes FROM (
                 SELECT *, sum(length) OVER (ORDER BY key) AS total FROM (
                     SELECT * FROM record
                     WHERE group_id = ?1 AND collection = ?2 AND key > ?3 AND audience = 'public'
                     ORDER BY key LIMIT ?4)) s
             JOIN body b ON b.group_id = s.group_id AND b.record_hash = s.record_hash
             WHERE s.total <= ?5 OR s.total = s.length ORDER BY s.key",
        )
        .bind(group.to_vec())
        .bind(collection)
        .bind(after)
        .bind(limit)
        .bind(MAX_PUBLIC_BYTES);
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(public_record).collect()
    }

    /// Lists the public records of a collection that changed last, newest first, with the same
    /// bound. An empty `collection` means all of them.
    pub async fn newest_public_records(
        &mut self,
        group: &GroupId,
        collection: &str,
        limit: u32,
    ) -> Result<Vec<PublicRecord>, StoreError> {
        let query = sqlx::query_as::<_, PublicRow>(
            "SELECT s.collection, s.key, b.bytes FROM (
                 SELECT *, sum(length) OVER (ORDER BY updated_at DESC, collection, key) AS total
                 FROM (
                     SELECT * FROM record
                     WHERE group_id = ?1 AND (?2 = '' OR collection = ?2) AND audience = 'public'
                     ORDER BY updated_at DESC, collection, key LIMIT ?3)) s
             JOIN body b ON b.group_id = s.group_id AND b.record_hash = s.record_hash
             WHERE s.total <= ?4 OR s.total = s.length
             ORDER BY s.updated_at DESC, s.collection, s.key",
        )
        .bind(group.to_vec())
        .bind(collection)
        .bind(limit)
        .bind(MAX_PUBLIC_BYTES);
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(public_record).collect()
    }

    /// Lists the leaves that the next public head will have, ordered by name.
    pub async fn public_leaves(&mut self, group: &GroupId) -> Result<Vec<Leaf>, StoreError> {
        let query = sqlx::query_as::<_, LeafRow>(
            "SELECT collection, key, length, record_hash FROM record
             WHERE group_id = ? AND audience = 'public' ORDER BY collection, key",
        )
        .bind(group.to_vec());
        let rows = self.fetch_all(query).await?;
        rows.into_iter()
            .map(|row| row.into_leaf("record.record_hash", "record.key"))
            .collect()
    }

    /// Counts the records and bytes that the next public head will have.
    pub async fn public_totals(&mut self, group: &GroupId) -> Result<Totals, StoreError> {
        let query = sqlx::query_as::<_, (i64, i64)>(
            "SELECT count(*), coalesce(sum(length), 0) FROM record
             WHERE group_id = ? AND audience = 'public'",
        )
        .bind(group.to_vec());
        let (records, bytes) = self.fetch_one(query).await?;
        Ok(Totals {
            records: records.unsigned_abs(),
            bytes: bytes.unsigned_abs(),
        })
    }

    /// Counts the changes that the newest head does not have yet: edited public records,
    /// and leaves whose record was withdrawn.
    pub async fn waiting_records(&mut self, group: &GroupId) -> Result<u32, StoreError> {
        let query = sqlx::query_as::<_, (u32,)>(
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
        .bind(group.to_vec());
        Ok(self.fetch_one(query).await?.0)
    }
}

fn public_record((collection, key, bytes): PublicRow) -> Result<PublicRecord, StoreError> {
    Ok(PublicRecord {
        name: record_name(collection, key, "record.key")?,
        bytes,
    })
}

fn stored_record(row: RecordRow) -> Result<StoredRecord, StoreError> {
    let name = record_name(row.collection, row.key, "record.key")?;
    let audience = Audience::from_text(&row.audience);
    let adjustments = serde_json::from_str(&row.adjustments);
    let consent = row.consent.as_deref();
    let consent = consent.map(steward_v1::StoryConsent::decode).transpose();
    Ok(StoredRecord {
        entry: RecordEntry {
            audience: check_column(audience, "record.audience", &name)?,
            hash: bytes_column(&row.record_hash, "record.record_hash", &name)?,
            length: row.length,
            adjustments: check_column(adjustments, "record.adjustments", &name)?,
            consent: check_column(consent, "record.consent", &name)?,
            name,
            create_time: Timestamp::from_millis(row.created_at),
            update_time: Timestamp::from_millis(row.updated_at),
        },
        published: row.published,
    })
}
