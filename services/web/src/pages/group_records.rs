//! The records of one kind that a group publishes, in pages.

use askama::Template;

use crate::components::{KindLabel, ResultRow};
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Hit, Kind};
use crate::words::Words;

/// Rows of a page.
pub const GROUP_ROWS: i32 = 20;

/// What the page shows.
#[derive(Debug)]
pub struct GroupRecordsView {
    /// The group, empty if it has no listing of its own, and its page.
    pub name: Text,
    pub group_href: String,
    pub kind: Kind,
    /// The address of this page, to which the buttons of further pages post.
    pub href: String,
    pub hits: Vec<Hit>,
    pub total: u64,
    /// The token of the next page; empty on the last.
    pub next_page: String,
    pub is_later_page: bool,
}

#[derive(Template)]
#[template(path = "pages/group_records.html")]
pub struct GroupRecords {
    t: Words,
    shell: Shell,
    view: GroupRecordsView,
}

impl GroupRecords {
    pub fn new(shell: Shell, view: GroupRecordsView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }
}
