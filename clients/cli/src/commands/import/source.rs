//! A source that was read, before and after it is checked.

use std::collections::BTreeSet;

use hedgerow_input::labels::one_line;

use crate::catalogue::{Column, Notes, Position, Problem, Table, TableRow, Unmapped, quoted};

/// Everything that a source contains.
#[derive(Debug, Default)]
pub(super) struct Import {
    pub(super) rows: Vec<TableRow>,
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Notes,
    /// What only a person can answer. The rows are published as typed.
    pub(super) questions: Notes,
    /// How the file was read and what of it is not published.
    pub(super) about: Vec<String>,
    pub(super) unmapped: Unmapped,
    pub(super) is_whole_source: bool,
}

impl Import {
    pub(super) fn of_table(table: Table) -> Self {
        let mut about = vec![format!(
            "Read as {}{}, separated by {}.",
            table.sheet.encoding,
            if table.sheet.is_guessed {
                " (guessed: check accents, or use --encoding)"
            } else {
                ""
            },
            table.sheet.separator_word()
        )];
        about.extend(table.about);
        if table.sheet.is_garbled {
            about.push(
                "Some accents were lost before, such as “â€™” for ’: export the table again, as “CSV \
                 UTF-8”."
                    .to_owned(),
            );
        }
        let columns: Vec<_> = table
            .headers
            .cells
            .iter()
            .map(|(column, at)| {
                let more: &[usize] = match column {
                    Column::Address => &table.headers.address_lines,
                    _ => &[],
                };
                let headers = std::iter::once(at).chain(more);
                let headers = headers.map(|at| table.sheet.headers[*at].clone());
                let headers: Vec<_> = headers.collect();
                format!("{column} from {}", one_line(&quoted(&headers)))
            })
            .collect();
        about.push(format!("Columns: {}.", columns.join(", ")));
        for (headers, why) in [
            (
                &table.headers.unmatched,
                "--map publishes a column, --skip-column leaves it out of this list",
            ),
            (
                &table.headers.repeated,
                "each is a second column of this header; rename one to use it",
            ),
            (
                &table.headers.telephones,
                "a catalogued listing has no contact but a website",
            ),
            (
                &table.headers.personal,
                "this looks like a list with people's details, and these are not read",
            ),
        ] {
            if !headers.is_empty() {
                about.push(format!(
                    "Not published: {} ({why}).",
                    one_line(&quoted(headers))
                ));
            }
        }
        Self {
            rows: table.rows,
            problems: table.problems,
            notes: table.notes,
            questions: table.questions,
            about,
            is_whole_source: true,
            ..Default::default()
        }
    }

    pub(super) fn note(&mut self, text: &str, position: Position) {
        self.notes
            .entry(text.to_owned())
            .or_default()
            .push(position);
    }

    /// Counts listings with the point of a town.
    pub(super) fn in_a_town(&self) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| {
            let places = &row.entry.listing.places;
            places.iter().any(|place| place.point.is_some())
        })
        .count()
    }

    /// Counts rows that have at least one problem.
    pub(super) fn wrong_rows(&self) -> usize {
        let positions: BTreeSet<_> = self
            .problems
            .iter()
            .map(|problem| problem.position)
            .collect();
        positions.len()
    }
}
