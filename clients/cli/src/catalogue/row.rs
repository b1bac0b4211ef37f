//! One row of a table as a catalogued listing.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use hedgerow_input::schedule_words::{DateOrder, HalfDay};
use hedgerow_proto::v1;
use hedgerow_proto::words::from_word;

use super::column::Column;
use super::identity::{id_from, likeness, locality};
use super::listing::CataloguedListing;
use super::meeting_times::{FirstDate, MeetingTimes, by_weekday, joined, names_a_day};
use super::more_fields;
use super::place_cells::{PlaceCells, PlaceFinder};
use super::tags::add_tag;
use super::web_address::read_website;

/// A description of this length serves as the summary as well.
const MAX_SUMMARY: usize = 600;
/// More in one cell is a mistake, such as a quotation mark that is closed too late.
const MAX_CELL: usize = 10_000;

/// What holds for every row that does not state it.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    pub scheme: Option<String>,
    pub source_title: Option<String>,
    pub source_url: Option<String>,
    pub year: Option<u32>,
    pub note: Option<String>,
    /// Roles with `;` between them.
    pub roles: String,
    /// Whether schedules in words are published as rules too, if they leave nothing open.
    pub reads_times: bool,
    /// The half of the day of `7-9`.
    pub half: Option<HalfDay>,
    /// The order of dates in numbers.
    pub order: Option<DateOrder>,
    pub today: NaiveDate,
}

/// A row that can be published, as far as the table alone shows.
pub(super) struct RowListing {
    pub(super) listing: CataloguedListing,
    pub(super) likeness: String,
    pub(super) notes: Vec<String>,
    /// What only a person can answer; each names the ways to.
    pub(super) questions: Vec<String>,
}

pub(super) struct RowReader<'a> {
    pub(super) defaults: &'a Defaults,
    pub(super) places: &'a PlaceFinder<'a>,
    /// The table's headers of its columns.
    pub(super) labels: BTreeMap<Column, String>,
    /// Whether a first date of the table has the month first, so that others may too.
    pub(super) has_month_first: bool,
}

impl RowReader<'_> {
    /// # Errors
    /// Every problem of the row.
    pub(super) fn read(&self, cells: &BTreeMap<Column, String>) -> Result<RowListing, Vec<String>> {
        let cell = |column: Column| cells.get(&column).map_or("", String::as_str);
        let line = |column: Column| cell(column).replace('\n', ", ");
        let mut wrong = Vec::new();
        let mut notes = Vec::new();
        for (column, text) in cells {
            if text.chars().count() > MAX_CELL {
                wrong.push(format!(
                    "`{column}` has more than {MAX_CELL} characters: shorten it"
                ));
            }
        }
        let name = line(Column::Name);
        if name.is_empty() {
            wrong.push("`name` is empty".to_owned());
        }
        if name.starts_with('=') {
            notes.push("the name looks like a formula: it is published as typed".to_owned());
        }
        let scheme = or_default(cell(Column::Scheme), self.defaults.scheme.as_deref());
        let id = match line(Column::Id) {
            id if id.is_empty() => {
                let place = locality(cell(Column::Place), cell(Column::Postcode));
                id_from(&format!("{name} {place}"), &scheme)
            }
            id => id_from(&id, &scheme),
        };
        let source = self.source(cells, &mut notes, &mut wrong);
        let (summary, description) = texts(cell(Column::Summary), cell(Column::Description));
        let website = read_website(cell(Column::Website));
        notes.extend(website.note.map(str::to_owned));
        let roles = roles(&or_default(cell(Column::Roles), Some(&self.defaults.roles)));
        let place_cells = place_cells(cells);
        let place = match self.places.find(&place_cells) {
            Ok(placed) => {
                notes.extend(placed.notes);
                placed.place
            }
            Err(problem) => {
                wrong.push(problem);
                None
            }
        };
        let mut questions = Vec::new();
        let schedules = self.schedules(cells, &mut notes, &mut questions);
        let roles = roles.unwrap_or_else(|problem| {
            wrong.push(problem);
            Vec::new()
        });
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut listing = v1::Listing {
            name: name.clone(),
            summary,
            description,
            voice: v1::Voice::Catalogued.into(),
            roles,
            website: website.address,
            places: place.into_iter().collect(),
            schedules,
            source: Some(source),
            ..Default::default()
        };
        more_fields::add(&mut listing, cells, &self.labels, &mut notes);
        for tag in parts(cell(Column::Tags)) {
            add_tag(&mut listing, tag);
        }
        Ok(RowListing {
            likeness: likeness(&name, &place_cells.place, &place_cells.postcode),
            listing: CataloguedListing {
                subject: v1::Subject {
                    scheme,
                    id,
                    name,
                    group_id: None,
                },
                listing,
                confirmed: parts(cell(Column::Confirm)).map(str::to_owned).collect(),
            },
            notes,
            questions,
        })
    }

    fn source(
        &self,
        cells: &BTreeMap<Column, String>,
        notes: &mut Vec<String>,
        wrong: &mut Vec<String>,
    ) -> v1::Source {
        let cell = |column: Column| cells.get(&column).map_or("", String::as_str);
        let year = match cell(Column::SourceYear) {
            "" => self.defaults.year,
            typed => {
                let year = read_year(typed, self.defaults.order);
                if year.is_some() && typed.len() != 4 {
                    notes.push(format!("the year was read from “{typed}”"));
                }
                if year.is_none() {
                    wrong.push(format!(
                        "the year “{typed}” is invalid: expected four digits, such as 2024"
                    ));
                }
                year
            }
        };
        v1::Source {
            title: or_default(
                cell(Column::SourceTitle),
                self.defaults.source_title.as_deref(),
            ),
            section: cell(Column::SourceSection).to_owned(),
            recorded_year: year.unwrap_or_default(),
            date: year.map(|year| year.to_string()).unwrap_or_default(),
            url: or_default(cell(Column::SourceUrl), self.defaults.source_url.as_deref()),
            note: or_default(cell(Column::Note), self.defaults.note.as_deref()),
        }
    }

    fn schedules(
        &self,
        cells: &BTreeMap<Column, String>,
        notes: &mut Vec<String>,
        questions: &mut Vec<String>,
    ) -> Vec<v1::Schedule> {
        let cell = |column: Column| cells.get(&column).map_or("", String::as_str);
        let words = match (cell(Column::When), cell(Column::Day)) {
            ("", day) => joined(day, cell(Column::Start), cell(Column::End)),
            // `Times` next to `Day` has no day of its own.
            (times, day) if !day.is_empty() && !names_a_day(times) => format!("{day} {times}"),
            (words, _) => words.to_owned(),
        };
        let words = if words.is_empty() {
            by_weekday(cells)
        } else {
            words
        };
        let first = FirstDate::read(cell(Column::Starting), self.defaults.order);
        let first = match first {
            FirstDate::Either(_) if self.has_month_first => FirstDate::Unclear,
            other => other,
        };
        let question = first.question(cell(Column::Starting));
        // Without its first date, a series would seem to run from today.
        let is_start_open = question.is_some();
        questions.extend(question);
        notes.extend(first.note());
        if words.is_empty() {
            return Vec::new();
        }
        let in_words = v1::Schedule {
            words: words.clone(),
            ..Default::default()
        };
        let times = MeetingTimes {
            starting: first.date(),
            half: self.defaults.half,
            order: self.defaults.order,
            today: self.defaults.today,
        };
        match times.read(&words) {
            Err(open) => {
                questions.extend(open);
                vec![in_words]
            }
            Ok(None) => vec![in_words],
            Ok(Some(_)) if is_start_open => vec![in_words],
            Ok(Some(_)) if !self.defaults.reads_times => {
                notes.push(
                    "the times are published in words; --read-times publishes their dates too, \
                     for searches by day"
                        .to_owned(),
                );
                vec![in_words]
            }
            Ok(Some(schedules)) => {
                notes.push("the times were read as dates: check some of them".to_owned());
                schedules
            }
        }
    }
}

