//! From the headers of a table to its columns.

use std::collections::{BTreeMap, BTreeSet};

use super::column::{COLUMNS_BY_HEADER, Column, PERSONAL, TELEPHONE};

/// Which cell of a row belongs to which column.
#[derive(Debug, Default)]
pub struct Headers {
    pub cells: BTreeMap<Column, usize>,
    /// Cells of further lines of the address.
    pub address_lines: Vec<usize>,
    /// Headers whose cells are not published.
    pub unmatched: Vec<String>,
    /// Further headers that another column has too, whose cells are not published.
    pub repeated: Vec<String>,
    /// Headers of telephone numbers.
    pub telephones: Vec<String>,
    /// Headers about persons.
    pub personal: Vec<String>,
}

/// A person's choice: the cells of a header, or none, for a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub column: Column,
    /// `None` leaves the column empty.
    pub header: Option<String>,
}

impl Choice {
    /// Reads `name=Group title`, or `website=` for none.
    ///
    /// # Errors
    /// If the table does not have the column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (column, header) = text
            .split_once('=')
            .ok_or("expected COLUMN=HEADER, such as name=Title")?;
        let column = Column::from_word(column.trim()).ok_or_else(|| {
            format!(
                "column {column} is unknown: expected one of {}",
                Column::words().join(", ")
            )
        })?;
        let header = Some(header.trim().to_owned()).filter(|header| !header.is_empty());
        Ok(Self { column, header })
    }
}

/// Matches headers whatever their case, spaces and punctuation. Choices come first; cells below
/// `skipped` headers are not read.
///
/// # Errors
/// If a choice names a header that is not there, or no column is the name.
pub fn match_headers(
    headers: &[String],
    choices: &[Choice],
    skipped: &[String],
) -> Result<Headers, Vec<String>> {
    let plain: Vec<Vec<String>> = headers.iter().map(|header| forms(header)).collect();
    let mut wrong = Vec::new();
    let mut left_out = BTreeSet::new();
    for header in skipped {
        let wanted = simplify(header);
        let before = left_out.len();
        left_out.extend((0..headers.len()).filter(|at| simplify(&headers[*at]) == wanted));
        if left_out.len() == before {
            wrong.push(format!(
                "--skip-column {header}: the table has no such header; its headers are {}",
                quoted(headers)
            ));
        }
    }
    let find = |wanted: &str, taken: &BTreeMap<Column, usize>| {
        let is_free = |at: &usize| !left_out.contains(at) && !taken.values().any(|used| used == at);
        (0..plain.len()).find(|at| is_free(at) && plain[*at].iter().any(|form| form == wanted))
    };
    let mut matched = Headers::default();
    for choice in choices {
        let Some(header) = &choice.header else {
            continue;
        };
        let exact = headers.iter().position(|known| known == header);
        match exact.or_else(|| find(&simplify(header), &BTreeMap::new())) {
            Some(at) => {
                matched.cells.insert(choice.column, at);
            }
            None => wrong.push(format!(
                "--map {}: the table has no header “{header}”; its headers are {}",
                choice.column,
                quoted(headers)
            )),
        }
    }
    for (column, aliases) in COLUMNS_BY_HEADER {
        if choices.iter().any(|choice| choice.column == column) {
            continue;
        }
        if let Some(at) = aliases.iter().find_map(|alias| find(alias, &matched.cells)) {
            matched.cells.insert(column, at);
        }
    }
    for (at, header) in headers.iter().enumerate() {
        let is_used = matched.cells.values().any(|used| *used == at);
        if header.is_empty() || is_used || left_out.contains(&at) {
            continue;
        }
        let plain = simplify(header);
        let has_address = matched.cells.contains_key(&Column::Address);
        if has_address && (is_address_line(&plain) || plain == "address") {
            matched.address_lines.push(at);
            continue;
        }
        if matched
            .cells
            .values()
            .any(|used| simplify(&headers[*used]) == plain)
        {
            matched.repeated.push(header.clone());
            continue;
        }
        let has = |words: &[&str]| {
            let form = format!(" {} ", simplify(&spaced(header)));
            words.iter().any(|word| form.contains(&format!(" {word} ")))
        };
        let list = if has(&PERSONAL) {
            &mut matched.personal
        } else if has(&TELEPHONE) {
            &mut matched.telephones
        } else {
            &mut matched.unmatched
        };
        list.push(header.clone());
    }
    if !matched.cells.contains_key(&Column::Name) {
        wrong.push(format!(
            "no column is called “name”: --map name=HEADER chooses one of {}. If that is not the \
             header, write one above the first row",
            quoted(headers)
        ));
    }
    if wrong.is_empty() {
        Ok(matched)
    } else {
        Err(wrong)
    }
}

