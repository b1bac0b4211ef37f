//! One record: a group, an event, or a thing offered or needed.

use askama::Template;

use crate::components::{
    Facts, FreshnessLine, KindLabel, LocatorBox, ResultRow, StateBadge, Trust, TrustBoxes,
    VoiceBadge,
};
use crate::link::WebLink;
use crate::map::Locator;
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Freshness, Hit, Kind, Section, State};
use crate::words::Words;

/// What the page of a record shows.
#[derive(Debug)]
pub struct RecordView {
    pub kind: Kind,
    pub title: Text,
    /// The publisher, and its page on this site.
    pub publisher: Text,
    pub publisher_href: String,
    pub summary: Text,
    pub state: Option<State>,
    /// The group's own words on that.
    pub state_words: Option<Text>,
    pub freshness: Freshness,
    /// The file for a calendar, of an event with dates.
    pub calendar_href: Option<String>,
    pub sections: Vec<Section>,
    /// Of a catalogued listing: the sources that it repeats, with their addresses.
    pub sources: Vec<(Text, Option<WebLink>)>,
    /// Other records of the same group.
    pub related: Vec<Hit>,
    /// Where it is on the map.
    pub locator: Option<Locator>,
    pub trust: Trust,
}

#[derive(Template)]
#[template(path = "pages/record.html")]
pub struct Record {
    t: Words,
    shell: Shell,
    view: RecordView,
}

impl Record {
    pub fn new(shell: Shell, view: RecordView) -> Self {
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
