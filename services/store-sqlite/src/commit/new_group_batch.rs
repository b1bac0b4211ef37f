//! Small groups that begin at the same time, several with one asking: each asking wakes the
//! thread that SQLite runs in, and waits for a core where many have work. One text for so
//! many groups and leaves stays prepared; what it has room for beyond them is left empty.

use std::collections::HashSet;
use std::sync::LazyLock;

use futures::StreamExt;
use hedgerow_core::id::GroupId;
use sqlx::Executor;
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

use super::super::decode::signed;
use super::super::write_tx::Write;
use super::has_lapsed;
use super::leaves;
use super::new_group::is_first;
use hedgerow_store::HeadCommit;
use hedgerow_store::KeyEventPut;
use hedgerow_store::Result;

/// The most groups of one asking.
const MOST: usize = 16;
/// For how many leaves there is room, for each group on average.
const LEAVES_EACH: usize = 4;

/// Groups that can begin together.
#[derive(Default)]
pub(crate) struct Several {
    groups: HashSet<GroupId>,
    leaves: usize,
}

impl Several {
    /// Notes one more; false, and nothing is noted, where it cannot begin with the others.
    pub(crate) fn takes(&mut self, change: &HeadCommit) -> bool {
        let leaves = self.leaves + change.puts.len();
        let is_small = change.new_key_log.len() == 1
            && is_first(change)
            && u32::try_from(change.puts.len()) == Ok(change.head.count);
        let width = (self.groups.len() + 1).next_power_of_two();
        if !is_small || width > MOST || leaves > width * LEAVES_EACH {
            return false;
        }
        let is_another = self.groups.insert(change.group_id);
        if is_another {
            self.leaves = leaves;
        }
        is_another
    }
}

/// Begins groups that can begin together. Answers with the revision of each; `None`, and
/// nothing was written, where one of them is known.
pub(crate) async fn begin(write: &mut Write, changes: &[&HeadCommit]) -> Result<Option<Vec<i64>>> {
    let width = changes.len().next_power_of_two();
    let taken: Vec<Taken<'_>> = changes
        .iter()
        .filter_map(|change| Taken::of(write, change))
        .collect();
    let text = TEXTS.get(width.trailing_zeros() as usize);
    let Some(text) = text.filter(|_| taken.len() == changes.len()) else {
        return Ok(None);
    };
    let mut query = sqlx::query(text.as_str());
    query = bind_rows(query, &taken, width, 7, Taken::group);
    query = bind_rows(query, &taken, width, 5, Taken::key_event);
    query = bind_rows(query, &taken, width, 8, Taken::view);
    query = bind_rows(query, &taken, width, 15, Taken::head);
    query = bind_rows(query, &taken, width, 4, Taken::history);
    query = bind_leaves(query, &taken, width);
    query = bind_bodies(query, &taken, width);
    let mut done = write.db().fetch_many(query);
    let mut is_begun = false;
    while let Some(step) = done.next().await {
        match step {
            Ok(_) => is_begun = true,
            // The first of them, which makes the groups.
            Err(sqlx::Error::Database(error)) if !is_begun && error.is_unique_violation() => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    drop(done);
    Ok(Some(taken.iter().map(|taken| taken.revision).collect()))
}

/// A change with the revisions that it takes.
struct Taken<'c> {
    change: &'c HeadCommit,
    tip: &'c KeyEventPut,
    /// That of its first leaf; the others follow.
    first: i64,
    head: i64,
    revision: i64,
}

type Asking<'q> = Query<'q, Sqlite, SqliteArguments>;

impl<'c> Taken<'c> {
    fn of(write: &mut Write, change: &'c HeadCommit) -> Option<Self> {
        let tip = change.new_key_log.last()?;
        let first = write.last() + 1;
        for _ in &change.puts {
            write.next();
        }
        Some(Self {
            change,
            tip,
            first,
            head: write.next(),
            revision: write.next(),
        })
    }

    fn group<'q>(&self, query: Asking<'q>) -> Asking<'q> {
        let Self { change, tip, .. } = self;
        let lapsed = has_lapsed(&change.head, change.now);
        let is_current = change.head.position.key_index == tip.index;
        query
            .bind(change.group_id.to_vec())
            .bind(tip.hash.to_vec())
            .bind(i64::from(tip.index))
            .bind(lapsed)
            .bind(change.head.invited && !lapsed && is_current)
            .bind(self.revision)
            .bind(change.now.as_millis())
    }

    fn key_event<'q>(&self, query: Asking<'q>) -> Asking<'q> {
        query
            .bind(self.change.group_id.to_vec())
            .bind(i64::from(self.tip.index))
            .bind(self.tip.hash.to_vec())
            .bind(self.tip.envelope.clone())
            .bind(self.tip.commitment.map(|commitment| commitment.to_vec()))
    }

    fn view<'q>(&self, query: Asking<'q>) -> Asking<'q> {
        let HeadCommit { head, tokens, .. } = self.change;
        query
            .bind(self.change.group_id.to_vec())
            .bind(self.change.view.as_str().to_owned())
            .bind(head.envelope.clone())
            .bind(head.hash.to_vec())
            .bind(i64::from(head.position.key_index))
            .bind(signed(head.position.seq.get()))
            .bind(tokens.thousandths)
            .bind(tokens.at.as_millis())
    }

    fn head<'q>(&self, query: Asking<'q>) -> Asking<'q> {
        let head = &self.change.head;
        query
            .bind(self.change.group_id.to_vec())
            .bind(self.change.view.as_str().to_owned())
            .bind(head.envelope.clone())
            .bind(head.hash.to_vec())
            .bind(i64::from(head.position.key_index))
            .bind(signed(head.position.seq.get()))
            .bind(head.root.as_bytes().to_vec())
            .bind(i64::from(head.count))
            .bind(head.issue_time.as_millis())
            .bind(head.expire_time.as_millis())
            .bind(true)
            .bind(head.invited)
            .bind(head.endpoint.clone())
            .bind(signed(self.change.bytes))
            .bind(self.head)
    }

    fn history<'q>(&self, query: Asking<'q>) -> Asking<'q> {
        query
            .bind(self.change.group_id.to_vec())
            .bind(self.change.view.as_str().to_owned())
            .bind(self.change.head.hash.to_vec())
            .bind(self.head)
    }
}

