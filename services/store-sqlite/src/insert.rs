//! INSERT statements: for each table of a group one list of columns and one function that binds
//! a row. Ordinary commits, single new groups and batches of new groups share them.

use hedgerow_core::head::Position;
use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{HeadFacts, KeyEventPut, LeafPut, LeafState, Tokens};
use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Sqlite};

use crate::decode::signed;

/// Rows that one statement inserts. Wider statements save little; each other width is another
/// statement to prepare and cache.
pub(crate) const MAX_ROWS: usize = 100;

/// The parameters of one row.
pub(crate) type Row<'q> = Separated<'q, Sqlite, &'static str>;

/// The columns of a table that an INSERT sets, separated by `, `, in the order in which they are
/// bound.
pub(crate) struct Table {
    name: &'static str,
    key: &'static str,
    values: &'static str,
}

/// Bound by [`bind_known_group`], except `shown_revision`, which every INSERT computes.
pub(crate) const KNOWN_GROUP: Table = Table {
    name: "known_group",
    key: "group_id",
    values: "tip, tip_index, ended, lapsed, shown, revision, first_seen, shown_revision",
};

/// Bound by [`bind_key_event`].
pub(crate) const KEY_EVENT: Table = Table {
    name: "key_event",
    key: "group_id, event_index",
    values: "hash, envelope, commitment",
};

/// Bound by [`bind_view_state`].
pub(crate) const VIEW_STATE: Table = Table {
    name: "view_state",
    key: "group_id, view",
    values: "highest, highest_hash, highest_key_index, highest_seq, tokens, tokens_at",
};

/// Bound by [`bind_head`].
pub(crate) const HEAD: Table = Table {
    name: "head",
    key: "group_id, view",
    values: "envelope, hash, key_index, seq, root, leaf_count, issued_at, \
        expires_at, whole, invited, endpoint, bytes, revision",
};

/// Bound by [`bind_head_history`].
pub(crate) const HEAD_HISTORY: Table = Table {
    name: "head_history",
    key: "group_id, view, hash",
    values: "revision",
};

/// Bound by [`bind_leaf`].
pub(crate) const LEAF: Table = Table {
    name: "leaf",
    key: "group_id, view, collection, key",
    values: "length, record_hash, revision, state, reason, detail",
};

/// Bound by [`bind_body`].
pub(crate) const BODY: Table = Table {
    name: "body",
    key: "group_id, record_hash",
    values: "record",
};

impl Table {
    /// The number of columns.
    pub(crate) fn width(&self) -> usize {
        let lists = [self.key, self.values].into_iter();
        lists.map(|list| list.split(", ").count()).sum()
    }

    /// The columns as SQL.
    pub(crate) fn columns(&self) -> String {
        format!("{}, {}", self.key, self.values)
    }

    /// Appends `INSERT INTO table (columns) `.
    pub(crate) fn push_insert(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push(format_args!(
            "INSERT INTO {} ({}) ",
            self.name,
            self.columns()
        ));
    }

    /// Appends an INSERT of one row for each item, of which there must be at least one.
    pub(crate) fn push_rows<T>(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        items: impl IntoIterator<Item = T>,
        bind: impl Fn(&mut Row<'_>, T),
    ) {
        self.push_insert(query);
        query.push_values(items, |mut row, item| bind(&mut row, item));
    }

    /// Appends the conflict clause that replaces an existing row, except the columns in `keep`.
    pub(crate) fn push_replace(&self, query: &mut QueryBuilder<Sqlite>, keep: &[&str]) {
        let replaced = self.values.split(", ");
        let set: Vec<String> = replaced
            .filter(|column| !keep.contains(column))
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        query.push(format_args!(
            " ON CONFLICT ({}) DO UPDATE SET {}",
            self.key,
            set.join(", ")
        ));
    }
}

/// The values of a new row of `known_group`.
pub(crate) struct KnownGroup<'c> {
    pub(crate) group: &'c GroupId,
    /// The last event of the key log.
    pub(crate) tip: &'c KeyEventPut,
    pub(crate) ended: bool,
    pub(crate) lapsed: bool,
    pub(crate) shown: bool,
    pub(crate) revision: i64,
    pub(crate) first_seen: Timestamp,
}

