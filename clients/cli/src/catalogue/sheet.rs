//! A table as a volunteer saves it: bytes to rows of clean cells.

mod clean;
mod decode;
mod entities;
mod kind;
mod markup;
mod row;
mod split;

pub use clean::{Change, clean};
pub use decode::Encoding;
pub use markup::link;
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
    /// Whether accents were lost before: `â€™` for an apostrophe.
    pub is_garbled: bool,
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
        if let Some(other) = kind::other_kind(bytes) {
            return Err(other.to_owned());
        }
        let mut decoded = decode::decode(bytes, encoding);
        // Spreadsheets write `sep=;` to each other.
        let stated = split::stated_separator(&decoded.text);
        if let Some((_, length)) = stated {
            // The line stays, empty, so that rows are counted as in the file.
            decoded.text.replace_range(..length, "");
        }
        let separator = stated.map_or_else(
            || split::separator(&decoded.text),
            |(separator, _)| separator,
        );
        let (rows, separator) = split::unwrap(split::rows(&decoded.text, separator)?, separator);
        let mut rows = rows
            .into_iter()
            .filter(|row| row.cells.iter().any(|cell| !clean(cell).0.is_empty()));
        let first = rows
            .next()
            .ok_or("the table is empty: its first row has to name the columns")?;
        let headers = texts(&first);
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
            is_garbled: is_garbled(&decoded.text),
        })
    }

    /// Takes another row as the header.
    pub fn set_headers(&mut self, row: &SheetRow) {
        self.headers = texts(row);
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

/// The cells without those at the end that are blank.
fn texts(row: &SheetRow) -> Vec<String> {
    let mut texts: Vec<String> = row.cells.iter().map(|cell| clean(cell).0).collect();
    while texts.last().is_some_and(String::is_empty) {
        texts.pop();
    }
    texts
}

/// Whether UTF-8 was once read as Windows-1252 and saved.
fn is_garbled(text: &str) -> bool {
    ["â€™", "â€œ", "â€“", "Ã©", "Ã¨", "Â£"]
        .iter()
        .any(|letters| text.contains(letters))
}

#[cfg(test)]
mod tests;