/// Binds one row a group, then the empty ones.
fn bind_rows<'q, 'c>(
    mut query: Asking<'q>,
    taken: &[Taken<'c>],
    width: usize,
    columns: usize,
    bind: impl Fn(&Taken<'c>, Asking<'q>) -> Asking<'q>,
) -> Asking<'q> {
    for taken in taken {
        query = bind(taken, query);
    }
    bind_empty(query, (width - taken.len()) * columns)
}

fn bind_leaves<'q>(mut query: Asking<'q>, taken: &[Taken<'_>], width: usize) -> Asking<'q> {
    let mut room = width * LEAVES_EACH;
    for taken in taken {
        for (put, revision) in taken.change.puts.iter().zip(taken.first..) {
            let (state, reason, detail) = leaves::columns(&put.state);
            query = query
                .bind(taken.change.group_id.to_vec())
                .bind(taken.change.view.as_str().to_owned())
                .bind(put.leaf.name.collection.to_string())
                .bind(put.leaf.name.key.to_string())
                .bind(i64::from(put.leaf.length))
                .bind(put.leaf.record_hash.to_vec())
                .bind(revision)
                .bind(state)
                .bind(reason.map(str::to_owned))
                .bind(detail.map(str::to_owned));
            room -= 1;
        }
    }
    bind_empty(query, room * 10)
}

fn bind_bodies<'q>(mut query: Asking<'q>, taken: &[Taken<'_>], width: usize) -> Asking<'q> {
    let mut room = width * LEAVES_EACH;
    for Taken { change, .. } in taken {
        for (hash, record) in leaves::at_hand(&change.puts, &change.bodies) {
            query = query
                .bind(change.group_id.to_vec())
                .bind(hash.to_vec())
                .bind(record.clone());
            room -= 1;
        }
    }
    bind_empty(query, room * 3)
}

fn bind_empty(mut query: Asking<'_>, many: usize) -> Asking<'_> {
    for _ in 0..many {
        query = query.bind(None::<i64>);
    }
    query
}

/// The texts for 1, 2, 4, … groups.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let widths = (0..=MOST.trailing_zeros()).map(|power| 1 << power);
    widths.map(text).collect()
});

fn text(width: usize) -> String {
    let (group, leaf) = (
        |columns| rows(width, columns),
        |columns| rows(width * LEAVES_EACH, columns),
    );
    format!(
        "INSERT INTO known_group (group_id, tip, tip_index, lapsed, shown, shown_revision, \
         revision, first_seen) SELECT group_id, tip, tip_index, lapsed, is_shown, \
         is_shown * revision, revision, first_seen FROM (SELECT column1 AS group_id, \
         column2 AS tip, column3 AS tip_index, column4 AS lapsed, column5 AND NOT EXISTS \
         (SELECT 1 FROM exclusion WHERE exclusion.group_id = column1) AS is_shown, \
         column6 AS revision, column7 AS first_seen FROM {}); \
         INSERT INTO key_event (group_id, event_index, hash, envelope, commitment) \
         SELECT * FROM {}; \
         INSERT INTO view_state (group_id, view, highest, highest_hash, highest_key_index, \
         highest_seq, tokens, tokens_at) SELECT * FROM {}; \
         INSERT INTO head (group_id, view, envelope, hash, key_index, seq, root, leaf_count, \
         issued_at, expires_at, whole, invited, endpoint, bytes, revision) SELECT * FROM {}; \
         INSERT INTO head_history (group_id, view, hash, revision) SELECT * FROM {}; \
         INSERT INTO leaf (group_id, view, collection, key, length, record_hash, revision, \
         state, reason, detail) SELECT * FROM {}; \
         INSERT INTO body (group_id, record_hash, record) SELECT * FROM {}",
        group(7),
        group(5),
        group(8),
        group(15),
        group(4),
        leaf(10),
        leaf(3),
    )
}

/// So many rows of parameters, as a table without those that are empty.
fn rows(many: usize, columns: usize) -> String {
    let row = vec!["?"; columns].join(",");
    let rows = vec![format!("({row})"); many].join(",");
    format!("(VALUES {rows}) WHERE column1 IS NOT NULL")
}
