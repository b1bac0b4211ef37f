//! A sheet to hand over: the records that were ticked, in large type, each with a QR code.

use askama::Template;
use chrono::NaiveDate;

use crate::components::{Facts, KindLabel, Qr, StateBadge, VoiceBadge};
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Kind, Section, State, Voice};
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct SheetView {
    pub entries: Vec<SheetEntry>,
    /// How many of the ticked records are not here any more.
    pub gone: u64,
    /// Whether more were ticked than fit.
    pub is_full: bool,
    pub made: NaiveDate,
}

/// One record.
#[derive(Debug)]
pub struct SheetEntry {
    pub kind: Kind,
    pub title: Text,
    /// The group whose event or room it is.
    pub by: Option<Text>,
    pub summary: Text,
    pub state: Option<State>,
    pub sections: Vec<Section>,
    pub voice: Voice,
    /// The address of the record's page, with the name of the server.
    pub address: String,
    pub href: String,
}

#[derive(Template)]
#[template(path = "pages/sheet.html")]
pub struct Sheet {
    t: Words,
    shell: Shell,
    view: SheetView,
}

impl Sheet {
    pub fn new(shell: Shell, view: SheetView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    /// The address of an entry for the camera of a phone.
    fn code(&self, entry: &SheetEntry) -> Option<Qr> {
        Qr::new(&entry.address, &self.t.text("sheet-code"))
    }
}
