//! A group that begins with its first head: nothing is held that could stand against it, so
//! that all of it is asked for at once. Each asking waits for the thread that writes, which
//! costs more than what it writes.

use futures::StreamExt;
use hedgerow_core::id::RecordHash;
use sqlx::Executor;
use sqlx::QueryBuilder;
use sqlx::Sqlite;

use super::super::decode::signed;
use super::super::write_tx::Done;
use super::super::write_tx::Write;
use super::CHUNK;
use super::has_lapsed;
use super::leaves;
use hedgerow_store::Committed;
use hedgerow_store::HeadCommit;
use hedgerow_store::Inconsistency;
use hedgerow_store::KeyEventPut;
use hedgerow_store::LeafState;
use hedgerow_store::Result;

/// Over so many leaves a change is unlike any other, and not worth keeping prepared.
const ALIKE: usize = 16;

/// Begins a group with its key log and its first head; does nothing where it is known.
pub(super) async fn begin(write: &mut Write, change: &HeadCommit) -> Result<Done<Committed>> {
    let Some(tip) = change.new_key_log.last().filter(|_| is_first(change)) else {
        return Ok(Done::Nothing(Committed::Superseded));
    };
    if u32::try_from(change.puts.len()).ok() != Some(change.head.count) {
        return Err(Inconsistency::new("head", "leaf_count", change.group_id.to_string()).into());
    }
    let leaves: Vec<_> = change.puts.iter().map(|put| (put, write.next())).collect();
    let head = write.next();
    let group = write.next();

    let mut query = QueryBuilder::new("");
    put_group(&mut query, change, tip, group);
    put_key_log(&mut query, change);
    put_view(&mut query, change);
    put_head(&mut query, change, head);
    for leaves in leaves.chunks(CHUNK) {
        leaves::push_leaves(&mut query, change, leaves);
        query.push("; ");
    }
    let bodies: Vec<_> = leaves::at_hand(&change.puts, &change.bodies).collect();
    for bodies in bodies.chunks(CHUNK) {
        leaves::push_bodies(&mut query, change.group_id, bodies);
        query.push("; ");
    }
    let statements = query.build().persistent(change.puts.len() <= ALIKE);
    let mut done = write.db().fetch_many(statements);
    let mut is_begun = false;
    while let Some(step) = done.next().await {
        match step {
            Ok(_) => is_begun = true,
            // The first of them, which makes the group: it is known, and nothing was written.
            Err(sqlx::Error::Database(error)) if !is_begun && error.is_unique_violation() => {
                return Ok(Done::Nothing(Committed::Superseded));
            }
            Err(error) => return Err(error.into()),
        }
    }
    drop(done);
    Ok(write.kept())
}

/// Whether nothing but the change itself is needed for it.
pub(super) fn is_first(change: &HeadCommit) -> bool {
    let has_body = |hash: &RecordHash| change.bodies.contains_key(hash);
    let is_there = change
        .puts
        .iter()
        .all(|put| put.state != LeafState::Held || has_body(&put.leaf.record_hash));
    let follows = change.new_key_log.last().map(|event| event.hash) == Some(change.expected_tip);
    is_there && follows && change.expected_head.is_none() && change.removals.is_empty()
}

fn put_group(
    query: &mut QueryBuilder<Sqlite>,
    change: &HeadCommit,
    tip: &KeyEventPut,
    revision: i64,
) {
    let lapsed = has_lapsed(&change.head, change.now);
    let is_current = change.head.position.key_index == tip.index;
    query.push(
        "INSERT INTO known_group (group_id, tip, tip_index, lapsed, shown, shown_revision, \
         revision, first_seen) SELECT ",
    );
    let mut values = query.separated(", ");
    values
        .push_bind(change.group_id.to_vec())
        .push_bind(tip.hash.to_vec())
        .push_bind(i64::from(tip.index))
        .push_bind(lapsed)
        .push("now.is_shown")
        .push("now.is_shown * ")
        .push_bind_unseparated(revision)
        .push_bind(revision)
        .push_bind(change.now.as_millis());
    query.push(" FROM (SELECT ");
    query.push_bind(change.head.invited && !lapsed && is_current);
    query.push(" AND NOT EXISTS (SELECT 1 FROM exclusion WHERE group_id = ");
    query.push_bind(change.group_id.to_vec());
    query.push(") AS is_shown) AS now; ");
}

fn put_key_log(query: &mut QueryBuilder<Sqlite>, change: &HeadCommit) {
    query.push("INSERT INTO key_event (group_id, event_index, hash, envelope, commitment) ");
    query.push_values(&change.new_key_log, |mut row, event| {
        row.push_bind(change.group_id.to_vec())
            .push_bind(i64::from(event.index))
            .push_bind(event.hash.to_vec())
            .push_bind(event.envelope.clone())
            .push_bind(event.commitment.map(|commitment| commitment.to_vec()));
    });
    query.push("; ");
}

fn put_view(query: &mut QueryBuilder<Sqlite>, change: &HeadCommit) {
    query.push(
        "INSERT INTO view_state (group_id, view, highest, highest_hash, highest_key_index, \
         highest_seq, tokens, tokens_at) VALUES (",
    );
    let mut values = query.separated(", ");
    values
        .push_bind(change.group_id.to_vec())
        .push_bind(change.view.as_str().to_owned())
        .push_bind(change.head.envelope.clone())
        .push_bind(change.head.hash.to_vec())
        .push_bind(i64::from(change.head.position.key_index))
        .push_bind(signed(change.head.position.seq.get()))
        .push_bind(change.tokens.thousandths)
        .push_bind(change.tokens.at.as_millis());
    query.push("); ");
}

fn put_head(query: &mut QueryBuilder<Sqlite>, change: &HeadCommit, revision: i64) {
    let head = &change.head;
    query.push(
        "INSERT INTO head (group_id, view, envelope, hash, key_index, seq, root, leaf_count, \
         issued_at, expires_at, whole, invited, endpoint, bytes, revision) VALUES (",
    );
    let mut values = query.separated(", ");
    values
        .push_bind(change.group_id.to_vec())
        .push_bind(change.view.as_str().to_owned())
        .push_bind(head.envelope.clone())
        .push_bind(head.hash.to_vec())
        .push_bind(i64::from(head.position.key_index))
        .push_bind(signed(head.position.seq.get()))
        .push_bind(head.root.as_bytes().to_vec())
        .push_bind(i64::from(head.count))
        .push_bind(head.issue_time.as_millis())
        .push_bind(head.expire_time.as_millis())
        .push_bind(true)
        .push_bind(head.invited)
        .push_bind(head.endpoint.clone())
        .push_bind(signed(change.bytes))
        .push_bind(revision);
    query.push("); INSERT INTO head_history (group_id, view, hash, revision) VALUES (");
    let mut values = query.separated(", ");
    values
        .push_bind(change.group_id.to_vec())
        .push_bind(change.view.as_str().to_owned())
        .push_bind(head.hash.to_vec())
        .push_bind(revision);
    query.push("); ");
}
