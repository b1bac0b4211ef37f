use chrono::NaiveDate;

use crate::text::Text;

/// Who speaks in a record. The three voices never look alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voice {
    Itself(Confirmed),
    /// `by` speaks for it, with its permission.
    OnBehalf {
        by: Text,
    },
    /// `by` repeats a source of that year. Absent if it is undated.
    Catalogued {
        by: Text,
        year: Option<u32>,
    },
}

/// How it is known that a group is the one that it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    No,
    ByWebsite,
    ByAnotherGroup,
}

/// How old a record is, as a person should know it. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Its node has signed nothing for this time.
    Silent {
        days: u64,
    },
    /// A person confirmed it on that day, more than a year ago.
    Old {
        confirmed: NaiveDate,
    },
    /// A person confirmed it on that day.
    Confirmed {
        on: NaiveDate,
    },
    /// Signed on that day; no person has confirmed it since it was written.
    Signed {
        on: NaiveDate,
    },
    Unknown,
}

/// What to know first of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Paused,
    Closed,
    Cancelled,
    Postponed,
    /// Its last day has passed.
    Over {
        since: NaiveDate,
    },
}