/// `address 2`, `address line 3`, `address3`.
fn is_address_line(plain: &str) -> bool {
    let rest = plain.strip_prefix("address").map(str::trim_start);
    let rest = rest.map(|rest| rest.strip_prefix("line").unwrap_or(rest).trim_start());
    rest.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The headers in quotation marks, with commas between them.
pub fn quoted(headers: &[String]) -> String {
    let quoted: Vec<_> = headers.iter().map(|header| format!("“{header}”")).collect();
    quoted.join(", ")
}

/// The columns that cells may be the headers of.
pub(super) fn columns_of(cells: &[String], choices: &[Choice]) -> BTreeSet<Column> {
    let mut columns = BTreeSet::new();
    for cell in cells.iter().filter(|cell| !cell.is_empty()) {
        let forms = forms(cell);
        let is_chosen = |choice: &&Choice| {
            let header = choice.header.as_deref();
            header.is_some_and(|header| forms.contains(&simplify(header)))
        };
        let chosen = choices.iter().find(is_chosen).map(|choice| choice.column);
        let known = COLUMNS_BY_HEADER.iter().find(|(_, aliases)| {
            aliases
                .iter()
                .any(|alias| forms.iter().any(|form| form == alias))
        });
        columns.extend(chosen.or(known.map(|(column, _)| *column)));
    }
    columns
}

/// The whole header; of `Ort / Town` each part; of `When: Day`, below one another in the table,
/// the lower one; `startDate` in two words; of `Monday staffed hours` the day.
fn forms(header: &str) -> Vec<String> {
    let below = header.rsplit_once(": ").map_or(header, |(_, below)| below);
    let parts = below.split(['/', '(']).map(simplify);
    let mut forms: Vec<String> = std::iter::once(simplify(header)).chain(parts).collect();
    forms.push(simplify(&spaced(header)));
    let day = simplify(below)
        .split(' ')
        .filter(|word| !HOURS.contains(word))
        .collect::<Vec<_>>()
        .join(" ");
    forms.push(day);
    forms
}

/// Words around the day in headers of opening hours.
const HOURS: [&str; 6] = ["opening", "staffed", "open", "hours", "times", "time"];

/// A space before each capital letter that follows a small one.
fn spaced(header: &str) -> String {
    let mut spaced = String::with_capacity(header.len() + 4);
    let mut was_small = false;
    for letter in header.chars() {
        if was_small && letter.is_uppercase() {
            spaced.push(' ');
        }
        was_small = letter.is_lowercase();
        spaced.push(letter);
    }
    spaced
}

/// Lower case, with one space for each run of other characters than letters and digits.
fn simplify(header: &str) -> String {
    let words = header.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[&str]) -> Vec<String> {
        list.iter().map(|header| (*header).to_owned()).collect()
    }

    #[test]
    fn headers_match_whatever_their_case_and_punctuation() {
        let table = headers(&[
            "Group NAME",
            "Ort / Town",
            "Post Code",
            "source_title",
            "Shelf",
            "Tel.",
        ]);
        let matched = match_headers(&table, &[], &[]).expect("a table");
        assert_eq!(matched.cells[&Column::Name], 0);
        assert_eq!(matched.cells[&Column::Place], 1);
        assert_eq!(matched.cells[&Column::Postcode], 2);
        assert_eq!(matched.cells[&Column::SourceTitle], 3);
        assert_eq!(
            (matched.unmatched, matched.telephones),
            (headers(&["Shelf"]), headers(&["Tel."]))
        );
    }

    #[test]
    fn further_lines_of_an_address_belong_to_it() {
        let table = headers(&[
            "Name",
            "Address 1",
            "Address Line 2",
            "address3",
            "Address X",
        ]);
        let matched = match_headers(&table, &[], &[]).expect("a table");
        assert_eq!(matched.cells[&Column::Address], 1);
        assert_eq!(matched.address_lines, [2, 3]);
        assert_eq!(matched.unmatched, ["Address X"]);
    }

    #[test]
    fn columns_about_persons_are_set_apart() {
        let table = headers(&[
            "Name",
            "Contact name",
            "Home address",
            "Mobile",
            "E-mail",
            "DBS no",
        ]);
        let matched = match_headers(&table, &[], &[]).expect("a table");
        assert_eq!(matched.personal.len(), 5, "{matched:?}");
        assert_eq!(matched.cells.len(), 1);
    }

    #[test]
    fn a_person_chooses_headers_and_leaves_columns_out() {
        let table = headers(&["organisation", "stop", "url"]);
        let choices = [
            Choice::parse("name=Stop").expect("a choice"),
            Choice::parse("website=").expect("a choice"),
        ];
        let matched = match_headers(&table, &choices, &[]).expect("a table");
        assert_eq!(matched.cells[&Column::Name], 1);
        assert_eq!(matched.unmatched, ["organisation", "url"]);
        assert!(
            Choice::parse("shoe=Size")
                .expect_err("no column")
                .contains("postcode")
        );
        let wrong = match_headers(&headers(&["x"]), &choices, &[]).expect_err("no header");
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[1].contains("“x”"), "{wrong:?}");
    }

    #[test]
    fn headers_of_open_referral_openactive_and_councils_are_known() {
        for (header, column) in [
            ("alternate_name", Column::OtherNames),
            ("postal_code", Column::Postcode),
            ("state_province", Column::County),
            ("startDate", Column::Starting),
            ("accessibilitySupport", Column::Access),
            ("maximumAttendeeCapacity", Column::Capacity),
            ("Monday staffed hours", Column::Monday),
            ("Sunday opening times", Column::Sunday),
            ("GeoX", Column::Longitude),
            ("LocationText", Column::Address),
            ("OrganisationLabel", Column::County),
            ("Opening Hours", Column::When),
            ("When: Day", Column::Day),
            ("Booking? / Cost", Column::Price),
            ("What they do", Column::Summary),
            ("Time", Column::Start),
            ("Eastings", Column::Easting),
            ("Last updated", Column::SourceYear),
            ("Category", Column::Tags),
        ] {
            let found = columns_of(&headers(&[header]), &[]);
            assert!(found.contains(&column), "{header}: {found:?}");
        }
    }

    #[test]
    fn a_start_beside_an_arrival_is_the_first_date() {
        let table = headers(&["name", "day", "arrival", "departure", "start", "end"]);
        let matched = match_headers(&table, &[], &[]).expect("a table");
        assert_eq!(matched.cells[&Column::Start], 2);
        assert_eq!(matched.cells[&Column::End], 3);
        assert_eq!(matched.cells[&Column::Starting], 4);
        let table = headers(&["name", "day", "start", "end"]);
        let matched = match_headers(&table, &[], &[]).expect("a table");
        assert_eq!(matched.cells[&Column::Start], 2);
        assert!(!matched.cells.contains_key(&Column::Starting));
    }

    #[test]
    fn a_column_is_left_out_by_its_header_and_a_second_one_is_named() {
        let table = headers(&["Name", "name", "Shelf", "Town"]);
        let skipped = headers(&["shelf", "town"]);
        let matched = match_headers(&table, &[], &skipped).expect("a table");
        assert_eq!(matched.cells.len(), 1, "{matched:?}");
        assert_eq!(
            (matched.unmatched, matched.repeated),
            (headers(&[]), headers(&["name"]))
        );
        let wrong = match_headers(&table, &[], &headers(&["Size"])).expect_err("no header");
        assert!(wrong[0].contains("--skip-column Size"), "{wrong:?}");
    }
}
