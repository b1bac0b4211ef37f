//! About this directory.

use askama::Template;
use chrono::NaiveDate;

use crate::link::WebLink;
use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct AboutView {
    /// Who runs it; empty if the configuration does not say.
    pub run_by: Text,
    pub contact: Option<WebLink>,
    pub policy: Option<WebLink>,
    /// What the operator writes about it; empty if nothing.
    pub words: Text,
    /// The directory's id, in hexadecimal digits.
    pub id: String,
    /// The address for programs.
    pub address: Text,
    pub decisions: Decided,
    /// The place in the stream of changes, for programs that go on from there.
    pub cursor: String,
    /// The newest head that is shown. Absent while there is none.
    pub head: Option<NewestHead>,
}

/// What the people who run it have left out, without the groups that it is about.
#[derive(Debug, Default)]
pub struct Decided {
    /// Groups that are left out.
    pub groups: u64,
    /// The most frequent reasons, each with its number of groups.
    pub reasons: Vec<(Text, u64)>,
    /// The newest of these decisions.
    pub latest: Option<(NaiveDate, Text)>,
    /// Single entries that are taken out, and the day of the newest of these decisions.
    pub entries: u64,
    pub last_entry: Option<NaiveDate>,
}

/// What a group has signed last.
#[derive(Debug)]
pub struct NewestHead {
    /// The page of its group.
    pub group_href: String,
    /// Its number among the heads of the group.
    pub number: u64,
    pub signed: NaiveDate,
    /// In hexadecimal digits.
    pub hash: String,
}

#[derive(Template)]
#[template(path = "pages/about.html")]
pub struct About {
    t: Words,
    shell: Shell,
    view: AboutView,
}

impl About {
    pub fn new(shell: Shell, view: AboutView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }
}
