//! Reading visible records.

use async_trait::async_trait;
use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_store::{RecordReader, Result, ShownRecord, StoredRecord};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

use crate::decode;
use crate::decode::{row_limit, unsigned};
use crate::sqlite_store::SqliteStore;

/// Names or groups in one query. With a limit, few different statements stay prepared.
const MAX_KEYS: usize = 64;

#[async_trait]
impl RecordReader for SqliteStore {
    async fn record(
        &self,
        group: &GroupId,
        view: &View,
        name: &RecordName,
    ) -> Result<Option<Vec<u8>>> {
        let query = sqlx::query_scalar(
            "SELECT b.record FROM leaf l \
             JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
             WHERE l.group_id = ? AND l.view = ? AND l.collection = ? AND l.key = ? \
             AND l.state = 0 AND l.hidden = 0",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(name.collection.as_str())
        .bind(name.key.as_str());
        Ok(query.fetch_optional(&self.readers).await?)
    }

    async fn shown_records(
        &self,
        names: &[(GroupId, RecordName)],
    ) -> Result<Vec<Option<ShownRecord>>> {
        let mut records: Vec<Option<ShownRecord>> = vec![None; names.len()];
        for (chunk, names) in names.chunks(MAX_KEYS).enumerate() {
            // Few sizes, so that the statements stay prepared. Unused places are NULL, which equals
            // no key.
            let places = names.len().next_power_of_two();
            let values = vec!["(?,?,?,?)"; places].join(",");
            // CROSS JOIN fixes the order of the joins: the names come first, and each is one
            // lookup in the key of `leaf`.
            let statement = format!(
                "WITH wanted (place, group_id, collection, key) AS (VALUES {values}) \
                 SELECT w.place, l.collection, l.key, l.record_hash, b.record, g.revision \
                 FROM wanted w CROSS JOIN known_group g ON g.group_id = w.group_id \
                 CROSS JOIN leaf l ON l.group_id = w.group_id AND l.view = ? \
                 AND l.collection = w.collection AND l.key = w.key \
                 CROSS JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
                 WHERE l.state = 0 AND l.hidden = 0"
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for (place, (group, name)) in (chunk * MAX_KEYS..).zip(names) {
                query = query
                    .bind(row_limit(place))
                    .bind(group.as_bytes().as_slice())
                    .bind(name.collection.as_str())
                    .bind(name.key.as_str());
            }
            for _ in names.len()..places {
                query = query
                    .bind(None::<i64>)
                    .bind(None::<&[u8]>)
                    .bind(None::<&str>)
                    .bind(None::<&str>);
            }
            let rows = query
                .bind(View::public().as_str().to_owned())
                .fetch_all(&self.readers)
                .await?;
            for row in &rows {
                let place: i64 = row.try_get("place")?;
                let record = ShownRecord {
                    record: stored_record(row)?,
                    group_revision: unsigned(row.try_get("revision")?),
                };
                let place = usize::try_from(place).ok();
                if let Some(slot) = place.and_then(|place| records.get_mut(place)) {
                    *slot = Some(record);
                }
            }
        }
        Ok(records)
    }

    async fn list_records(
        &self,
        group: &GroupId,
        view: &View,
        after: Option<&RecordName>,
        limit: usize,
    ) -> Result<Vec<StoredRecord>> {
        let (collection, key) = after
            .map(|name| (name.collection.to_string(), name.key.to_string()))
            .unwrap_or_default();
        let rows = sqlx::query(
            "SELECT l.collection, l.key, l.record_hash, b.record FROM leaf l \
             JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
             WHERE l.group_id = ? AND l.view = ? AND (l.collection, l.key) > (?, ?) \
             AND l.state = 0 AND l.hidden = 0 ORDER BY l.collection, l.key LIMIT +?",
        )
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .bind(collection)
        .bind(key)
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(stored_record).collect()
    }

    async fn list_records_of_groups(
        &self,
        groups: &[GroupId],
        limit: usize,
    ) -> Result<Vec<(GroupId, StoredRecord)>> {
        // Sorted, so that the groups of one query come before those of the next.
        let mut groups = groups.to_vec();
        groups.sort_unstable();
        groups.dedup();
        let mut records = Vec::new();
        for groups in groups.chunks(MAX_KEYS) {
            // Padded to a power of two by repeating groups, so that seven statements stay
            // prepared rather than 64.
            let width = groups.len().next_power_of_two();
            let parameters = vec!["?"; width].join(",");
            let statement = format!(
                "SELECT l.group_id, l.collection, l.key, l.record_hash, b.record FROM leaf l \
                 JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
                 WHERE l.group_id IN ({parameters}) AND l.view = ? AND l.state = 0 \
                 AND l.hidden = 0 ORDER BY l.group_id, l.collection, l.key LIMIT +?"
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for group in groups.iter().cycle().take(width) {
                query = query.bind(group.as_bytes().as_slice());
            }
            let rows = query
                .bind(View::public().as_str().to_owned())
                .bind(row_limit(limit - records.len()))
                .fetch_all(&self.readers)
                .await?;
            for row in &rows {
                records.push((decode::group_id(row)?, stored_record(row)?));
            }
            if records.len() >= limit {
                break;
            }
        }
        Ok(records)
    }

    async fn body(
        &self,
        group: &GroupId,
        view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>> {
        // Leaves may share a body: one that is visible is enough.
        let query = sqlx::query_scalar(
            "SELECT b.record FROM leaf l \
             JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
             WHERE l.group_id = ? AND l.record_hash = ? AND l.view = ? \
             AND l.state = 0 AND l.hidden = 0 LIMIT 1",
        )
        .bind(group.as_bytes().as_slice())
        .bind(hash.as_bytes().as_slice())
        .bind(view.as_str());
        Ok(query.fetch_optional(&self.readers).await?)
    }
}

fn stored_record(row: &SqliteRow) -> Result<StoredRecord> {
    Ok(StoredRecord {
        name: decode::name(row, "leaf")?,
        record_hash: decode::record_hash(row, "leaf")?,
        record: row.try_get("record")?,
    })
}
