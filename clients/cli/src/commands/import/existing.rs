//! What a group published from the same source before.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_client::{Record, Steward};
use hedgerow_core::name::{RecordName, collection};
use hedgerow_core::rules::catalogued_key;
use hedgerow_input::labels;
use hedgerow_proto::steward_v1::RecordChange;
use hedgerow_proto::steward_v1::record_change::Change;
use hedgerow_proto::v1::{Listing, Subject};

use super::options::Options;
use super::source::Import;
use crate::catalogue::{CataloguedListing, TableRow};
use crate::usage::Usage;

/// Confirms that most of a source is taken back.
const TAKES_BACK_MOST: &str = "takes_back_most";

/// Rows of a table beside the published records of the same sources.
pub(super) struct Comparison {
    published: BTreeMap<String, Published>,
    /// Records that no row of the table has, and that no rejected row may be about.
    pub(super) missing: Vec<Missing>,
    pub(super) new: usize,
    pub(super) changed: usize,
    pub(super) same: usize,
}

struct Published {
    listing: Listing,
    subject: Option<Subject>,
}

pub(super) struct Missing {
    name: RecordName,
    pub(super) id: String,
    pub(super) title: String,
}

/// Fetches the group's catalogued listings and compares them with the table.
///
/// # Errors
/// If the node does not respond.
pub(super) async fn compare(import: &Import, steward: &Steward) -> anyhow::Result<Comparison> {
    let group = steward.group_id();
    let mut records = Vec::new();
    for stored in steward.list_records(Some(collection::LISTING)).await? {
        if let Ok(record) = Record::parse(&stored.record, &group)
            && let Some(listing) = record.body::<Listing>()
        {
            let subject = record.message().subject.clone();
            records.push((record.name().clone(), subject, listing));
        }
    }
    Ok(Comparison::new(import, records))
}

impl Comparison {
    fn new(import: &Import, records: Vec<(RecordName, Option<Subject>, Listing)>) -> Self {
        let mut published = BTreeMap::new();
        let mut missing = Vec::new();
        let keys: BTreeSet<_> = import.rows.iter().filter_map(key).collect();
        let schemes: BTreeSet<_> = import
            .rows
            .iter()
            .map(|row| row.entry.subject.scheme.as_str())
            .collect();
        let rejected: BTreeSet<_> = import
            .problems
            .iter()
            .filter_map(|it| it.subject.as_ref())
            .collect();
        for (name, subject, listing) in records {
            let key = name.key.as_str().to_owned();
            // The scheme of a catalogued listing is the part of its key before the first dot.
            if let Some((scheme, id)) = key.split_once('.')
                && schemes.contains(scheme)
                && !keys.contains(&key)
                && !rejected.contains(&(scheme.to_owned(), id.to_owned()))
            {
                missing.push(Missing {
                    id: id.to_owned(),
                    title: listing.name.clone(),
                    name: name.clone(),
                });
            }
            published.insert(key, Published { listing, subject });
        }
        let mut comparison = Self {
            published,
            missing,
            new: 0,
            changed: 0,
            same: 0,
        };
        for row in &import.rows {
            match key(row).and_then(|key| comparison.published.get(&key)) {
                None => comparison.new += 1,
                Some(known) if known.is_same(&row.entry) => comparison.same += 1,
                Some(_) => comparison.changed += 1,
            }
        }
        comparison
    }

    /// New and changed listings, in the order of the table.
    pub(super) fn to_publish<'a>(
        &'a self,
        import: &'a Import,
    ) -> impl Iterator<Item = &'a CataloguedListing> {
        let is_same = move |row: &TableRow| {
            let known = key(row).and_then(|key| self.published.get(&key));
            known.is_some_and(|known| known.is_same(&row.entry))
        };
        let rows = import.rows.iter().filter(move |row| !is_same(row));
        rows.map(|row| &row.entry)
    }

    pub(super) fn withdrawals(&self) -> impl Iterator<Item = RecordChange> {
        self.missing.iter().map(|missing| RecordChange {
            change: Some(Change::Withdraw(missing.name.to_proto())),
        })
    }

    /// Rejects `--replace` if the table can hardly be the whole source.
    ///
    /// # Errors
    /// If most of the source would be taken back and nobody confirmed it, or if a wrong row
    /// without an id may be about any record.
    pub(super) fn check_loss(&self, import: &Import, options: &Options) -> Result<(), Usage> {
        if !import.is_whole_source {
            return Err(Usage(
                "--replace needs the whole source, because it takes back what is missing: leave \
                 --region out"
                    .to_owned(),
            ));
        }
        let unknown = import
            .problems
            .iter()
            .find(|problem| problem.subject.is_none());
        if let Some(problem) = unknown.filter(|_| !self.missing.is_empty()) {
            return Err(Usage(format!(
                "--replace cannot identify the record of this row: correct the row first\n  {problem}"
            )));
        }
        let kept = self.same + self.changed;
        let is_confirmed = options
            .confirm
            .iter()
            .any(|reason| reason == TAKES_BACK_MOST);
        if self.missing.len() > kept && !is_confirmed {
            return Err(Usage(format!(
                "--replace would take back {} of the {} that your group has from this source. If \
                 this table is the whole source: --confirm {TAKES_BACK_MOST}",
                self.missing.len(),
                labels::count(self.missing.len() + kept, "record")
            )));
        }
        Ok(())
    }
}

