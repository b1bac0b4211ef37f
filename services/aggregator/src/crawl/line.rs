//! Rows of a source in work, and up to which cursor all are done.

use std::collections::VecDeque;

/// Rows in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Line {
    rows: VecDeque<(u64, String, bool)>,
    next: u64,
}

impl Line {
    /// Adds a row; its number.
    pub(super) fn add(&mut self, cursor: String) -> u64 {
        let number = self.next;
        self.next += 1;
        self.rows.push_back((number, cursor, false));
        number
    }

    /// Notes that a row is done. Answers with the newest cursor before which nothing is
    /// left to do, where that moved.
    pub(super) fn done(&mut self, number: u64) -> Option<String> {
        if let Some(row) = self.rows.iter_mut().find(|row| row.0 == number) {
            row.2 = true;
        }
        let mut reached = None;
        while let Some((_, _, true)) = self.rows.front() {
            reached = self.rows.pop_front().map(|(_, cursor, _)| cursor);
        }
        reached
    }

    /// How many rows are waiting for one before them.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_moves_only_past_rows_that_are_all_done() {
        let mut line = Line::default();
        let numbers: Vec<_> = ["a", "b", "c"]
            .map(|cursor| line.add(cursor.to_owned()))
            .into();
        assert_eq!(line.done(numbers[1]), None);
        assert_eq!(line.done(numbers[0]), Some("b".to_owned()));
        assert_eq!(line.done(numbers[2]), Some("c".to_owned()));
        assert_eq!(line.len(), 0);
    }
}
