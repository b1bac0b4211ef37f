//! The rows of new groups, inserted in one round trip. The hop to the thread in which SQLite
//! runs, and back for each result, costs more than the writes.

use futures::StreamExt;
use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::View;
use hedgerow_store::{HeadCommit, KeyEventPut, LeafState, Result};
use sqlx::{Executor, QueryBuilder, Sqlite};

use super::bodies;
use super::current_state::has_lapsed;
use crate::insert::{
    BODY, HEAD, HEAD_HISTORY, KEY_EVENT, KNOWN_GROUP, KnownGroup, LEAF, MAX_ROWS, Row, Table,
    VIEW_STATE, bind_body, bind_head, bind_head_history, bind_key_event, bind_known_group,
    bind_leaf, bind_view_state,
};
use crate::write_tx::WriteTx;

/// A new group with the revisions assigned to it.
pub(super) struct NewGroup<'c> {
    change: &'c HeadCommit,
    tip: &'c KeyEventPut,
    /// Revision of its first leaf; the others follow.
    first_leaf: i64,
    head: i64,
    pub(super) revision: i64,
}

impl<'c> NewGroup<'c> {
    /// Assigns the revisions, in the order of an ordinary commit: leaves, head, group. `None`
    /// without a key log.
    pub(super) fn number(tx: &mut WriteTx, change: &'c HeadCommit) -> Option<Self> {
        let tip = change.new_key_log.last()?;
        let first_leaf = tx.last_revision() + 1;
        for _ in &change.puts {
            tx.next_revision();
        }
        Some(Self {
            change,
            tip,
            first_leaf,
            head: tx.next_revision(),
            revision: tx.next_revision(),
        })
    }

    fn of(&self) -> (&'c GroupId, &'c View) {
        (&self.change.group_id, &self.change.view)
    }

    fn row(&self) -> KnownGroup<'c> {
        let lapsed = has_lapsed(&self.change.head, self.change.now);
        let is_current = self.change.head.position.key_index == self.tip.index;
        KnownGroup {
            group: &self.change.group_id,
            tip: self.tip,
            ended: false,
            lapsed,
            // Unless the group is excluded, which the statement checks.
            shown: self.change.head.invited && !lapsed && is_current,
            revision: self.revision,
            first_seen: self.change.now,
        }
    }
}

/// Whether the change needs nothing but itself: a new group has neither a previous head nor
/// staged bodies that could be used.
pub(super) fn is_self_contained(change: &HeadCommit) -> bool {
    let has_body = |hash: &RecordHash| change.bodies.contains_key(hash);
    let has_bodies = change
        .puts
        .iter()
        .all(|put| put.state != LeafState::Held || has_body(&put.leaf.record_hash));
    let tip = change.new_key_log.last().map(|event| event.hash);
    has_bodies
        && tip == Some(change.expected_tip)
        && change.expected_head.is_none()
        && change.removals.is_empty()
}

pub(super) fn has_every_leaf(change: &HeadCommit) -> bool {
    u32::try_from(change.puts.len()).ok() == Some(change.head.count)
}

/// How many rows the statements have at least. Rows beyond the groups' own are bound to NULL
/// and not inserted, so that few different statements are prepared and cached.
#[derive(Clone, Copy, Default)]
pub(super) struct Width {
    pub(super) groups: usize,
    /// Also for bodies.
    pub(super) leaves: usize,
}

