//! What is on: a day, a week or a month of events.

use askama::Template;
use chrono::NaiveDate;

use crate::components::{CrisisBox, PlaceChoices, ResultRow};
use crate::form::Form;
use crate::icon::Icon;
use crate::shell::{CrisisLine, Shell};
use crate::text::Text;
use crate::view::{Choice, Hit};
use crate::words::Words;

/// Events of a page.
pub const EVENT_ROWS: i32 = 18;

/// What the page shows.
#[derive(Debug)]
pub struct WhatsOnView {
    pub range: Range,
    /// The first day.
    pub first: NaiveDate,
    pub previous: NaiveDate,
    pub next: NaiveDate,
    /// The fields `near` and `kind`.
    pub form: Form,
    /// The kinds of events to choose from.
    pub kinds: Vec<Choice>,
    /// For the words that were typed.
    pub crisis: Vec<CrisisLine>,
    /// Why the place could not be read, and the places that may be meant.
    pub error: Option<Text>,
    pub guessed_places: Vec<Choice>,
    pub near: Option<(Text, bool)>,
    /// Other places of that name.
    pub other_places: Vec<Choice>,
    pub days: Vec<Day>,
    /// The token of the next page; empty on the last.
    pub next_page: String,
}

/// The events of one day, in order of their start.
#[derive(Debug)]
pub struct Day {
    pub date: NaiveDate,
    pub hits: Vec<Hit>,
}

/// How many days are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    Day,
    Week,
    Month,
}

impl Range {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The value of the field `range`.
    pub fn value(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Day => "range-day",
            Self::Week => "range-week",
            Self::Month => "range-month",
        }
    }
}

#[derive(Template)]
#[template(path = "pages/whats_on.html")]
pub struct WhatsOn {
    t: Words,
    shell: Shell,
    view: WhatsOnView,
}

impl WhatsOn {
    pub fn new(shell: Shell, view: WhatsOnView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn heading(&self) -> String {
        let (t, first) = (self.t, self.view.first);
        match self.view.range {
            Range::Day => t.day(first),
            Range::Week => t.with("week-from", &[("day", &t.day(first))]),
            Range::Month => t.month_and_year(first),
        }
    }

    fn ranges(&self) -> [Range; 3] {
        Range::ALL
    }

    fn near(&self) -> &str {
        self.view.form.get("near")
    }

    fn kind(&self) -> &str {
        self.view.form.get("kind")
    }
}
