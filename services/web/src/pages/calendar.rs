//! The address of a calendar to follow. It has the place and the kind in it, so that the page says
//! what anyone can read in it.

use askama::Template;

use crate::pages::share::SharedLink;
use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct CalendarView {
    /// What the address says; empty if nothing.
    pub place: Text,
    pub kind: Text,
    pub link: SharedLink,
    /// How far it reaches.
    pub days: u64,
    pub max_events: u64,
}

#[derive(Template)]
#[template(path = "pages/calendar.html")]
pub struct Calendar {
    t: Words,
    shell: Shell,
    view: CalendarView,
}

impl Calendar {
    pub fn new(shell: Shell, view: CalendarView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn limit(&self) -> String {
        let (days, events) = (self.view.days.to_string(), self.view.max_events.to_string());
        self.t
            .with("calendar-limit", &[("days", &days), ("events", &events)])
    }
}
