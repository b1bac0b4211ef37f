//! Decoding rows, with checked values: a damaged row becomes an error that names its column.

use hedgerow_core::envelope::{PayloadKind, without_padding};
use hedgerow_core::head::{Position, Seq};
use hedgerow_core::id::{GroupId, PayloadHash, RecordHash, Root};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_store::{
    Exclusion, GroupRow, HeadFacts, Inconsistency, Refusal, Result, StoreError, StoredHead,
    Throttle, Tokens, ViewState,
};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// The columns that [`group`] reads.
macro_rules! group_columns {
    () => {
        "SELECT g.group_id, g.tip, g.tip_index, g.ended, g.forked, \
     g.shown, g.revision AS group_revision, e.reason AS excluded_reason, e.at AS excluded_at, \
     v.highest_hash IS NOT NULL AS seen, v.frozen_index, v.limit_name, v.limit_until, \
     h.envelope, h.hash, h.key_index, h.seq, h.root, h.leaf_count, h.issued_at, h.expires_at, \
     h.whole, h.invited, h.unconfirmed, h.endpoint, h.bytes, h.revision "
    };
}

/// The tables of [`group_columns`] other than `known_group` and `exclusion`.
macro_rules! group_joins {
    () => {
        "LEFT JOIN view_state v ON v.group_id = g.group_id AND v.view = 'public' \
         LEFT JOIN head h ON h.group_id = g.group_id AND h.view = 'public' "
    };
}

/// Selects groups with their public heads.
pub(crate) const GROUP: &str = concat!(
    group_columns!(),
    "FROM known_group g LEFT JOIN exclusion e ON e.group_id = g.group_id ",
    group_joins!(),
);

/// Selects one group, by its only parameter. Always returns one row: an unknown group may have
/// an exclusion, its other columns are NULL.
pub(crate) const GROUP_OR_EXCLUSION: &str = concat!(
    group_columns!(),
    "FROM (SELECT ? AS group_id) AS wanted \
     LEFT JOIN known_group g ON g.group_id = wanted.group_id \
     LEFT JOIN exclusion e ON e.group_id = wanted.group_id ",
    group_joins!(),
);

/// An unsigned number from SQLite, whose integers are signed.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// An unsigned number for SQLite. Ours stay far below its limit.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A count for SQLite. In a limit it must be bound as `LIMIT +?`: SQLite plans a statement again
/// whenever a plain parameter of a LIMIT is bound, because the plan may depend on its value.
pub(crate) fn row_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Reads the exclusion from [`group_columns`].
pub(crate) fn exclusion(row: &SqliteRow) -> Result<Option<Exclusion>> {
    let reason: Option<String> = row.try_get("excluded_reason")?;
    let exclusion = |reason| {
        let at = time(row, "excluded_at")?;
        Ok(Exclusion { reason, at })
    };
    reason.map(exclusion).transpose()
}

/// Whether a row of [`GROUP_OR_EXCLUSION`] contains a group.
pub(crate) fn is_known(row: &SqliteRow) -> Result<bool> {
    let tip: Option<Vec<u8>> = row.try_get("tip")?;
    Ok(tip.is_some())
}

pub(crate) fn group(row: &SqliteRow) -> Result<GroupRow> {
    let envelope: Option<Vec<u8>> = row.try_get("envelope")?;
    Ok(GroupRow {
        group_id: group_id(row)?,
        tip: payload_hash(row, "known_group", "tip")?,
        tip_index: number(row, "known_group", "tip_index")?,
        ended: row.try_get("ended")?,
        forked: row.try_get("forked")?,
        exclusion: exclusion(row)?,
        frozen_index: optional_number(row, "view_state", "frozen_index")?,
        throttle: throttle(row)?,
        shown: row.try_get("shown")?,
        revision: unsigned(row.try_get("group_revision")?),
        head: match envelope {
            Some(_) => Some(head(row)?),
            None => None,
        },
        seen: row.try_get("seen")?,
    })
}

pub(crate) fn head(row: &SqliteRow) -> Result<StoredHead> {
    Ok(StoredHead {
        facts: HeadFacts {
            // Earlier versions stored unsigned bytes too; followers reject such envelopes.
            envelope: without_padding(row.try_get("envelope")?, PayloadKind::Head),
            hash: payload_hash(row, "head", "hash")?,
            position: position(row, "head", "key_index", "seq")?,
            root: bytes(row, "head", "root", |value| Root::try_from(value).ok())?,
            count: number(row, "head", "leaf_count")?,
            issue_time: time(row, "issued_at")?,
            expire_time: time(row, "expires_at")?,
            endpoint: row.try_get("endpoint")?,
            invited: row.try_get("invited")?,
        },
        whole: row.try_get("whole")?,
        unconfirmed: row.try_get("unconfirmed")?,
        bytes: unsigned(row.try_get("bytes")?),
        revision: unsigned(row.try_get("revision")?),
    })
}

