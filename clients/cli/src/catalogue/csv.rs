//! Catalogued listings from a table.

use std::collections::{BTreeMap, HashMap};

use super::around::{find_header, is_around};
use super::column::Column;
use super::listing::CataloguedListing;
use super::match_headers::{Choice, Headers, match_headers};
use super::meeting_times::FirstDate;
use super::place_cells::PlaceFinder;
use super::row::{Defaults, RowReader};
use super::sheet::{Change, Encoding, Position, Sheet, SheetRow, clean, link};

/// How a table is to be read.
#[derive(Debug, Clone, Default)]
pub struct TableOptions {
    pub encoding: Option<Encoding>,
    pub choices: Vec<Choice>,
    /// Headers of columns that are neither read nor named.
    pub skipped: Vec<String>,
    pub defaults: Defaults,
}

/// A table that was read as far as possible.
#[derive(Debug)]
pub struct Table {
    pub sheet: Sheet,
    pub headers: Headers,
    /// Rows that can be published, as far as the table alone shows.
    pub rows: Vec<TableRow>,
    pub problems: Vec<Problem>,
    pub notes: Notes,
    /// What only a person can answer, with the ways to. The rows are published as typed.
    pub questions: Notes,
    /// Sentences on how the header was found.
    pub about: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct TableRow {
    pub position: Position,
    pub entry: CataloguedListing,
}

/// A row that cannot be published, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub position: Position,
    /// As far as it is known: `--replace` does not take a rejected row's record back.
    pub subject: Option<(String, String)>,
    pub text: String,
}

/// What a person should know about rows that are published: each text with its rows.
pub type Notes = BTreeMap<String, Vec<Position>>;

/// Reads a whole table: every problem at once, each once.
///
/// # Errors
/// If it cannot be read at all, or what every row needs is missing.
pub fn read_table(
    bytes: &[u8],
    options: &TableOptions,
    places: &PlaceFinder<'_>,
) -> Result<Table, Vec<String>> {
    let mut sheet = Sheet::read(bytes, options.encoding).map_err(|error| vec![error])?;
    let about = find_header(&mut sheet, &options.choices);
    let matched = match_headers(&sheet.headers, &options.choices, &options.skipped);
    let mut wrong = match &matched {
        Ok(headers) => missing(headers, &options.defaults),
        Err(wrong) => wrong.clone(),
    };
    let headers = matched.unwrap_or_default();
    let reader = RowReader {
        defaults: &options.defaults,
        places,
        labels: headers
            .cells
            .iter()
            .map(|(column, at)| (*column, sheet.headers[*at].clone()))
            .collect(),
        has_month_first: has_month_first(&sheet, &headers, options),
    };
    let mut table = Table {
        sheet,
        headers,
        rows: Vec::new(),
        problems: Vec::new(),
        notes: Notes::new(),
        questions: Notes::new(),
        about,
    };
    let mut seen = Seen::default();
    if table.headers.cells.contains_key(&Column::Name) {
        for row in std::mem::take(&mut table.sheet.rows) {
            table.add(&row, &reader, &mut seen);
        }
    }
    if wrong.is_empty() {
        return Ok(table);
    }
    wrong.extend(table.problems.iter().map(ToString::to_string));
    Err(wrong)
}

/// What no column and no option states, though each row needs it.
fn missing(headers: &Headers, defaults: &Defaults) -> Vec<String> {
    let has = |column| headers.cells.contains_key(&column);
    let mut wrong = Vec::new();
    if !has(Column::Scheme) && defaults.scheme.is_none() {
        wrong.push(
            "the source has no short name: add --scheme, such as --scheme leeds-directory-2024"
                .to_owned(),
        );
    }
    if !has(Column::SourceTitle) && defaults.source_title.is_none() {
        wrong.push("the source has no title: add --source-title \"Title\"".to_owned());
    }
    let has_year = has(Column::SourceYear) || defaults.year.is_some();
    if !has_year && !has(Column::Note) && defaults.note.is_none() {
        wrong.push(
            "the source has no year: add --year, such as --year 2024, or --note \"without a date\""
                .to_owned(),
        );
    }
    wrong
}

/// Whether a first date of the table can only have the month first.
fn has_month_first(sheet: &Sheet, headers: &Headers, options: &TableOptions) -> bool {
    let Some(at) = headers.cells.get(&Column::Starting) else {
        return false;
    };
    let mut cells = sheet.rows.iter().filter_map(|row| row.cells.get(*at));
    cells.any(|cell| {
        FirstDate::read(&clean(cell).0, options.defaults.order) == FirstDate::MonthFirst
    })
}

