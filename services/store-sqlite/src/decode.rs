//! Rows into types: the only place that knows what a column means.

use hedgerow_core::head::Position;
use hedgerow_core::head::Seq;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::id::Root;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_proto::v1;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use hedgerow_store::Exclusion;
use hedgerow_store::GroupRow;
use hedgerow_store::Inconsistency;
use hedgerow_store::Result;
use hedgerow_store::StoreError;
use hedgerow_store::StoredHead;
use hedgerow_store::Throttle;
use hedgerow_store::Tokens;
use hedgerow_store::ViewState;

/// The columns of [`group`].
macro_rules! group_columns {
    () => {
        "SELECT g.group_id, g.tip, g.tip_index, g.ended, g.forked, \
     g.shown, g.revision AS group_revision, e.reason AS excluded_reason, e.at AS excluded_at, \
     v.highest_hash IS NOT NULL AS seen, v.frozen_index, v.limit_name, v.limit_until, \
     h.envelope, h.hash, h.key_index, h.seq, h.root, h.leaf_count, h.issued_at, h.expires_at, \
     h.whole, h.invited, h.unconfirmed, h.endpoint, h.bytes, h.revision "
    };
}

/// What [`group_columns`] reads of a group beside its own row and its exclusion.
macro_rules! group_joins {
    () => {
        "LEFT JOIN view_state v ON v.group_id = g.group_id AND v.view = 'public' \
         LEFT JOIN head h ON h.group_id = g.group_id AND h.view = 'public' "
    };
}

/// Reads a group with its public head; the columns of [`group`].
pub(super) const GROUP: &str = concat!(
    group_columns!(),
    "FROM known_group g LEFT JOIN exclusion e ON e.group_id = g.group_id ",
    group_joins!(),
);

/// The same of one group, and always one row: of an unknown group its exclusion alone.
pub(super) const GROUP_OR_EXCLUSION: &str = concat!(
    group_columns!(),
    "FROM (SELECT ? AS group_id) AS asked \
     LEFT JOIN known_group g ON g.group_id = asked.group_id \
     LEFT JOIN exclusion e ON e.group_id = asked.group_id ",
    group_joins!(),
);

/// A number that SQLite keeps signed and that is never negative.
pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A number for SQLite; ours stay far below its limit.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A count as SQLite's limit. To be bound as `LIMIT +?`: into a parameter that stands there
/// alone SQLite looks when it plans, and so it plans anew whenever one is bound.
pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// An exclusion, beside a group's columns.
pub(super) fn exclusion(row: &SqliteRow) -> Result<Option<Exclusion>> {
    let excluded: Option<String> = row.try_get("excluded_reason")?;
    let exclusion = |reason| {
        let at = time(row, "excluded_at")?;
        Ok(Exclusion { reason, at })
    };
    excluded.map(exclusion).transpose()
}

/// Whether a row has a group at all.
pub(super) fn is_known(row: &SqliteRow) -> Result<bool> {
    let tip: Option<Vec<u8>> = row.try_get("tip")?;
    Ok(tip.is_some())
}

pub(super) fn group(row: &SqliteRow) -> Result<GroupRow> {
    let limit: Option<String> = row.try_get("limit_name")?;
    let held: Option<Vec<u8>> = row.try_get("envelope")?;
    Ok(GroupRow {
        group_id: group_id(row)?,
        tip: payload_hash(row, "known_group", "tip")?,
        tip_index: number(row, "known_group", "tip_index")?,
        ended: row.try_get("ended")?,
        forked: row.try_get("forked")?,
        exclusion: exclusion(row)?,
        frozen_index: optional_number(row, "view_state", "frozen_index")?,
        throttle: throttle(row, limit)?,
        shown: row.try_get("shown")?,
        revision: unsigned(row.try_get("group_revision")?),
        head: match held {
            Some(_) => Some(head(row)?),
            None => None,
        },
        seen: row.try_get("seen")?,
    })
}

pub(super) fn head(row: &SqliteRow) -> Result<StoredHead> {
    Ok(StoredHead {
        envelope: row.try_get("envelope")?,
        hash: payload_hash(row, "head", "hash")?,
        position: position(row, "head", "key_index", "seq")?,
        root: bytes(row, "head", "root", |value| Root::try_from(value).ok())?,
        count: number(row, "head", "leaf_count")?,
        issue_time: time(row, "issued_at")?,
        expire_time: time(row, "expires_at")?,
        whole: row.try_get("whole")?,
        invited: row.try_get("invited")?,
        unconfirmed: row.try_get("unconfirmed")?,
        endpoint: row.try_get("endpoint")?,
        bytes: unsigned(row.try_get("bytes")?),
        revision: unsigned(row.try_get("revision")?),
    })
}