pub(crate) fn view_state(row: &SqliteRow) -> Result<ViewState> {
    const TABLE: &str = "view_state";
    let highest: Option<Vec<u8>> = row.try_get("highest")?;
    let tokens: Option<i64> = row.try_get("tokens")?;
    let (highest_position, highest_hash) = if highest.is_some() {
        let position = position(row, TABLE, "highest_key_index", "highest_seq")?;
        let hash = payload_hash(row, TABLE, "highest_hash")?;
        (Some(position), Some(hash))
    } else {
        (None, None)
    };
    Ok(ViewState {
        highest: highest.map(|head| without_padding(head, PayloadKind::Head)),
        highest_position,
        highest_hash,
        frozen_index: optional_number(row, TABLE, "frozen_index")?,
        throttle: throttle(row)?,
        tokens: match tokens {
            Some(thousandths) => Some(Tokens {
                thousandths,
                at: time(row, "tokens_at")?,
            }),
            None => None,
        },
    })
}

fn throttle(row: &SqliteRow) -> Result<Option<Throttle>> {
    let limit: Option<String> = row.try_get("limit_name")?;
    let Some(limit) = limit else { return Ok(None) };
    let until: Option<i64> = row.try_get("limit_until")?;
    Ok(Some(Throttle {
        limit,
        until: until.map(Timestamp::from_millis),
    }))
}

pub(crate) fn leaf(row: &SqliteRow) -> Result<Leaf> {
    Ok(Leaf {
        name: name(row, "leaf")?,
        length: number(row, "leaf", "length")?,
        record_hash: record_hash(row, "leaf")?,
    })
}

/// Reads the columns `reason` and `detail`, which are NULL unless the record is refused.
pub(crate) fn refusal(row: &SqliteRow) -> Result<Option<Refusal>> {
    let reason: Option<String> = row.try_get("reason")?;
    let detail: Option<String> = row.try_get("detail")?;
    Ok(reason.map(|reason| Refusal {
        reason,
        detail: detail.unwrap_or_default(),
    }))
}

pub(crate) fn name(row: &SqliteRow, table: &'static str) -> Result<RecordName> {
    let collection: String = row.try_get("collection")?;
    let key: String = row.try_get("key")?;
    RecordName::parse(&collection, &key)
        .map_err(|_| corrupt(table, "key", format!("{collection}/{key}")))
}

pub(crate) fn group_id(row: &SqliteRow) -> Result<GroupId> {
    bytes(row, "known_group", "group_id", |value| {
        GroupId::try_from(value).ok()
    })
}

pub(crate) fn record_hash(row: &SqliteRow, table: &'static str) -> Result<RecordHash> {
    bytes(row, table, "record_hash", |value| {
        RecordHash::try_from(value).ok()
    })
}

pub(crate) fn payload_hash(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> Result<PayloadHash> {
    bytes(row, table, column, |value| {
        PayloadHash::try_from(value).ok()
    })
}

pub(crate) fn view(row: &SqliteRow) -> Result<View> {
    let text: String = row.try_get("view")?;
    View::parse(&text).map_err(|_| corrupt("head", "view", text))
}

pub(crate) fn time(row: &SqliteRow, column: &'static str) -> Result<Timestamp> {
    Ok(Timestamp::from_millis(row.try_get(column)?))
}

pub(crate) fn position(
    row: &SqliteRow,
    table: &'static str,
    key_index: &'static str,
    seq: &'static str,
) -> Result<Position> {
    let value: i64 = row.try_get(seq)?;
    let seq = Seq::new(unsigned(value)).map_err(|_| corrupt(table, seq, value.to_string()))?;
    Ok(Position {
        key_index: number(row, table, key_index)?,
        seq,
    })
}

fn number(row: &SqliteRow, table: &'static str, column: &'static str) -> Result<u32> {
    let value: i64 = row.try_get(column)?;
    u32::try_from(value).map_err(|_| corrupt(table, column, value.to_string()))
}

fn optional_number(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> Result<Option<u32>> {
    let value: Option<i64> = row.try_get(column)?;
    value
        .map(|value| u32::try_from(value).map_err(|_| corrupt(table, column, value.to_string())))
        .transpose()
}

fn bytes<T>(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
    parse: impl Fn(&[u8]) -> Option<T>,
) -> Result<T> {
    let value: Vec<u8> = row.try_get(column)?;
    parse(&value).ok_or_else(|| corrupt(table, column, hex::encode(&value)))
}

fn corrupt(table: &'static str, column: &'static str, value: String) -> StoreError {
    Inconsistency::new(table, column, value).into()
}
