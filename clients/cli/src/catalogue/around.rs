//! What people write around a table: titles above the header, a header of two rows, totals and
//! notes below.

use super::column::Column;
use super::match_headers::{Choice, columns_of, quoted};
use super::sheet::{Sheet, SheetRow, clean};

/// Rows above the header that are looked through.
const MAX_TITLE_ROWS: usize = 15;
/// Characters of a cell in the second row of a header.
const MAX_HEADER: usize = 30;
/// First words of a row that counts the others.
const TOTALS: [&str; 7] = [
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub total",
    "sum",
    "count",
];
/// First words of a row of one cell that is a note about the table.
const NOTES: [&str; 8] = [
    "note:",
    "notes:",
    "nb:",
    "source:",
    "last updated",
    "updated:",
    "key:",
    "©",
];

/// Finds the header below titles, and joins one of two rows. Returns sentences on what was done.
pub(super) fn find_header(sheet: &mut Sheet, choices: &[Choice]) -> Vec<String> {
    let mut said = Vec::new();
    let is_header = |cells: &[String]| columns_of(cells, choices).contains(&Column::Name);
    // A title alone may be the name of a column too: Club.
    let is_title = sheet.headers.iter().filter(|it| !it.is_empty()).count() == 1;
    if is_title || !is_header(&sheet.headers) {
        let texts = |row: &SheetRow| row.cells.iter().map(|cell| clean(cell).0).collect();
        let candidates = sheet.rows.iter().take(MAX_TITLE_ROWS);
        let found = candidates.map(texts).position(|cells: Vec<String>| {
            // A group may be called Club, but its other cells are no headers.
            is_header(&cells) && columns_of(&cells, choices).len() >= 2
        });
        if let Some(at) = found {
            let above: Vec<_> = sheet.rows.drain(..=at).collect();
            if let Some(header) = above.last() {
                said.push(format!(
                    "The header is {}: what is above it was not read.",
                    header.position
                ));
                sheet.set_headers(header);
            }
        }
    }
    join_second_row(sheet, &mut said);
    said
}

/// `When` above `Day`, `From` and `To` is a merged cell, whose text is in its first column.
fn join_second_row(sheet: &mut Sheet, said: &mut Vec<String>) {
    let Some(row) = sheet.rows.first() else {
        return;
    };
    let below: Vec<String> = row.cells.iter().map(|cell| clean(cell).0).collect();
    let above = |at: usize| sheet.headers.get(at).map_or("", String::as_str);
    let is_below_nothing = |at: usize| at > 0 && above(at).is_empty() && !below[at].is_empty();
    let fills = (0..below.len()).filter(|at| is_below_nothing(*at)).count();
    let is_short = below.iter().all(|cell| {
        cell.chars().count() <= MAX_HEADER && !cell.contains(|letter: char| letter.is_ascii_digit())
    });
    let names = columns_of(&below, &[]);
    // A row begins with the group's name, so a line whose first cell is empty belongs to the headers.
    if fills == 0 || !is_short || names.is_empty() || !below[0].is_empty() {
        return;
    }
    let length = below.len().max(sheet.headers.len());
    let mut carried = "";
    let mut joined = Vec::with_capacity(length);
    for at in 0..length {
        let (upper, lower) = (above(at), below.get(at).map_or("", String::as_str));
        if !upper.is_empty() {
            carried = upper;
        }
        joined.push(match (upper, lower) {
            (upper, "") => upper.to_owned(),
            (_, lower) if carried.is_empty() => lower.to_owned(),
            (_, lower) => format!("{carried}: {lower}"),
        });
    }
    let new: Vec<String> = joined
        .iter()
        .filter(|header| header.contains(": "))
        .cloned()
        .collect();
    said.push(format!("The header has two rows: {}.", quoted(&new)));
    sheet.headers = joined;
    sheet.rows.remove(0);
}

