//! Reading what stands under a head.

use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use sqlx::AssertSqlSafe;
use sqlx::Row;
use sqlx::Sqlite;
use sqlx::SqliteConnection;
use sqlx::Transaction;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::decode;
use super::decode::rows;
use hedgerow_store::Difference;
use hedgerow_store::Inconsistency;
use hedgerow_store::RefusalRow;
use hedgerow_store::Result;
use hedgerow_store::StoredHead;
use hedgerow_store::StoredRecord;

pub(super) async fn record(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    name: &RecordName,
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = sqlx::query_as(
        "SELECT b.record FROM leaf l \
         JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
         WHERE l.group_id = ? AND l.view = ? AND l.collection = ? AND l.key = ? \
         AND l.state = 0 AND l.hidden = 0",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(name.collection.as_str())
    .bind(name.key.as_str())
    .fetch_optional(&store.readers)
    .await?;
    Ok(row.map(|(record,)| record))
}

/// How many are asked for in one statement: few different statements stay prepared.
const AT_ONCE: usize = 64;

pub(super) async fn shown_records(
    store: &SqliteStore,
    names: &[(GroupId, RecordName)],
) -> Result<Vec<Option<StoredRecord>>> {
    let mut records: Vec<Option<StoredRecord>> = vec![None; names.len()];
    for (chunk, asked) in names.chunks(AT_ONCE).enumerate() {
        let values = std::iter::repeat_n("(?,?,?,?)", asked.len());
        let values = values.collect::<Vec<_>>().join(",");
        // The names come first, so that each is one step into the leaves' key.
        let statement = format!(
            "WITH asked (place, group_id, collection, key) AS (VALUES {values}) \
             SELECT a.place, l.collection, l.key, l.record_hash, b.record FROM asked a \
             CROSS JOIN leaf l ON l.group_id = a.group_id AND l.view = ? \
             AND l.collection = a.collection AND l.key = a.key \
             CROSS JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
             WHERE l.state = 0 AND l.hidden = 0"
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for (place, (group, name)) in (chunk * AT_ONCE..).zip(asked) {
            query = query
                .bind(rows(place))
                .bind(group.as_bytes().as_slice())
                .bind(name.collection.as_str())
                .bind(name.key.as_str());
        }
        let found = query
            .bind(View::public().as_str().to_owned())
            .fetch_all(&store.readers)
            .await?;
        for row in &found {
            let place: i64 = row.try_get("place")?;
            let record = shown(row)?;
            let place = usize::try_from(place).ok();
            if let Some(slot) = place.and_then(|place| records.get_mut(place)) {
                *slot = Some(record);
            }
        }
    }
    Ok(records)
}

pub(super) async fn body(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    hash: &RecordHash,
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = sqlx::query_as(
        "SELECT b.record FROM leaf l \
         JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
         WHERE l.group_id = ? AND l.record_hash = ? AND l.view = ? \
         AND l.state = 0 AND l.hidden = 0 LIMIT 1",
    )
    .bind(group.as_bytes().as_slice())
    .bind(hash.as_bytes().as_slice())
    .bind(view.as_str())
    .fetch_optional(&store.readers)
    .await?;
    Ok(row.map(|(record,)| record))
}

pub(super) async fn records_of(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    after: Option<&RecordName>,
    limit: usize,
) -> Result<Vec<StoredRecord>> {
    let (collection, key) = after
        .map(|name| (name.collection.to_string(), name.key.to_string()))
        .unwrap_or_default();
    let found = sqlx::query(
        "SELECT l.collection, l.key, l.record_hash, b.record FROM leaf l \
         JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
         WHERE l.group_id = ? AND l.view = ? AND (l.collection, l.key) > (?, ?) AND l.state = 0 \
         AND l.hidden = 0 ORDER BY l.collection, l.key LIMIT +?",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(collection)
    .bind(key)
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found.iter().map(shown).collect()
}

pub(super) async fn records_of_groups(
    store: &SqliteStore,
    groups: &[GroupId],
    limit: usize,
) -> Result<Vec<(GroupId, StoredRecord)>> {
    // Sorted, so that those asked for in one statement come before those of the next.
    let mut groups = groups.to_vec();
    groups.sort_unstable();
    groups.dedup();
    let mut records = Vec::new();
    for asked in groups.chunks(AT_ONCE) {
        // Some are asked for twice, so that few different statements stay prepared.
        let width = asked.len().next_power_of_two();
        let values = std::iter::repeat_n("?", width).collect::<Vec<_>>();
        let statement = format!(
            "SELECT l.group_id, l.collection, l.key, l.record_hash, b.record FROM leaf l \
             JOIN body b ON b.group_id = l.group_id AND b.record_hash = l.record_hash \
             WHERE l.group_id IN ({}) AND l.view = ? AND l.state = 0 AND l.hidden = 0 \
             ORDER BY l.group_id, l.collection, l.key LIMIT +?",
            values.join(",")
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for group in asked.iter().cycle().take(width) {
            query = query.bind(group.as_bytes().as_slice());
        }
        let found = query
            .bind(View::public().as_str().to_owned())
            .bind(rows(limit - records.len()))
            .fetch_all(&store.readers)
            .await?;
        for row in &found {
            records.push((decode::group_id(row)?, shown(row)?));
        }
        if records.len() >= limit {
            break;
        }
    }
    Ok(records)
}

/// A record that is shown.
fn shown(row: &SqliteRow) -> Result<StoredRecord> {
    Ok(StoredRecord {
        name: decode::name(row, "leaf")?,
        record_hash: decode::record_hash(row, "leaf")?,
        record: row.try_get("record")?,
    })
}

pub(super) async fn manifest(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
) -> Result<Option<(StoredHead, Manifest)>> {
    let mut tx = store.readers.begin().await?;
    let Some(head) = whole_head(&mut tx, group, view).await? else {
        return Ok(None);
    };
    let leaves = leaves_after(&mut tx, group, view, 0).await?;
    let manifest = Manifest::from_sorted(leaves)
        .map_err(|_| Inconsistency::new("leaf", "key", group.to_string()))?;
    Ok(Some((head, manifest)))
}

pub(super) async fn difference(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    from: &PayloadHash,
) -> Result<Option<Difference>> {
    let mut tx = store.readers.begin().await?;
    let Some(head) = whole_head(&mut tx, group, view).await? else {
        return Ok(None);
    };
    let since: Option<(i64,)> = sqlx::query_as(
        "SELECT revision FROM head_history WHERE group_id = ? AND view = ? AND hash = ?",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(from.as_bytes().as_slice())
    .fetch_optional(&mut *tx)
    .await?;
    let Some((since,)) = since else {
        return Ok(None);
    };
    let puts = leaves_after(&mut tx, group, view, since).await?;
    let removed = sqlx::query(
        "SELECT collection, key FROM removal WHERE group_id = ? AND view = ? AND revision > ? \
         ORDER BY collection, key",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(since)
    .fetch_all(&mut *tx)
    .await?;
    let removals = removed
        .iter()
        .map(|row| decode::name(row, "removal"))
        .collect::<Result<Vec<_>>>()?;
    Ok(Some(Difference {
        head,
        removals,
        puts,
    }))
}

async fn whole_head(
    tx: &mut Transaction<'static, Sqlite>,
    group: &GroupId,
    view: &View,
) -> Result<Option<StoredHead>> {
    let row = sqlx::query("SELECT * FROM head WHERE group_id = ? AND view = ? AND whole = 1")
        .bind(group.as_bytes().as_slice())
        .bind(view.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(decode::head).transpose()
}

async fn leaves_after(
    db: &mut SqliteConnection,
    group: &GroupId,
    view: &View,
    revision: i64,
) -> Result<Vec<Leaf>> {
    let found = sqlx::query(
        "SELECT collection, key, length, record_hash FROM leaf \
         WHERE group_id = ? AND view = ? AND revision > ? ORDER BY collection, key",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(revision)
    .fetch_all(db)
    .await?;
    found.iter().map(decode::leaf).collect()
}

pub(super) async fn refusals(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    limit: usize,
) -> Result<Vec<RefusalRow>> {
    let found = sqlx::query(
        "SELECT collection, key, reason, detail FROM leaf \
         WHERE group_id = ? AND view = ? AND state = 2 AND hidden = 0 \
         ORDER BY collection, key LIMIT +?",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            let reason: Option<String> = row.try_get("reason")?;
            let detail: Option<String> = row.try_get("detail")?;
            Ok(RefusalRow {
                name: decode::name(row, "leaf")?,
                reason: reason.unwrap_or_default(),
                detail: detail.unwrap_or_default(),
            })
        })
        .collect()
}

pub(super) async fn wanted(
    store: &SqliteStore,
    group: &GroupId,
    view: &View,
    limit: usize,
) -> Result<Vec<RecordHash>> {
    let found = sqlx::query(
        "SELECT record_hash FROM leaf \
         WHERE group_id = ? AND view = ? AND state = 1 AND hidden = 0 LIMIT +?",
    )
    .bind(group.as_bytes().as_slice())
    .bind(view.as_str())
    .bind(rows(limit))
    .fetch_all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| decode::record_hash(row, "leaf"))
        .collect()
}
