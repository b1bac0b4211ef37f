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
    async fn changes_after(&self, revision: u64, limit: usize) -> Result<Changes> {
        self.read_after(&WITH_RECORDS, revision, limit).await
    }

    async fn pending_after(&self, revision: u64, limit: usize) -> Result<Changes<PendingKind>> {
        self.read_after(&PENDING, revision, limit).await
    }

    async fn hidden_after(&self, revision: u64, limit: usize) -> Result<Changes> {
        self.read_after(&ONLY_HIDDEN, revision, limit).await
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
    /// Reads the three kinds of change, each in order and at most `limit`, and merges them: the
    /// first `limit` of all are among the first `limit` of each.
    async fn read_after<K>(
        &self,
        reading: &Reading<K>,
        revision: u64,
        limit: usize,
    ) -> Result<Changes<K>> {
        let mut tx = self.readers.begin().await?;
        let after = signed(revision);
        let latest = match self.latest(&mut tx, after).await? {
            Position::At(latest) => latest,
            Position::TooOld(latest) => return Ok(too_old(latest)),
        };
        let mut changes = reading.groups.read(&mut tx, (after, latest), limit).await?;
        let until = leaves_until(&changes, latest, limit);
        for query in [&reading.leaves, &reading.removals] {
            changes.append(&mut query.read(&mut tx, (after, until), limit).await?);
        }
        Ok(page(changes, unsigned(latest), limit))
    }

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

/// What is read of changes, and how it becomes `K`.
struct Reading<K> {
    groups: Query<K>,
    leaves: Query<K>,
    removals: Query<K>,
}

/// A query of changes in order of revision, and the decoder of its rows. Its parameters are the
/// revisions after which and up to which it reads, the public view, and the limit.
struct Query<K> {
    sql: &'static str,
    kind: fn(&SqliteRow) -> Result<K>,
}

impl<K> Query<K> {
    async fn read(
        &self,
        tx: &mut SqliteConnection,
        (after, until): (i64, i64),
        limit: usize,
    ) -> Result<Vec<IndexChange<K>>> {
        let rows = sqlx::query(self.sql)
            .bind(after)
            .bind(until)
            .bind(View::public().as_str())
            .bind(row_limit(limit))
            .fetch_all(tx)
            .await?;
        let change = |row: &SqliteRow| {
            Ok(IndexChange {
                revision: unsigned(row.try_get("revision")?),
                group_id: decode::group_id(row)?,
                kind: (self.kind)(row)?,
            })
        };
        rows.iter().map(change).collect()
    }
}

/// Groups that became visible or invisible.
const CHANGED_GROUPS: &str = "\
    SELECT g.group_id, g.shown, g.shown_revision AS revision, h.leaf_count, h.bytes \
    FROM known_group g LEFT JOIN head h ON h.group_id = g.group_id AND h.view = ?3 \
    WHERE g.shown_revision > ?1 AND g.shown_revision <= ?2 \
    ORDER BY g.shown_revision LIMIT +?4";

const HIDDEN_GROUPS: &str = "\
    SELECT group_id, shown_revision AS revision FROM known_group \
    WHERE shown_revision > ?1 AND shown_revision <= ?2 AND ?3 = ?3 AND shown = 0 \
    ORDER BY shown_revision LIMIT +?4";

/// Rows `c` of a table, in visible groups. If a group became visible after the first revision,
/// only changes since then: the reader fetches the earlier ones with the group.
macro_rules! changed_records {
    ($columns:literal from $table:literal $(join $join:literal)? $(where $condition:literal)?) => {
        concat!(
            "SELECT c.revision, c.group_id, c.collection, c.key",
            $columns,
            " FROM ",
            $table,
            " c JOIN known_group g ON g.group_id = c.group_id",
            $(" LEFT JOIN ", $join,)?
            " WHERE c.revision > ?1 AND c.revision <= ?2 AND c.view = ?3 AND g.shown = 1 \
             AND (g.shown_revision <= ?1 OR c.revision > g.shown_revision)",
            $(" AND ", $condition,)?
            " ORDER BY c.revision LIMIT +?4",
        )
    };
}

const REMOVALS: &str = changed_records!("" from "removal");

const WITH_RECORDS: Reading<IndexChangeKind> = Reading {
    groups: Query {
        sql: CHANGED_GROUPS,
        kind: group_change,
    },
    leaves: Query {
        sql: changed_records!(
            ", c.record_hash, c.state = 0 AND c.hidden = 0 AS visible, b.record"
            from "leaf"
            join "body b ON b.group_id = c.group_id AND b.record_hash = c.record_hash"
        ),
        kind: leaf_change,
    },
    removals: Query {
        sql: REMOVALS,
        kind: removed,
    },
};

const PENDING: Reading<PendingKind> = Reading {
    groups: Query {
        sql: CHANGED_GROUPS,
        kind: pending_group,
    },
    leaves: Query {
        sql: changed_records!(
            ", c.length, c.state = 0 AND c.hidden = 0 AS visible" from "leaf"
        ),
        kind: pending_leaf,
    },
    removals: Query {
        sql: REMOVALS,
        kind: |row| Ok(PendingKind::Removed(decode::name(row, "removal")?)),
    },
};

const ONLY_HIDDEN: Reading<IndexChangeKind> = Reading {
    groups: Query {
        sql: HIDDEN_GROUPS,
        kind: |_| Ok(IndexChangeKind::GroupHidden),
    },
    leaves: Query {
        sql: changed_records!("" from "leaf" where "NOT (c.state = 0 AND c.hidden = 0)"),
        kind: |row| Ok(IndexChangeKind::Removed(decode::name(row, "leaf")?)),
    },
    removals: Query {
        sql: REMOVALS,
        kind: removed,
    },
};

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

fn leaf_change(row: &SqliteRow) -> Result<IndexChangeKind> {
    let name = decode::name(row, "leaf")?;
    let record_hash = decode::record_hash(row, "leaf")?;
    let record: Option<Vec<u8>> = row.try_get("record")?;
    Ok(match (row.try_get::<bool, _>("visible")?, record) {
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
    })
}

fn pending_leaf(row: &SqliteRow) -> Result<PendingKind> {
    let name = decode::name(row, "leaf")?;
    Ok(if row.try_get("visible")? {
        let bytes = unsigned(row.try_get("length")?);
        PendingKind::Put { name, bytes }
    } else {
        PendingKind::Removed(name)
    })
}

fn removed(row: &SqliteRow) -> Result<IndexChangeKind> {
    Ok(IndexChangeKind::Removed(decode::name(row, "removal")?))
}