fn place_cells(cells: &BTreeMap<Column, String>) -> PlaceCells {
    let cell = |column: Column| cells.get(&column).cloned().unwrap_or_default();
    let line = |column: Column| cell(column).replace('\n', ", ");
    PlaceCells {
        place: line(Column::Place),
        postcode: line(Column::Postcode),
        county: line(Column::County),
        region: line(Column::Region),
        address: cell(Column::Address),
        geonames_id: line(Column::GeonamesId),
        latitude: line(Column::Latitude),
        longitude: line(Column::Longitude),
        easting: line(Column::Easting),
        northing: line(Column::Northing),
        location: cell(Column::Location),
        ..PlaceCells::default()
    }
}

fn or_default(cell: &str, default: Option<&str>) -> String {
    if cell.is_empty() {
        default.unwrap_or_default()
    } else {
        cell
    }
    .to_owned()
}

/// The year of `2024`, `c.2019`, `2023/24`, `March 2023`, `01/04/2023` or a spreadsheet's number of
/// a day; of several years the last one.
fn read_year(typed: &str, order: Option<DateOrder>) -> Option<u32> {
    let is_year = |year: &u32| (1900..2100).contains(year);
    let words = typed.split(|letter: char| !letter.is_ascii_digit());
    let years = words.filter(|word| word.len() == 4);
    let last = years
        .rev()
        .filter_map(|word| word.parse().ok())
        .find(is_year);
    last.or_else(|| {
        let date = FirstDate::read(typed, order).date()?;
        u32::try_from(date.year()).ok().filter(is_year)
    })
}

/// A short description is the summary as well, because lists show only summaries.
fn texts(summary: &str, description: &str) -> (String, String) {
    if summary.is_empty() && description.chars().count() <= MAX_SUMMARY {
        return (description.to_owned(), String::new());
    }
    (summary.to_owned(), description.to_owned())
}

fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn roles(list: &str) -> Result<Vec<i32>, String> {
    let mut roles = Vec::new();
    for name in parts(list) {
        match from_word::<v1::Role>(name) {
            // A table has no column to describe another role.
            None | Some(v1::Role::Other) => {
                return Err(format!(
                    "“{name}” is not a role: write support-group, network, host, funder, trainer \
                     or partner"
                ));
            }
            Some(role) => roles.push(role.into()),
        }
    }
    if roles.is_empty() {
        roles.push(v1::Role::SupportGroup.into());
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_read_out_of_dates_and_spans() {
        for (typed, year) in [
            ("2024", 2024),
            ("c.2019", 2019),
            ("2023/24", 2023),
            ("2019-2021", 2021),
            ("01/04/2023", 2023),
            ("1/4/23", 2023),
            ("2023-04-01 00:00:00", 2023),
            ("March 2023", 2023),
            ("2023.0", 2023),
            ("46085", 2026),
        ] {
            assert_eq!(read_year(typed, None), Some(year), "{typed}");
        }
        for typed in ["24", "last year", "12345", "1066"] {
            assert_eq!(read_year(typed, None), None, "{typed}");
        }
    }
}
