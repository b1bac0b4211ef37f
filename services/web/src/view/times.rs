use chrono::NaiveDateTime;

use crate::text::Text;
use crate::view::line::Line;

/// A time on the clock of the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    pub start: NaiveDateTime,
    pub end: Option<NaiveDateTime>,
    pub is_on_now: bool,
}

/// When something happens: in words, and the next days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The group's own.
    pub words: Option<Text>,
    /// The same from its rules, such as "every two weeks on Friday".
    pub rules: Vec<Text>,
    /// Days that are left out or added, and breaks.
    pub changes: Vec<Line>,
    /// The next ones, at most five.
    pub next: Vec<When>,
    /// The time zone, if the next ones are not in that of Britain and Ireland.
    pub zone: Option<Text>,
    /// Of a thing that is over: its last start.
    pub last: Option<NaiveDateTime>,
}

impl Times {
    pub(crate) fn count(&self) -> u64 {
        self.next.len() as u64
    }
}