/// Rows that were read, by their ids and by what makes them look the same.
#[derive(Default)]
struct Seen {
    by_id: HashMap<(String, String), Position>,
    by_likeness: HashMap<String, Position>,
}

impl Table {
    fn add(&mut self, row: &SheetRow, reader: &RowReader<'_>, seen: &mut Seen) {
        let position = row.position;
        if let Some(why) = is_around(&row.cells, &self.sheet.headers) {
            self.note(why.to_owned(), position);
            return;
        }
        let cells = self.cells(row);
        let read = match reader.read(&cells) {
            Ok(read) => read,
            Err(wrong) => {
                self.problems.extend(wrong.into_iter().map(|text| Problem {
                    position,
                    subject: None,
                    text,
                }));
                return;
            }
        };
        let has_own_id = cells.contains_key(&Column::Id);
        let mut entry = read.listing;
        let mut subject = (entry.subject.scheme.clone(), entry.subject.id.clone());
        let alike = seen.by_likeness.get(&read.likeness).copied();
        if let Some(first) = alike.filter(|_| !has_own_id) {
            self.note(format!("looks the same as {first}: taken once"), position);
            return;
        }
        if !has_own_id && seen.by_id.contains_key(&subject) {
            // Entries of one name in one district.
            let (scheme, id) = subject.clone();
            let mut ids = (2..).map(|number| (scheme.clone(), format!("{id}-{number}")));
            subject = ids
                .find(|one| !seen.by_id.contains_key(one))
                .unwrap_or(subject);
            entry.subject.id.clone_from(&subject.1);
            self.note(
                "another row has this name in the same postcode district: a column with ids \
                 would keep them apart from one import to the next"
                    .to_owned(),
                position,
            );
        }
        if let Some(first) = seen.by_id.get(&subject) {
            let earlier = self.rows.iter().find(|row| row.position == *first);
            if earlier.is_some_and(|row| row.entry == entry) {
                self.note(format!("is the same as {first}: taken once"), position);
                return;
            }
            self.problems.push(Problem {
                position,
                text: format!(
                    "the id {} is also the id of {first}: give each row its own",
                    subject.1
                ),
                subject: Some(subject),
            });
            return;
        }
        if let Some(first) = alike {
            self.note(
                format!("looks the same as {first}, with another id"),
                position,
            );
        }
        for note in read.notes {
            self.note(note, position);
        }
        for question in read.questions {
            self.questions.entry(question).or_default().push(position);
        }
        seen.by_id.insert(subject, position);
        seen.by_likeness.insert(read.likeness, position);
        self.rows.push(TableRow { position, entry });
    }

    pub fn note(&mut self, text: String, position: Position) {
        let rows = self.notes.entry(text).or_default();
        if rows.last() != Some(&position) {
            rows.push(position);
        }
    }

    /// The cells of the matched columns that are not blank.
    fn cells(&mut self, row: &SheetRow) -> BTreeMap<Column, String> {
        let mut cells = BTreeMap::new();
        let matched: Vec<_> = self
            .headers
            .cells
            .iter()
            .map(|(column, at)| (*column, *at))
            .collect();
        for (column, at) in matched {
            let Some(typed) = row.cells.get(at) else {
                continue;
            };
            let typed = match link(typed) {
                Some(address) if column == Column::Website => address,
                _ => typed,
            };
            let (text, changes) = clean(typed);
            for change in changes {
                let text = match change {
                    Change::Entities => "HTML codes such as &eacute; were decoded",
                    Change::Invisible => "characters that nobody can see were taken out",
                    Change::Markup => "HTML tags such as <p> were taken out",
                    Change::FormulaError => {
                        "the error of a formula, such as #REF!, was taken as an empty cell"
                    }
                };
                self.note(text.to_owned(), row.position);
            }
            if !text.is_empty() {
                cells.insert(column, text);
            }
        }
        for at in &self.headers.address_lines {
            let line = row.cells.get(*at).map(|typed| clean(typed).0);
            let Some(line) = line.filter(|line| !line.is_empty()) else {
                continue;
            };
            let address = cells.entry(Column::Address).or_default();
            if !address.is_empty() {
                address.push_str(", ");
            }
            address.push_str(&line);
        }
        let too_many = row.cells.iter().skip(self.sheet.headers.len());
        if too_many.filter(|cell| !clean(cell).0.is_empty()).count() > 0 {
            self.note(
                "the row has more cells than the header: they were not read".to_owned(),
                row.position,
            );
        }
        cells
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.position, self.text)
    }
}

#[cfg(test)]
mod tests;
