//! What changed, for whoever follows by revision.

use hedgerow_core::name::View;
use sqlx::Row;
use sqlx::Sqlite;
use sqlx::Transaction;

use super::SqliteStore;
use super::decode;
use super::decode::rows;
use super::decode::signed;
use super::decode::unsigned;
use hedgerow_store::Changes;
use hedgerow_store::Inconsistency;
use hedgerow_store::IndexChange;
use hedgerow_store::IndexChangeKind;
use hedgerow_store::Result;
use hedgerow_store::StoredRecord;

/// Reads the three kinds of change, each in order and bounded by `limit`, and merges
/// them: the first `limit` of all are among the first `limit` of each.
///
/// A group that became shown after `revision` is told once, by `GroupShown`; what
/// changed of its records up to then is read with it.
pub(super) async fn changes_after(
    store: &SqliteStore,
    revision: u64,
    limit: usize,
) -> Result<Changes> {
    let mut tx = store.readers.begin().await?;
    let (latest, pruned): (i64, i64) =
        sqlx::query_as("SELECT revision, pruned_revision FROM server WHERE group_id = ?")
            .bind(store.own.as_bytes().as_slice())
            .fetch_one(&mut *tx)
            .await?;
    let after = signed(revision);
    if after > latest || (after > 0 && after < pruned) {
        return Ok(Changes {
            changes: Vec::new(),
            through: unsigned(latest),
            too_old: true,
        });
    }
    let mut changes = groups(&mut tx, after, limit).await?;
    // Of many groups that are new, all leaves would be looked through for each few of them.
    let until = match changes.last() {
        Some(last) if changes.len() >= limit => signed(last.revision),
        _ => latest,
    };
    changes.append(&mut leaves(&mut tx, after, until, limit).await?);
    changes.append(&mut removals(&mut tx, after, until, limit).await?);
    changes.sort_by_key(|change| change.revision);
    let through = if changes.len() < limit {
        unsigned(latest)
    } else {
        changes.truncate(limit);
        changes.last().map_or(revision, |change| change.revision)
    };
    Ok(Changes {
        changes,
        through,
        too_old: false,
    })
}

async fn leaves(
    tx: &mut Transaction<'static, Sqlite>,
    after: i64,
    until: i64,
    limit: usize,
) -> Result<Vec<IndexChange>> {
    let found = sqlx::query(
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
    .bind(rows(limit))
    .fetch_all(&mut **tx)
    .await?;
    let mut changes = Vec::with_capacity(found.len());
    for row in &found {
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
                // Nobody could follow past this row if it were an error of them all.
                let error = Inconsistency::new("body", "record_hash", record_hash.to_string());
                tracing::error!(%error, "a record is not shown: its body is gone");
                IndexChangeKind::Removed(name)
            }
        };
        changes.push(IndexChange {
            revision: unsigned(row.try_get("revision")?),
            group_id: decode::group_id(row)?,
            kind,
        });
    }
    Ok(changes)
}

async fn removals(
    tx: &mut Transaction<'static, Sqlite>,
    after: i64,
    until: i64,
    limit: usize,
) -> Result<Vec<IndexChange>> {
    let found = sqlx::query(
        "SELECT r.revision, r.group_id, r.collection, r.key \
         FROM removal r JOIN known_group g ON g.group_id = r.group_id \
         WHERE r.revision > ?1 AND r.revision <= ?2 AND r.view = ?3 AND g.shown = 1 \
         AND (g.shown_revision <= ?1 OR r.revision > g.shown_revision) \
         ORDER BY r.revision LIMIT +?4",
    )
    .bind(after)
    .bind(until)
    .bind(View::public().as_str())
    .bind(rows(limit))
    .fetch_all(&mut **tx)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(IndexChange {
                revision: unsigned(row.try_get("revision")?),
                group_id: decode::group_id(row)?,
                kind: IndexChangeKind::Removed(decode::name(row, "removal")?),
            })
        })
        .collect()
}

async fn groups(
    tx: &mut Transaction<'static, Sqlite>,
    after: i64,
    limit: usize,
) -> Result<Vec<IndexChange>> {
    let found = sqlx::query(
        "SELECT g.group_id, g.shown, g.shown_revision AS revision, h.leaf_count \
         FROM known_group g LEFT JOIN head h ON h.group_id = g.group_id AND h.view = ?1 \
         WHERE g.shown_revision > ?2 ORDER BY g.shown_revision LIMIT +?3",
    )
    .bind(View::public().as_str())
    .bind(after)
    .bind(rows(limit))
    .fetch_all(&mut **tx)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(IndexChange {
                revision: unsigned(row.try_get("revision")?),
                group_id: decode::group_id(row)?,
                kind: if row.try_get("shown")? {
                    let records: Option<i64> = row.try_get("leaf_count")?;
                    let records = records.map_or(Ok(0), u32::try_from);
                    IndexChangeKind::GroupShown(records.unwrap_or(u32::MAX))
                } else {
                    IndexChangeKind::GroupHidden
                },
            })
        })
        .collect()
}