/// Inserts new groups. Returns false, having written nothing, if one of them is known.
/// `is_cached`: whether the statements are likely to be used again.
pub(super) async fn insert(
    tx: &mut WriteTx,
    groups: &[NewGroup<'_>],
    width: Width,
    is_cached: bool,
) -> Result<bool> {
    let mut query = build(groups, width);
    let statements = query.build().persistent(is_cached);
    let mut results = tx.db().fetch_many(statements);
    let mut has_begun = false;
    while let Some(result) = results.next().await {
        match result {
            Ok(_) => has_begun = true,
            // The first statement inserts into `known_group`: a group is known. Later statements
            // cannot conflict, so their errors are not expected.
            Err(sqlx::Error::Database(error)) if !has_begun && error.is_unique_violation() => {
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

fn build(groups: &[NewGroup<'_>], width: Width) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("");
    push_groups(&mut query, groups, width.groups);
    let events = groups.iter().flat_map(|group| {
        group
            .change
            .new_key_log
            .iter()
            .map(move |event| (group, event))
    });
    KEY_EVENT.push_wide(&mut query, width.groups, events, |row, (group, event)| {
        bind_key_event(row, &group.change.group_id, event);
    });
    VIEW_STATE.push_wide(&mut query, width.groups, groups, |row, group| {
        let HeadCommit { head, tokens, .. } = group.change;
        bind_view_state(row, group.of(), &head.into(), Some(*tokens));
    });
    HEAD.push_wide(&mut query, width.groups, groups, |row, group| {
        let HeadCommit { head, bytes, .. } = group.change;
        bind_head(row, group.of(), head, Some(*bytes), group.head);
    });
    HEAD_HISTORY.push_wide(&mut query, width.groups, groups, |row, group| {
        bind_head_history(row, group.of(), &group.change.head.hash, group.head);
    });
    let leaves = groups.iter().flat_map(|group| {
        let numbered = group.change.puts.iter().zip(group.first_leaf..);
        numbered.map(move |(put, revision)| (group, put, revision))
    });
    LEAF.push_wide(
        &mut query,
        width.leaves,
        leaves,
        |row, (group, put, revision)| {
            bind_leaf(row, group.of(), put, revision);
        },
    );
    let bodies = groups.iter().flat_map(|group| {
        let given = bodies::given(&group.change.puts, &group.change.bodies);
        given.map(move |(hash, record)| (group, hash, record))
    });
    BODY.push_wide(
        &mut query,
        width.leaves,
        bodies,
        |row, (group, hash, record)| {
            bind_body(row, &group.change.group_id, &hash, record);
        },
    );
    query
}

/// Inserts into `known_group`, computing whether each group is visible, as
/// [`WriteTx::touch`] does for a known one.
fn push_groups(query: &mut QueryBuilder<Sqlite>, groups: &[NewGroup<'_>], width: usize) {
    KNOWN_GROUP.push_insert(query);
    query.push(
        "SELECT group_id, tip, tip_index, ended, lapsed, is_shown, revision, first_seen, \
         is_shown * revision FROM (SELECT column1 AS group_id, column2 AS tip, \
         column3 AS tip_index, column4 AS ended, column5 AS lapsed, column6 AND NOT EXISTS \
         (SELECT 1 FROM exclusion WHERE exclusion.group_id = column1) AS is_shown, \
         column7 AS revision, column8 AS first_seen FROM ",
    );
    // `shown_revision` is computed, not bound.
    let columns = KNOWN_GROUP.width() - 1;
    push_table(query, columns, groups, width, |row, group| {
        bind_known_group(row, &group.row());
    });
    query.push("); ");
}

impl Table {
    /// Appends INSERTs of at least `width` rows, in statements of at most [`MAX_ROWS`].
    fn push_wide<T>(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        mut width: usize,
        items: impl IntoIterator<Item = T>,
        bind: impl Fn(&mut Row<'_>, T),
    ) {
        let mut items = items.into_iter().peekable();
        while width > 0 || items.peek().is_some() {
            self.push_insert(query);
            query.push("SELECT * FROM ");
            let rows = items.by_ref().take(MAX_ROWS);
            push_table(query, self.width(), rows, width, &bind);
            query.push("; ");
            width = 0;
        }
    }
}

/// Appends rows of parameters as a table without its empty rows.
fn push_table<T>(
    query: &mut QueryBuilder<Sqlite>,
    columns: usize,
    items: impl IntoIterator<Item = T>,
    width: usize,
    bind: impl Fn(&mut Row<'_>, T),
) {
    query.push("(");
    let mut items = items.into_iter();
    let mut number = 0;
    let rows = std::iter::from_fn(|| {
        number += 1;
        match items.next() {
            Some(item) => Some(Some(item)),
            None if number <= width => Some(None),
            None => None,
        }
    });
    query.push_values(rows, |mut row, item| match item {
        Some(item) => bind(&mut row, item),
        None => {
            for _ in 0..columns {
                row.push_bind(None::<i64>);
            }
        }
    });
    query.push(") WHERE column1 IS NOT NULL");
}
