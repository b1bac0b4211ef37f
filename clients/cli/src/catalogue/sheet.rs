//! A table as a volunteer saves it: bytes to rows of clean cells.

mod clean;
mod decode;
mod entities;
mod row;
mod split;

pub use clean::{Change, clean};
pub use decode::Encoding;
pub use row::{Position, SheetRow};

/// Larger files are not read: a directory of 50,000 rows is half as large.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;
pub const MAX_ROWS: usize = 50_000;
const MAX_COLUMNS: usize = 200;

/// A table with its header line taken off.
#[derive(Debug)]
pub struct Sheet {
    pub headers: Vec<String>,
    pub rows: Vec<SheetRow>,
    pub encoding: Encoding,
    /// Whether the encoding was guessed from the bytes, so that a person should check accents.
    pub is_guessed: bool,
    pub separator: char,
}

impl Sheet {
    /// Reads a whole file.
    ///
    /// # Errors
    /// If the file is too large, not a table of text, or has no header line.
    pub fn read(bytes: &[u8], encoding: Option<Encoding>) -> Result<Self, String> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(format!(
                "the file is larger than {} MB: split it",
                MAX_FILE_BYTES / 1024 / 1024
            ));
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(
                "the file is a spreadsheet, not a text table: save it as “CSV UTF-8” first"
                    .to_owned(),
            );
        }
        let decoded = decode::decode(bytes, encoding);
        let separator = split::separator(&decoded.text);
        let mut rows = split::rows(&decoded.text, separator)?
            .into_iter()
            .filter(|row| row.cells.iter().any(|cell| !clean(cell).0.is_empty()));
        let first = rows
            .next()
            .ok_or("the table is empty: its first row has to name the columns")?;
        let mut headers: Vec<String> = first.cells.iter().map(|cell| clean(cell).0).collect();
        while headers.last().is_some_and(String::is_empty) {
            headers.pop();
        }
        if headers.len() > MAX_COLUMNS {
            return Err(format!(
                "the table has more than {MAX_COLUMNS} columns: leave some out"
            ));
        }
        let rows: Vec<_> = rows.collect();
        if rows.len() > MAX_ROWS {
            return Err(format!("the table has more than {MAX_ROWS} rows: split it"));
        }
        Ok(Self {
            headers,
            rows,
            encoding: decoded.encoding,
            is_guessed: decoded.is_guessed,
            separator,
        })
    }

    /// The separator in words.
    pub fn separator_word(&self) -> &'static str {
        match self.separator {
            '\t' => "tabs",
            ';' => "semicolons",
            '|' => "bars",
            _ => "commas",
        }
    }
}

#[cfg(test)]
mod tests;
