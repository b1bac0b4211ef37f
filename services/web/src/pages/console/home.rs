//! The first page of a group's console, and the list of groups of a person who has several.

use askama::Template;

use super::edit::Stopped;
use super::frame::Frame;
use crate::text::Text;
use crate::words::Words;

/// Something that waits to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A record was not confirmed for longer than the group chose.
    StillRight { title: Text, href: String },
    /// There are messages that nobody has read.
    Messages(u64),
    /// The head cannot be signed.
    Stopped(Stopped),
    /// Forms that are not sent yet, each with its page.
    Draft { href: String },
}

impl Task {
    fn count(&self) -> u64 {
        match self {
            Self::Messages(count) => *count,
            _ => 1,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct HomeView {
    pub tasks: Vec<Task>,
    /// Numbers of public records.
    pub listings: u64,
    pub events: u64,
    pub offers: u64,
    /// Aggregators that show the group, of all that it is sent to.
    pub shown_by: u64,
    pub sent_to: u64,
}

#[derive(Template)]
#[template(path = "pages/console/home.html")]
pub struct ConsoleHome {
    t: Words,
    frame: Frame,
    view: HomeView,
}

impl ConsoleHome {
    pub fn new(frame: Frame, view: HomeView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}

/// A group to open.
#[derive(Clone, Debug)]
pub struct GroupLink {
    pub name: Text,
    pub href: String,
}

#[derive(Template)]
#[template(path = "pages/console/groups.html")]
pub struct Groups {
    t: Words,
    frame: Frame,
    groups: Vec<GroupLink>,
    /// Whether this person may add a group.
    may_add: bool,
}

impl Groups {
    pub fn new(frame: Frame, groups: Vec<GroupLink>, may_add: bool) -> Self {
        Self {
            t: frame.words,
            frame,
            groups,
            may_add,
        }
    }
}
