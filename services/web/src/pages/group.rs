//! All that one group publishes: its own listing, and some of its records of each kind.

use askama::Template;

use super::record::RecordView;
use crate::components::{
    Facts, FreshnessLine, KindLabel, LocatorBox, MessageDraft, MessageForm, ResultRow, StateBadge,
    TrustBoxes, VoiceBadge,
};
use crate::icon::Icon;
use crate::link::WebLink;
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Hit, Kind};
use crate::words::{Words, in_groups};

/// Rows of the page: the next events, and a few records of each other kind.
pub const GROUP_EVENTS: i32 = 5;
pub const GROUP_OTHERS: i32 = 2;

/// What the page of a group shows.
#[derive(Debug)]
pub struct GroupView {
    /// Empty if it has no listing of its own.
    pub name: Text,
    /// In hexadecimal digits.
    pub id: String,
    /// Why nothing is shown, if the directory has the group and does not show it.
    pub hidden: Option<Text>,
    /// Its own listing. Absent for a group that only lists others.
    pub own: Option<RecordView>,
    /// Its other records by kind.
    pub kinds: Vec<GroupKind>,
    /// Records that a search does not find, each with its address and title.
    pub others: Vec<(String, Text)>,
    /// Its events and meetings as a calendar, if it has any with dates.
    pub calendar_href: Option<String>,
    /// The form for a message, if the group takes any here.
    pub message: Option<MessageDraft>,
    /// How to reach the people who run this directory; empty if the configuration does not say.
    pub operator_contact: Option<WebLink>,
}

/// Some records of a kind.
#[derive(Debug)]
pub struct GroupKind {
    pub kind: Kind,
    pub hits: Vec<Hit>,
    /// How many there are.
    pub count: u64,
    /// The page of all of them, if there are more.
    pub all_href: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/group.html")]
pub struct Group {
    t: Words,
    shell: Shell,
    view: GroupView,
}

impl Group {
    pub fn new(shell: Shell, view: GroupView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    /// `Events: all 12`.
    fn all_words(&self, part: &GroupKind) -> String {
        let kind = self.t.text(part.kind.plural_key());
        let count = in_groups(&part.count.to_string());
        let parts = [("kind", kind.as_str()), ("count", &count)];
        self.t.with("group-all", &parts)
    }
}
