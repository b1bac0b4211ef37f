//! A group's own page, on the node that publishes for it.

use askama::Template;

use crate::components::{
    Coming, ComingEvent, Facts, FreshnessLine, KindLabel, MessageDraft, MessageForm, StateBadge,
};
use crate::icon::Icon;
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Freshness, Kind, Section, State};
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct NodeGroupView {
    /// Empty if the group has no listing of its own.
    pub name: Text,
    pub summary: Text,
    pub state: Option<State>,
    pub state_words: Option<Text>,
    pub freshness: Option<Freshness>,
    pub coming: Vec<Coming>,
    /// The list of all events. Absent if `coming` has them all.
    pub events_href: Option<String>,
    pub sections: Vec<Section>,
    /// The other records by kind.
    pub others: Vec<NodeKind>,
    /// The calendar of all events, for a group with events.
    pub calendar_href: Option<String>,
    pub feed_href: String,
    /// The form for messages, if the group has turned it on.
    pub message: Option<MessageDraft>,
    /// In hexadecimal digits.
    pub id: String,
}

/// Records of one kind.
#[derive(Debug)]
pub struct NodeKind {
    pub kind: Kind,
    /// Each with its address and title.
    pub records: Vec<(String, Text)>,
    /// The list of all of them, if there are more.
    pub all_href: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/node_group.html")]
pub struct NodeGroup {
    t: Words,
    shell: Shell,
    view: NodeGroupView,
}

impl NodeGroup {
    pub fn new(shell: Shell, view: NodeGroupView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }
}