pub(crate) fn bind_known_group(row: &mut Row<'_>, group: &KnownGroup<'_>) {
    row.push_bind(group.group.to_vec())
        .push_bind(group.tip.hash.to_vec())
        .push_bind(i64::from(group.tip.index))
        .push_bind(group.ended)
        .push_bind(group.lapsed)
        .push_bind(group.shown)
        .push_bind(group.revision)
        .push_bind(group.first_seen.as_millis());
}

pub(crate) fn bind_key_event(row: &mut Row<'_>, group: &GroupId, event: &KeyEventPut) {
    row.push_bind(group.to_vec())
        .push_bind(i64::from(event.index))
        .push_bind(event.hash.to_vec())
        .push_bind(event.envelope.clone())
        .push_bind(event.commitment.map(|commitment| commitment.to_vec()));
}

/// The highest head of a view.
pub(crate) struct Highest<'c> {
    pub(crate) envelope: &'c [u8],
    pub(crate) hash: &'c PayloadHash,
    pub(crate) position: Position,
}

impl<'c> From<&'c HeadFacts> for Highest<'c> {
    fn from(head: &'c HeadFacts) -> Self {
        Self {
            envelope: &head.envelope,
            hash: &head.hash,
            position: head.position,
        }
    }
}

pub(crate) fn bind_view_state(
    row: &mut Row<'_>,
    (group, view): (&GroupId, &View),
    highest: &Highest<'_>,
    tokens: Option<Tokens>,
) {
    bind_view(row, group, view);
    row.push_bind(highest.envelope.to_vec())
        .push_bind(highest.hash.to_vec());
    bind_position(row, highest.position);
    row.push_bind(tokens.map(|tokens| tokens.thousandths))
        .push_bind(tokens.map(|tokens| tokens.at.as_millis()));
}

/// `bytes` is the sum of the lengths of all leaves; `None` if they are not stored.
pub(crate) fn bind_head(
    row: &mut Row<'_>,
    (group, view): (&GroupId, &View),
    head: &HeadFacts,
    bytes: Option<u64>,
    revision: i64,
) {
    bind_view(row, group, view);
    row.push_bind(head.envelope.clone())
        .push_bind(head.hash.to_vec());
    bind_position(row, head.position);
    row.push_bind(head.root.as_bytes().to_vec())
        .push_bind(i64::from(head.count))
        .push_bind(head.issue_time.as_millis())
        .push_bind(head.expire_time.as_millis())
        .push_bind(bytes.is_some())
        .push_bind(head.invited)
        .push_bind(head.endpoint.clone())
        .push_bind(signed(bytes.unwrap_or(0)))
        .push_bind(revision);
}

pub(crate) fn bind_head_history(
    row: &mut Row<'_>,
    (group, view): (&GroupId, &View),
    hash: &PayloadHash,
    revision: i64,
) {
    bind_view(row, group, view);
    row.push_bind(hash.to_vec()).push_bind(revision);
}

pub(crate) fn bind_leaf(
    row: &mut Row<'_>,
    (group, view): (&GroupId, &View),
    put: &LeafPut,
    revision: i64,
) {
    bind_view(row, group, view);
    let (state, reason, detail) = state_columns(&put.state);
    row.push_bind(put.leaf.name.collection.to_string())
        .push_bind(put.leaf.name.key.to_string())
        .push_bind(i64::from(put.leaf.length))
        .push_bind(put.leaf.record_hash.to_vec())
        .push_bind(revision)
        .push_bind(state)
        .push_bind(reason.map(str::to_owned))
        .push_bind(detail.map(str::to_owned));
}

pub(crate) fn bind_body(row: &mut Row<'_>, group: &GroupId, hash: &RecordHash, record: &[u8]) {
    row.push_bind(group.to_vec())
        .push_bind(hash.to_vec())
        .push_bind(record.to_vec());
}

/// The columns `state`, `reason` and `detail` of a leaf.
pub(crate) fn state_columns(state: &LeafState) -> (i64, Option<&str>, Option<&str>) {
    match state {
        LeafState::Held => (0, None, None),
        LeafState::Wanted => (1, None, None),
        LeafState::Refused(refusal) => (2, Some(&refusal.reason), Some(&refusal.detail)),
    }
}

fn bind_view(row: &mut Row<'_>, group: &GroupId, view: &View) {
    row.push_bind(group.to_vec())
        .push_bind(view.as_str().to_owned());
}

fn bind_position(row: &mut Row<'_>, position: Position) {
    row.push_bind(i64::from(position.key_index))
        .push_bind(signed(position.seq.get()));
}
