//! Records of one kind, to open, and what can be added.

use askama::Template;

use chrono::{NaiveDate, NaiveDateTime};

use crate::components::KindLabel;
use crate::pages::console::Frame;
use crate::text::Text;
use crate::view::Kind;
use crate::words::Words;

/// What the list shows.
#[derive(Clone, Debug, Default)]
pub struct RecordListView {
    /// The key of the heading.
    pub heading: &'static str,
    /// The key of what an empty list says.
    pub empty: &'static str,
    pub rows: Vec<RecordRow>,
    /// Links to add something: the key of the words, and the page.
    pub add: Vec<(&'static str, String)>,
    /// Forms that are not sent yet: what they are about, and the page.
    pub drafts: Vec<(Text, String)>,
    /// The page with the records after these.
    pub more: Option<String>,
}

/// One record.
#[derive(Clone, Debug)]
pub struct RecordRow {
    pub title: Text,
    pub href: String,
    pub kind: Kind,
    /// The keys of labels: not public, waits, cancelled.
    pub states: Vec<&'static str>,
    /// When it takes place next.
    pub next: Option<NaiveDateTime>,
    /// When it was changed.
    pub changed: NaiveDate,
}

#[derive(Template)]
#[template(path = "pages/console/edit/list.html")]
pub struct RecordList {
    t: Words,
    frame: Frame,
    view: RecordListView,
}

impl RecordList {
    pub fn new(frame: Frame, view: RecordListView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