/// Why a row is not about a group.
pub(super) fn is_around(cells: &[String], headers: &[String]) -> Option<&'static str> {
    let mut texts: Vec<String> = cells.iter().map(|cell| clean(cell).0).collect();
    let is_header = |at: usize| texts.get(at).map_or("", String::as_str) == headers[at];
    if (0..headers.len()).all(is_header) {
        return Some("repeats the header: left out");
    }
    let is_first_alone = texts.first().is_some_and(|cell| !cell.is_empty());
    texts.retain(|cell| !cell.is_empty());
    if is_first_alone && texts.len() == 1 && headers.len() >= 3 && is_heading(&texts[0]) {
        return Some(
            "looks like a heading, in capitals and with nothing else in its row: left out; if it \
             is a name, fill another cell",
        );
    }
    let first = texts.first()?.to_lowercase();
    let is_total = TOTALS.iter().any(|word| {
        first.strip_prefix(word).is_some_and(|rest| {
            let rest = rest.trim_start_matches([':', ' ', '=', '-']);
            let is_counted = rest.starts_with(|letter: char| letter.is_ascii_digit());
            // "Total Recovery" is a name.
            rest.is_empty() || is_counted
        })
    });
    let are_numbers = || {
        let mut rest = texts.iter().skip(1);
        rest.all(|cell| !cell.contains(char::is_alphabetic))
    };
    if is_total && are_numbers() {
        return Some("looks like a total: left out");
    }
    let is_note = texts.len() == 1
        && (first.starts_with('*') || NOTES.iter().any(|word| first.starts_with(word)));
    is_note.then_some("looks like a note about the table: left out")
}

/// `NORTH LEEDS`, `Sports clubs:`.
fn is_heading(text: &str) -> bool {
    let is_upper = text.chars().filter(|it| it.is_alphabetic()).count() >= 3
        && !text.contains(char::is_lowercase);
    is_upper || text.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> (Sheet, Vec<String>) {
        let mut sheet = Sheet::read(text.as_bytes(), None).expect("a table");
        let said = find_header(&mut sheet, &[]);
        (sheet, said)
    }

    #[test]
    fn titles_above_the_header_are_left_out() {
        let (read, said) = sheet(
            "Directory of groups,,,\nUpdated March 2024,,,\n,,,\nName,Town,When,Website\nA,Leeds,,\n",
        );
        assert_eq!(read.headers, ["Name", "Town", "When", "Website"]);
        assert_eq!((read.rows.len(), read.rows[0].position.row), (1, 5));
        assert_eq!(
            said,
            ["The header is row 4: what is above it was not read."]
        );
        let (read, _) = sheet("Club,,\nName,Town,When\nA,Leeds,\n");
        assert_eq!((read.headers.len(), read.rows.len()), (3, 1));
        let (read, said) = sheet("Title,Type\nx,Club\n");
        assert_eq!((read.rows.len(), said.len()), (1, 0));
    }

    #[test]
    fn a_header_of_two_rows_is_joined() {
        let (read, said) =
            sheet("Group,Venue,When,,,Notes\n,,Day,From,To,\nA,Hall,Tuesday,19:00,20:00,x\n");
        assert_eq!(
            read.headers,
            [
                "Group",
                "Venue",
                "When: Day",
                "When: From",
                "When: To",
                "Notes"
            ]
        );
        assert_eq!(read.rows.len(), 1);
        assert_eq!(said.len(), 1, "{said:?}");
        let (read, said) = sheet("Name,,Town\n,spare,Leeds\nA,,York\n");
        assert_eq!((read.rows.len(), said.len()), (2, 0), "no known headers");
    }

    #[test]
    fn totals_and_notes_are_no_groups() {
        let around = |cells: &[&str]| {
            let cells: Vec<_> = cells.iter().map(ToString::to_string).collect();
            is_around(&cells, &["Name".to_owned(), "Town".to_owned()]).is_some()
        };
        assert!(around(&["Total: 5 groups", ""]));
        assert!(around(&["", "TOTAL", "5", "£20"]));
        assert!(around(&["Total 5"]));
        assert!(around(&["* closed in August"]));
        assert!(around(&["Last updated March 2024", ""]));
        assert!(around(&["Name", "Town", ""]));
        assert!(!around(&["Name", "Leeds"]));
        assert!(!around(&["Total Recovery", "Leeds"]));
        assert!(!around(&["Total", "Leeds"]));
        assert!(!around(&["A group"]));
        let of_three = |name: &str, town: &str| {
            let cells = [name.to_owned(), town.to_owned(), String::new()];
            let headers = ["Name", "Town", "Website"].map(str::to_owned);
            is_around(&cells, &headers).is_some()
        };
        assert!(of_three("NORTH LEEDS", ""));
        assert!(of_three("Sports clubs:", ""));
        assert!(!of_three("MIND", "Leeds"));
        assert!(!of_three("Open Door", ""));
        assert!(!around(&[""]));
    }
}
