//! A row of a table, and where it is.

use std::fmt;

/// A row with at least one cell that is not blank.
#[derive(Debug)]
pub struct SheetRow {
    pub position: Position,
    /// As typed.
    pub cells: Vec<String>,
}

/// Where a row is: counted as spreadsheets count rows, and as editors count lines. The two
/// differ after a cell with a line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub row: usize,
    pub line: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if self.line != self.row {
            write!(f, " (line {})", self.line)?;
        }
        Ok(())
    }
}
