//! In-order acknowledgement of rows that are processed out of order.

use std::collections::VecDeque;

/// The rows of a source from the first unfinished one on, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct CursorWindow {
    rows: VecDeque<Row>,
    next_number: u64,
}

#[derive(Debug)]
struct Row {
    number: u64,
    cursor: String,
    is_finished: bool,
}

impl CursorWindow {
    /// Adds a row, and returns the number by which it is finished.
    pub(super) fn push(&mut self, cursor: String) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.rows.push_back(Row {
            number,
            cursor,
            is_finished: false,
        });
        number
    }

    /// Marks a row as finished. Returns the cursor up to which all rows are, if it moved.
    pub(super) fn finish(&mut self, number: u64) -> Option<String> {
        if let Some(row) = self.rows.iter_mut().find(|row| row.number == number) {
            row.is_finished = true;
        }
        let mut reached = None;
        while self.rows.front().is_some_and(|row| row.is_finished) {
            reached = self.rows.pop_front().map(|row| row.cursor);
        }
        reached
    }

    /// Returns the number of rows in the window, which a slow first row lets grow.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_moves_only_past_rows_that_are_all_finished() {
        let mut window = CursorWindow::default();
        let numbers = ["a", "b", "c"].map(|cursor| window.push(cursor.to_owned()));
        assert_eq!(window.finish(numbers[1]), None);
        assert_eq!(window.finish(numbers[0]), Some("b".to_owned()));
        assert_eq!(window.finish(numbers[2]), Some("c".to_owned()));
        assert_eq!(window.len(), 0);
    }
}
