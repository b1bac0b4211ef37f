//! All records of one kind of a group, page by page.

use askama::Template;

use crate::components::KindLabel;
use crate::shell::Shell;
use crate::text::Text;
use crate::view::Kind;
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct NodeRecordsView {
    pub group: Text,
    pub group_href: String,
    pub kind: Kind,
    /// Each with its address and title.
    pub records: Vec<(String, Text)>,
    pub next_href: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/node_records.html")]
pub struct NodeRecords {
    t: Words,
    shell: Shell,
    view: NodeRecordsView,
}

impl NodeRecords {
    pub fn new(shell: Shell, view: NodeRecordsView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }
}
