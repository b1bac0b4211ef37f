//! Reading changes for the search index, in order of revision.

use async_trait::async_trait;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_store::{
    Changes, GroupRow, Inconsistency, IndexChange, IndexChangeKind, IndexSource, PendingKind,
    Result, StoredRecord,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::decode;
use crate::decode::{GROUP, row_limit, signed, unsigned};
use crate::groups::rows_of_groups;
use crate::sqlite_store::SqliteStore;

#[async_trait]
impl IndexSource for SqliteStore {
    /// Reads the three kinds of change, each in order and at most `limit`, and merges them: the
    /// first `limit` of all are among the first `limit` of each.
    async fn changes_after(&self, revision: u64, limit: usize) -> Result<Changes> {
        let mut tx = self.readers.begin().await?;
        let after = signed(revision);
        let latest = match self.latest(&mut tx, after).await? {
            Position::At(latest) => latest,
            Position::TooOld(latest) => return Ok(too_old(latest)),
        };
        let rows = group_changes(&mut tx, after, limit).await?;
        let mut changes = decode_all(&rows, group_change)?;
        let until = leaves_until(&changes, latest, limit);
        changes.append(&mut leaf_changes(&mut tx, (after, until), limit).await?);
        let rows = removals(&mut tx, (after, until), limit).await?;
        changes.append(&mut removed(&rows, "removal")?);
        Ok(page(changes, unsigned(latest), limit))
    }

    async fn pending_after(&self, revision: u64, limit: usize) -> Result<Changes<PendingKind>> {
        let mut tx = self.readers.begin().await?;
        let after = signed(revision);
        let latest = match self.latest(&mut tx, after).await? {
            Position::At(latest) => latest,
            Position::TooOld(latest) => return Ok(too_old(latest)),
        };
        let rows = group_changes(&mut tx, after, limit).await?;
        let mut changes = decode_all(&rows, pending_group)?;
        let until = leaves_until(&changes, latest, limit);
        changes.append(&mut pending_leaves(&mut tx, (after, until), limit).await?);
        let rows = removals(&mut tx, (after, until), limit).await?;
        changes.append(&mut decode_all(&rows, |row| {
            Ok(PendingKind::Removed(decode::name(row, "removal")?))
        })?);
        Ok(page(changes, unsigned(latest), limit))
    }

    async fn hidden_after(&self, revision: u64, limit: usize) -> Result<Changes> {
        let mut tx = self.readers.begin().await?;
        let after = signed(revision);
        let latest = match self.latest(&mut tx, after).await? {
            Position::At(latest) => latest,
            Position::TooOld(latest) => return Ok(too_old(latest)),
        };
        let mut changes = hidden_groups(&mut tx, (after, latest), limit).await?;
        changes.append(&mut hidden_leaves(&mut tx, (after, latest), limit).await?);
        let rows = removals(&mut tx, (after, latest), limit).await?;
        changes.append(&mut removed(&rows, "removal")?);
        Ok(page(changes, unsigned(latest), limit))
    }

    async fn list_groups(&self, after: Option<&GroupId>, limit: usize) -> Result<Vec<GroupId>> {
        let rows = sqlx::query(
            "SELECT group_id FROM known_group WHERE group_id > ? ORDER BY group_id LIMIT +?",
        )
        // Without `after`, an empty blob, which comes before every id.
        .bind(after.map(GroupId::to_vec).unwrap_or_default())
        .bind(row_limit(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(decode::group_id).collect()
    }

    async fn get_groups(&self, groups: &[GroupId]) -> Result<Vec<GroupRow>> {
        let rows = rows_of_groups(&self.readers, GROUP, groups).await?;
        rows.iter().map(decode::group).collect()
    }
}

impl SqliteStore {
    /// Compares the revision of a reader with the store's.
    async fn latest(&self, tx: &mut SqliteConnection, after: i64) -> Result<Position> {
        let (latest, pruned): (i64, i64) =
            sqlx::query_as("SELECT revision, pruned_revision FROM server WHERE group_id = ?")
                .bind(self.own.as_bytes().as_slice())
                .fetch_one(tx)
                .await?;
        // A revision that this store never assigned comes from another stream. Revision 0 needs
        // no removals, because its reader has nothing yet.
        if after > latest || (after > 0 && after < pruned) {
            return Ok(Position::TooOld(latest));
        }
        Ok(Position::At(latest))
    }
}

/// The latest revision of the store, by whether a reader's own revision leads to it.
enum Position {
    At(i64),
    TooOld(i64),
}

/// The page for a reader whose revision is too old.
fn too_old<K>(latest: i64) -> Changes<K> {
    Changes {
        changes: Vec::new(),
        through: unsigned(latest),
        too_old: true,
    }
}

/// Returns the revision up to which leaves are read. A full page of groups ends at its last
/// revision, so leaves after that are not needed. Without this bound, many new groups would mean
/// scanning all their leaves, which are read with their group, for each page.
fn leaves_until<K>(groups: &[IndexChange<K>], latest: i64, limit: usize) -> i64 {
    match groups.last() {
        Some(last) if groups.len() >= limit => signed(last.revision),
        _ => latest,
    }
}

/// Returns the first `limit` of changes of several kinds, of which each has its first `limit`.
fn page<K>(mut changes: Vec<IndexChange<K>>, latest: u64, limit: usize) -> Changes<K> {
    changes.sort_by_key(|change| change.revision);
    let is_full = changes.len() >= limit;
    changes.truncate(limit);
    let through = match changes.last() {
        Some(last) if is_full => last.revision,
        _ => latest,
    };
    Changes {
        changes,
        through,
        too_old: false,
    }
}

/// Groups that became invisible.
async fn hidden_groups(
    tx: &mut SqliteConnection,
    (after, until): (i64, i64),
    limit: usize,
) -> Result<Vec<IndexChange>> {
    let rows = sqlx::query(
        "SELECT group_id, shown_revision AS revision FROM known_group \
         WHERE shown_revision > ?1 AND shown_revision <= ?2 AND shown = 0 \
         ORDER BY shown_revision LIMIT +?3",
    )
    .bind(after)
    .bind(until)
    .bind(row_limit(limit))
    .fetch_all(tx)
    .await?;
    decode_all(&rows, |_| Ok(IndexChangeKind::GroupHidden))
}

/// Leaves of visible groups that became invisible, selected like [`leaf_changes`].
async fn hidden_leaves(
    tx: &mut SqliteConnection,
    (after, until): (i64, i64),
    limit: usize,
) -> Result<Vec<IndexChange>> {
    let rows = sqlx::query(
        "SELECT l.revision, l.group_id, l.collection, l.key \
         FROM leaf l JOIN known_group g ON g.group_id = l.group_id \
         WHERE l.revision > ?1 AND l.revision <= ?2 AND l.view = ?3 AND g.shown = 1 \
         AND (g.shown_revision <= ?1 OR l.revision > g.shown_revision) \
         AND NOT (l.state = 0 AND l.hidden = 0) \
         ORDER BY l.revision LIMIT +?4",
    )
    .bind(after)
    .bind(until)
    .bind(View::public().as_str())
    .bind(row_limit(limit))
    .fetch_all(tx)
    .await?;
    removed(&rows, "leaf")
}

/// Groups that became visible or invisible.
async fn group_changes(
    tx: &mut SqliteConnection,
    after: i64,
    limit: usize,
) -> Result<Vec<SqliteRow>> {
    let rows = sqlx::query(
        "SELECT g.group_id, g.shown, g.shown_revision AS revision, h.leaf_count, h.bytes \
         FROM known_group g LEFT JOIN head h ON h.group_id = g.group_id AND h.view = ?1 \
         WHERE g.shown_revision > ?2 ORDER BY g.shown_revision LIMIT +?3",
    )
    .bind(View::public().as_str())
    .bind(after)
    .bind(row_limit(limit))
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

fn group_change(row: &SqliteRow) -> Result<IndexChangeKind> {
    Ok(match shown_records(row)? {
        Some(records) => IndexChangeKind::GroupShown(records),
        None => IndexChangeKind::GroupHidden,
    })
}

fn pending_group(row: &SqliteRow) -> Result<PendingKind> {
    Ok(match shown_records(row)? {
        Some(records) => PendingKind::GroupShown {
            records,
            bytes: unsigned(row.try_get::<Option<i64>, _>("bytes")?.unwrap_or(0)),
        },
        None => PendingKind::GroupHidden,
    })
}

/// Returns the number of a group's records; `None` if it is hidden.
fn shown_records(row: &SqliteRow) -> Result<Option<u32>> {
    if !row.try_get::<bool, _>("shown")? {
        return Ok(None);
    }
    let records: Option<i64> = row.try_get("leaf_count")?;
    let records = records.map_or(Ok(0), u32::try_from);
    Ok(Some(records.unwrap_or(u32::MAX)))
}

/// Leaves of visible groups. If a group became visible after `after`, only changes since then:
/// the reader fetches the earlier ones with the group.
async fn leaf_changes(
    tx: &mut SqliteConnection,
    (after, until): (i64, i64),
    limit: usize,
) -> Result<Vec<IndexChange>> {
    let rows = sqlx::query(
        "SELECT l.revision, l.group_id, l.collection, l.key, l.record_hash, \
         l.state = 0 AND l.hidden = 0 AS visible, b.record \
         FROM leaf l JOIN known_group g ON g.group_id = l.group_id \
         LEFT JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
         WHERE l.revision > ?1 AND l.revision <= ?2 AND l.view = ?3 AND g.shown = 1 \
         AND (g.shown_revision <= ?1 OR l.revision > g.shown_revision) \
         ORDER BY l.revision LIMIT +?4",
    )
    .bind(after)
    .bind(until)
    .bind(View::public().as_str())
    .bind(row_limit(limit))
    .fetch_all(tx)
    .await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in &rows {
        let name = decode::name(row, "leaf")?;
        let record_hash = decode::record_hash(row, "leaf")?;
        let record: Option<Vec<u8>> = row.try_get("record")?;
        let kind = match (row.try_get::<bool, _>("visible")?, record) {
            (false, _) => IndexChangeKind::Removed(name),
            (true, Some(record)) => IndexChangeKind::Put(StoredRecord {
                name,
                record_hash,
                record,
            }),
            (true, None) => {
                // Not returned as an error: the index could then never get past this row.
                let error = Inconsistency::new("body", "record_hash", record_hash.to_string());
                tracing::error!(%error, "a record is not indexed because its body is missing");
                IndexChangeKind::Removed(name)
            }
        };
        changes.push(change(row, kind)?);
    }
    Ok(changes)
}

/// The same without bodies.
async fn pending_leaves(
    tx: &mut SqliteConnection,
    (after, until): (i64, i64),
    limit: usize,
) -> Result<Vec<IndexChange<PendingKind>>> {
    let rows = sqlx::query(
        "SELECT l.revision, l.group_id, l.collection, l.key, l.length, \
         l.state = 0 AND l.hidden = 0 AS visible \
         FROM leaf l JOIN known_group g ON g.group_id = l.group_id \
         WHERE l.revision > ?1 AND l.revision <= ?2 AND l.view = ?3 AND g.shown = 1 \
         AND (g.shown_revision <= ?1 OR l.revision > g.shown_revision) \
         ORDER BY l.revision LIMIT +?4",
    )
    .bind(after)
    .bind(until)
    .bind(View::public().as_str())
    .bind(row_limit(limit))
    .fetch_all(tx)
    .await?;
    decode_all(&rows, |row| {
        let name = decode::name(row, "leaf")?;
        Ok(if row.try_get("visible")? {
            let bytes = unsigned(row.try_get("length")?);
            PendingKind::Put { name, bytes }
        } else {
            PendingKind::Removed(name)
        })
    })
}

/// Removals in visible groups, selected like [`leaf_changes`].
async fn removals(
    tx: &mut SqliteConnection,
    (after, until): (i64, i64),
    limit: usize,
) -> Result<Vec<SqliteRow>> {
    let rows = sqlx::query(
        "SELECT r.revision, r.group_id, r.collection, r.key \
         FROM removal r JOIN known_group g ON g.group_id = r.group_id \
         WHERE r.revision > ?1 AND r.revision <= ?2 AND r.view = ?3 AND g.shown = 1 \
         AND (g.shown_revision <= ?1 OR r.revision > g.shown_revision) \
         ORDER BY r.revision LIMIT +?4",
    )
    .bind(after)
    .bind(until)
    .bind(View::public().as_str())
    .bind(row_limit(limit))
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Decodes rows of a table, each of which names a record that is no longer shown.
fn removed(rows: &[SqliteRow], table: &'static str) -> Result<Vec<IndexChange>> {
    decode_all(rows, |row| {
        Ok(IndexChangeKind::Removed(decode::name(row, table)?))
    })
}

/// Decodes rows, each to a change of the kind that `kind` reads.
fn decode_all<K>(
    rows: &[SqliteRow],
    kind: impl Fn(&SqliteRow) -> Result<K>,
) -> Result<Vec<IndexChange<K>>> {
    rows.iter().map(|row| change(row, kind(row)?)).collect()
}

fn change<K>(row: &SqliteRow, kind: K) -> Result<IndexChange<K>> {
    Ok(IndexChange {
        revision: unsigned(row.try_get("revision")?),
        group_id: decode::group_id(row)?,
        kind,
    })
}
