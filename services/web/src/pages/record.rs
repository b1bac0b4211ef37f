//! One record: a group, an event, or a thing offered or needed.

use askama::Template;

use crate::components::{Facts, FreshnessLine, KindLabel, ResultRow, StateBadge, VoiceBadge};
use crate::icon::Icon;
use crate::link::WebLink;
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Confirmed, Freshness, Hit, Kind, Section, State, Voice};
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
    pub voice: Voice,
    pub freshness: Freshness,
    /// The file for a calendar, of an event with dates.
    pub calendar_href: Option<String>,
    pub sections: Vec<Section>,
    /// Of a catalogued listing: the sources that it repeats, with their addresses.
    pub sources: Vec<(Text, Option<WebLink>)>,
    /// Other records of the same group.
    pub related: Vec<Hit>,
    pub check: Check,
    /// How to reach the people who run this directory; empty if the configuration does not say.
    pub operator_contact: Option<WebLink>,
    /// The page with the form to correct or remove it, where the site has one.
    pub yours_href: Option<String>,
}

/// How to check that a record is unaltered.
#[derive(Debug)]
pub struct Check {
    pub record_href: String,
    pub proof_href: String,
    /// The record's name for programs: `GROUP/KIND/KEY`.
    pub full_name: String,
    /// The hash of the record, in hexadecimal digits.
    pub hash: String,
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

    fn is_catalogued(&self) -> bool {
        matches!(self.view.voice, Voice::Catalogued { .. })
    }

    /// The sentence on how far to trust whose words these are.
    fn voice_key(&self) -> &'static str {
        match self.view.voice {
            Voice::Itself(Confirmed::No) => "trust-itself",
            Voice::Itself(_) => "trust-confirmed",
            Voice::OnBehalf { .. } => "trust-behalf",
            Voice::Catalogued { .. } => "trust-catalogued",
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
