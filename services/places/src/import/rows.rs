//! Rows of CSV files by the names of their columns, and errors that name line and column.

use hedgerow_core::place::{is_in_range, parse_degrees};
use hedgerow_proto::v1;

/// Characters of a wrong value in an error.
const MAX_SHOWN: usize = 40;

/// A CSV text with a header line.
pub(super) struct Rows<'a> {
    text: &'a str,
    columns: Vec<String>,
    reader: csv::Reader<&'a [u8]>,
}

impl<'a> Rows<'a> {
    /// Reads the header. An error if one of the columns is missing; each is one name, or several
    /// of which one is enough.
    pub(super) fn new(text: &'a str, required: &[&[&str]]) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| error.to_string())?;
        let columns: Vec<String> = header
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect();
        for names in required {
            let is_there = |name: &&str| columns.iter().any(|column| column == name);
            if !names.iter().any(is_there) {
                return Err(format!("line 1: no column {}", names.join(" or ")));
            }
        }
        Ok(Self {
            text,
            columns,
            reader,
        })
    }

    /// Calls a function with each row, and counts those that it takes.
    pub(super) fn for_each(
        mut self,
        mut f: impl FnMut(&Row<'_>) -> Result<bool, String>,
    ) -> Result<usize, String> {
        let mut count = 0;
        for cells in self.reader.records() {
            let cells = cells.map_err(|error| error.to_string())?;
            let row = Row {
                text: self.text,
                columns: &self.columns,
                cells: &cells,
            };
            count += usize::from(f(&row)?);
        }
        Ok(count)
    }
}

/// A row of a table.
pub(super) struct Row<'a> {
    text: &'a str,
    columns: &'a [String],
    cells: &'a csv::StringRecord,
}

impl Row<'_> {
    /// Returns the text of a column; empty if the row has no such cell.
    pub(super) fn get(&self, name: &str) -> String {
        let at = self.columns.iter().position(|column| column == name);
        let text = at.and_then(|at| self.cells.get(at)).unwrap_or_default();
        text.trim().to_owned()
    }

    /// Returns the error of a cell.
    pub(super) fn wrong(&self, column: &str, expected: &str) -> String {
        let line = line_of(self.text, self.cells);
        wrong(line, column, &self.get(column), expected)
    }

    /// Returns the point in two columns of degrees; `None` if both are empty.
    pub(super) fn point(
        &self,
        latitude: &str,
        longitude: &str,
    ) -> Result<Option<v1::Point>, String> {
        if self.get(latitude).is_empty() && self.get(longitude).is_empty() {
            return Ok(None);
        }
        let point = v1::Point {
            latitude_e7: self.degrees(latitude)?,
            longitude_e7: self.degrees(longitude)?,
        };
        if !is_in_range(&point) {
            return Err(self.wrong(
                latitude,
                "degrees from -90 to 90, and longitudes from -180 to 180",
            ));
        }
        Ok(Some(point))
    }

    /// Returns degrees × 10⁷; further decimals are cut off.
    pub(super) fn degrees(&self, column: &str) -> Result<i32, String> {
        let degrees = degrees(&self.get(column));
        degrees.ok_or_else(|| self.wrong(column, "degrees, such as 53.7965"))
    }

    /// Returns a number; `None` for an empty cell.
    pub(super) fn number<T: std::str::FromStr>(&self, column: &str) -> Result<Option<T>, String> {
        let text = self.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().map(Some);
        number.map_err(|_| self.wrong(column, "a number"))
    }
}

/// Returns the line on which a record begins. The reader's own count is one too small after Windows
/// line ends, because it begins a record in the middle of them.
pub(super) fn line_of(text: &str, record: &csv::StringRecord) -> u64 {
    let byte = record.position().map_or(0, csv::Position::byte);
    let byte = usize::try_from(byte).unwrap_or(usize::MAX);
    let (before, after) = text.as_bytes().split_at_checked(byte).unwrap_or_default();
    let ends = after.iter().take_while(|byte| b"\r\n".contains(byte));
    let ends = before.iter().chain(ends).filter(|byte| **byte == b'\n');
    1 + ends.count() as u64
}

/// The error of a value in a line.
pub(super) fn wrong(line: u64, column: &str, value: &str, expected: &str) -> String {
    let shown: String = value.chars().take(MAX_SHOWN).collect();
    format!("line {line}, column {column}: expected {expected}, found `{shown}`")
}

/// Reads degrees; further decimals than the protocol has are cut off.
pub(super) fn degrees(text: &str) -> Option<i32> {
    let cut = match text.split_once('.') {
        Some((whole, decimals)) => {
            let decimals: String = decimals.chars().take(7).collect();
            format!("{whole}.{decimals}")
        }
        None => text.to_owned(),
    };
    parse_degrees(&cut)
}