impl Published {
    fn is_same(&self, entry: &CataloguedListing) -> bool {
        self.listing == entry.listing && self.subject.as_ref() == Some(&entry.subject)
    }
}

fn key(row: &TableRow) -> Option<String> {
    catalogued_key(&row.entry.subject).map(|key| key.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Position, Problem};

    fn entry(id: &str, name: &str) -> CataloguedListing {
        let mut listing = Listing::default();
        name.clone_into(&mut listing.name);
        CataloguedListing {
            subject: Subject {
                scheme: "d-1".to_owned(),
                id: id.to_owned(),
                name: name.to_owned(),
                group_id: None,
            },
            listing,
            confirmed: Vec::new(),
        }
    }

    fn import(entries: &[CataloguedListing]) -> Import {
        let rows = entries.iter().enumerate().map(|(at, entry)| TableRow {
            position: Position {
                row: at + 2,
                line: at + 2,
            },
            entry: entry.clone(),
        });
        Import {
            rows: rows.collect(),
            is_whole_source: true,
            ..Default::default()
        }
    }

    fn published(keys_and_names: &[(&str, &str)]) -> Vec<(RecordName, Option<Subject>, Listing)> {
        let records = keys_and_names.iter().map(|(key, name)| {
            let one = entry(key.split_once('.').map_or("", |(_, id)| id), name);
            let record = RecordName::parse("listing", key).expect("a name");
            (record, Some(one.subject), one.listing)
        });
        records.collect()
    }

    fn options(confirm: &[&str]) -> Options {
        Options {
            dry_run: false,
            skip_wrong: true,
            replace: true,
            confirm: confirm.iter().map(|&reason| reason.to_owned()).collect(),
            wait: 0,
            json: false,
        }
    }

    #[test]
    fn rows_are_new_changed_the_same_or_missing_within_their_source() {
        let import = import(&[entry("a", "A"), entry("b", "B two"), entry("c", "C")]);
        let records = [
            ("d-1.a", "A"),
            ("d-1.b", "B"),
            ("d-1.z", "Z"),
            ("d-2.y", "Y"),
            ("0a", "Own"),
        ];
        let compared = Comparison::new(&import, published(&records));
        assert_eq!((compared.new, compared.changed, compared.same), (1, 1, 1));
        let names: Vec<_> = compared
            .to_publish(&import)
            .map(|it| it.subject.id.as_str())
            .collect();
        assert_eq!(names, ["b", "c"]);
        assert_eq!(compared.withdrawals().count(), 1);
        assert_eq!(compared.missing[0].id, "z");
        compared
            .check_loss(&import, &options(&[]))
            .expect("one of three");
    }

    #[test]
    fn a_rejected_row_keeps_its_record() {
        let mut import = import(&[entry("a", "A")]);
        let records = [("d-1.a", "A"), ("d-1.z", "Z")];
        import.problems.push(Problem {
            position: Position { row: 9, line: 9 },
            subject: Some(("d-1".to_owned(), "z".to_owned())),
            text: "wrong".to_owned(),
        });
        assert!(
            Comparison::new(&import, published(&records))
                .missing
                .is_empty()
        );
        // Which record an unreadable row is about is unknown.
        import.problems[0].subject = None;
        let compared = Comparison::new(&import, published(&records));
        let error = compared
            .check_loss(&import, &options(&[]))
            .expect_err("unknown");
        assert!(error.to_string().contains("row 9"), "{error}");
    }

    #[test]
    fn most_of_a_source_is_taken_back_only_if_confirmed() {
        let mut import = import(&[entry("a", "A")]);
        let records = [("d-1.a", "A"), ("d-1.y", "Y"), ("d-1.z", "Z")];
        let compared = Comparison::new(&import, published(&records));
        let error = compared
            .check_loss(&import, &options(&[]))
            .expect_err("most");
        assert!(error.to_string().contains("2 of the 3"), "{error}");
        compared
            .check_loss(&import, &options(&[TAKES_BACK_MOST]))
            .expect("confirmed");
        import.is_whole_source = false;
        assert!(
            compared
                .check_loss(&import, &options(&[TAKES_BACK_MOST]))
                .is_err()
        );
    }
}
