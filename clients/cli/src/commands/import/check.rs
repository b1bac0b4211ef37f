//! Rows against the rules that the node applies.

use hedgerow_client::{FieldViolation, GroupId};
use hedgerow_core::name::collection;
use hedgerow_core::rules::Prepared;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::Listing;
use prost::Message as _;

use super::source::Import;
use crate::catalogue::{Problem, TableRow, opaque_id};
use crate::draft::prepare;

/// Moves rows that break rules to the problems. A website that the rules reject is left out and
/// an id is replaced, and their groups are kept.
pub(super) fn check(import: &mut Import, confirm: &[String], group: &GroupId, now: Timestamp) {
    for mut row in std::mem::take(&mut import.rows) {
        row.entry.confirmed.extend(confirmed(confirm, &row));
        let prepared =
            |row: &TableRow| prepare(collection::LISTING, &row.entry.to_draft(), group, now);
        let mut result = prepared(&row);
        if is_only(&result, "website") {
            row.entry.listing.website.clear();
            let note = "the website is not one that may be published: it was left out";
            import.note(note, row.position);
            result = prepared(&row);
        }
        if is_only(&result, "subject.id") {
            row.entry.subject.id = opaque_id(&row.entry.subject.id);
            let note = "the id looks like an address: a number is used instead";
            import.note(note, row.position);
            result = prepared(&row);
        }
        match result {
            Ok(prepared) => {
                // As the node will publish it, so that it can be compared with what it published.
                if let Ok(listing) = Listing::decode(prepared.body.as_slice()) {
                    row.entry.listing = listing;
                }
                import.rows.push(row);
            }
            Err(violations) => reject(import, &row, violations),
        }
    }
    import.problems.sort_by_key(|problem| problem.position);
}

fn is_only(result: &Result<Prepared, Vec<FieldViolation>>, field: &str) -> bool {
    let violations = result.as_ref().err();
    violations.is_some_and(|all| all.iter().all(|it| it.field == field))
}

fn reject(import: &mut Import, row: &TableRow, mut violations: Vec<FieldViolation>) {
    // The subject repeats the name.
    violations.dedup_by(|later, earlier| later.message == earlier.message);
    let subject = &row.entry.subject;
    let problems = violations.iter().map(|violation| Problem {
        position: row.position,
        subject: Some((subject.scheme.clone(), subject.id.clone())),
        text: in_words(violation, &subject.id),
    });
    import.problems.extend(problems);
}

/// The reasons that are confirmed for all rows or for this one.
fn confirmed(confirm: &[String], row: &TableRow) -> Vec<String> {
    let is_this =
        |which: &str| which == row.entry.subject.id || which.parse() == Ok(row.position.row);
    let reasons = confirm
        .iter()
        .filter_map(|text| match text.rsplit_once(':') {
            Some((reason, which)) => is_this(which).then(|| reason.to_owned()),
            None => Some(text.clone()),
        });
    reasons.collect()
}

fn in_words(violation: &FieldViolation, id: &str) -> String {
    let mut text = format!("{}: {}", violation.field, violation.message);
    if violation.confirmable {
        text += &format!(
            " If it is meant so: --confirm {}:{id}, or without :{id} for all rows.",
            violation.reason
        );
    }
    text
}