pub(super) fn view_state(row: &SqliteRow) -> Result<ViewState> {
    let highest: Option<Vec<u8>> = row.try_get("highest")?;
    let limit: Option<String> = row.try_get("limit_name")?;
    let tokens: Option<i64> = row.try_get("tokens")?;
    let known = highest.is_some();
    Ok(ViewState {
        highest_position: if known {
            Some(position(
                row,
                "view_state",
                "highest_key_index",
                "highest_seq",
            )?)
        } else {
            None
        },
        highest_hash: if known {
            Some(payload_hash(row, "view_state", "highest_hash")?)
        } else {
            None
        },
        highest,
        frozen_index: optional_number(row, "view_state", "frozen_index")?,
        throttle: throttle(row, limit)?,
        tokens: match tokens {
            Some(thousandths) => Some(Tokens {
                thousandths,
                at: time(row, "tokens_at")?,
            }),
            None => None,
        },
    })
}

fn throttle(row: &SqliteRow, limit: Option<String>) -> Result<Option<Throttle>> {
    let Some(limit) = limit else { return Ok(None) };
    let until: Option<i64> = row.try_get("limit_until")?;
    Ok(Some(Throttle {
        limit,
        until: until.map(Timestamp::from_millis),
    }))
}

pub(super) fn leaf(row: &SqliteRow) -> Result<Leaf> {
    Ok(Leaf {
        name: name(row, "leaf")?,
        length: number(row, "leaf", "length")?,
        record_hash: record_hash(row, "leaf")?,
    })
}

pub(super) fn name(row: &SqliteRow, table: &'static str) -> Result<RecordName> {
    let name = v1::RecordName {
        collection: row.try_get("collection")?,
        key: row.try_get("key")?,
    };
    RecordName::try_from(&name)
        .map_err(|_| wrong(table, "key", format!("{}/{}", name.collection, name.key)))
}

pub(super) fn group_id(row: &SqliteRow) -> Result<GroupId> {
    bytes(row, "known_group", "group_id", |value| {
        GroupId::try_from(value).ok()
    })
}

pub(super) fn record_hash(row: &SqliteRow, table: &'static str) -> Result<RecordHash> {
    bytes(row, table, "record_hash", |value| {
        RecordHash::try_from(value).ok()
    })
}

pub(super) fn payload_hash(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> Result<PayloadHash> {
    bytes(row, table, column, |value| {
        PayloadHash::try_from(value).ok()
    })
}

pub(super) fn view(row: &SqliteRow) -> Result<View> {
    let text: String = row.try_get("view")?;
    View::parse(&text).map_err(|_| wrong("head", "view", text))
}

pub(super) fn time(row: &SqliteRow, column: &'static str) -> Result<Timestamp> {
    Ok(Timestamp::from_millis(row.try_get(column)?))
}

pub(super) fn position(
    row: &SqliteRow,
    table: &'static str,
    key_index: &'static str,
    seq: &'static str,
) -> Result<Position> {
    let value: i64 = row.try_get(seq)?;
    let seq = Seq::new(unsigned(value)).map_err(|_| wrong(table, seq, value.to_string()))?;
    Ok(Position {
        key_index: number(row, table, key_index)?,
        seq,
    })
}

fn number(row: &SqliteRow, table: &'static str, column: &'static str) -> Result<u32> {
    let value: i64 = row.try_get(column)?;
    u32::try_from(value).map_err(|_| wrong(table, column, value.to_string()))
}

fn optional_number(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> Result<Option<u32>> {
    let value: Option<i64> = row.try_get(column)?;
    value
        .map(|value| u32::try_from(value).map_err(|_| wrong(table, column, value.to_string())))
        .transpose()
}

fn bytes<T>(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
    parse: impl Fn(&[u8]) -> Option<T>,
) -> Result<T> {
    let value: Vec<u8> = row.try_get(column)?;
    parse(&value).ok_or_else(|| wrong(table, column, hex::encode(&value)))
}

fn wrong(table: &'static str, column: &'static str, id: String) -> StoreError {
    Inconsistency::new(table, column, id).into()
}
