//! From the headers of a table to its columns.

use std::collections::BTreeMap;

use super::column::{COLUMNS_BY_HEADER, Column, PERSONAL, TELEPHONE};

/// Which cell of a row belongs to which column.
#[derive(Debug, Default)]
pub struct Headers {
    pub cells: BTreeMap<Column, usize>,
    /// Headers whose cells are not published.
    pub unmatched: Vec<String>,
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

/// Matches headers whatever their case, spaces and punctuation. Choices come first.
///
/// # Errors
/// If a choice names a header that is not there, or no column is the name.
pub fn match_headers(headers: &[String], choices: &[Choice]) -> Result<Headers, Vec<String>> {
    let plain: Vec<Vec<String>> = headers.iter().map(|header| forms(header)).collect();
    let find = |wanted: &str, taken: &BTreeMap<Column, usize>| {
        let is_free = |at: &usize| !taken.values().any(|used| used == at);
        (0..plain.len()).find(|at| is_free(at) && plain[*at].iter().any(|form| form == wanted))
    };
    let mut matched = Headers::default();
    let mut wrong = Vec::new();
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
        if header.is_empty() || matched.cells.values().any(|used| *used == at) {
            continue;
        }
        let has = |words: &[&str]| {
            let form = format!(" {} ", simplify(header));
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
            "no column is called “name”: --map name=HEADER chooses one of {}",
            quoted(headers)
        ));
    }
    if wrong.is_empty() {
        Ok(matched)
    } else {
        Err(wrong)
    }
}

/// The headers in quotation marks, with commas between them.
pub fn quoted(headers: &[String]) -> String {
    let quoted: Vec<_> = headers.iter().map(|header| format!("“{header}”")).collect();
    quoted.join(", ")
}

/// The whole header and, of `Ort / Town`, each part.
fn forms(header: &str) -> Vec<String> {
    let parts = header.split(['/', '(']).map(simplify);
    std::iter::once(simplify(header)).chain(parts).collect()
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
            "Cost",
            "Tel.",
        ]);
        let matched = match_headers(&table, &[]).expect("a table");
        assert_eq!(matched.cells[&Column::Name], 0);
        assert_eq!(matched.cells[&Column::Place], 1);
        assert_eq!(matched.cells[&Column::Postcode], 2);
        assert_eq!(matched.cells[&Column::SourceTitle], 3);
        assert_eq!(
            (matched.unmatched, matched.telephones),
            (headers(&["Cost"]), headers(&["Tel."]))
        );
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
        let matched = match_headers(&table, &[]).expect("a table");
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
        let matched = match_headers(&table, &choices).expect("a table");
        assert_eq!(matched.cells[&Column::Name], 1);
        assert_eq!(matched.unmatched, ["organisation", "url"]);
        assert!(
            Choice::parse("shoe=Size")
                .expect_err("no column")
                .contains("postcode")
        );
        let wrong = match_headers(&headers(&["x"]), &choices).expect_err("no header");
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[1].contains("“x”"), "{wrong:?}");
    }
}
