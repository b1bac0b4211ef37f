//! One record, on the node that publishes it.

use askama::Template;

use crate::components::{Facts, FreshnessLine, KindLabel, StateBadge};
use crate::icon::Icon;
use crate::link::WebLink;
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Freshness, Kind, Section, State};
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct NodeRecordView {
    pub kind: Kind,
    pub title: Text,
    pub group: Text,
    pub group_href: String,
    pub summary: Text,
    pub state: Option<State>,
    pub state_words: Option<Text>,
    pub freshness: Freshness,
    /// The file for a calendar, of an event with dates.
    pub calendar_href: Option<String>,
    pub sections: Vec<Section>,
    /// Whether the group copied it from a source.
    pub is_catalogued: bool,
    /// The sources of a listing, with their addresses.
    pub sources: Vec<(Text, Option<WebLink>)>,
    /// Whether the group's page has a form for messages.
    pub has_message_form: bool,
    /// The record's name for programs: `GROUP/KIND/KEY`.
    pub full_name: String,
}

#[derive(Template)]
#[template(path = "pages/node_record.html")]
pub struct NodeRecord {
    t: Words,
    shell: Shell,
    view: NodeRecordView,
}

impl NodeRecord {
    pub fn new(shell: Shell, view: NodeRecordView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    /// A title that gives nothing away in a list of open pages.
    fn neutral_title(&self) -> &'static str {
        match self.view.kind {
            Kind::Event => "record-title-event",
            _ => "record-title",
        }
    }
}
