//! Events of a calendar file: paste it, look, then publish.

use askama::Template;

use chrono::NaiveDateTime;

use super::ask::Question;
use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct ImportView {
    /// The file as it was pasted.
    pub text: String,
    /// The key of why nothing of it can be read.
    pub error: Option<&'static str>,
    pub rows: Vec<ImportRow>,
    /// Whether the file was read, and what follows is to be checked.
    pub is_read: bool,
    pub questions: Vec<Question>,
    pub problems: Vec<Text>,
    pub action: String,
    pub back: String,
    pub request: String,
}

/// One event of the file.
#[derive(Clone, Debug)]
pub struct ImportRow {
    pub title: Text,
    pub start: Option<NaiveDateTime>,
    pub state: ImportState,
}

/// What publishing would do with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    New,
    Same,
    Changed,
    /// It cannot be read; the key of why.
    Unread(&'static str),
}

#[derive(Template)]
#[template(path = "pages/console/edit/import.html")]
pub struct Import {
    t: Words,
    frame: Frame,
    view: ImportView,
}

impl Import {
    pub fn new(frame: Frame, view: ImportView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn state(&self, state: &ImportState) -> String {
        self.t.text(match state {
            ImportState::New => "import-new",
            ImportState::Same => "import-same",
            ImportState::Changed => "import-changed",
            ImportState::Unread(key) => key,
        })
    }

    fn to_publish(&self) -> u64 {
        let published =
            |row: &&ImportRow| matches!(row.state, ImportState::New | ImportState::Changed);
        let count = self.view.rows.iter().filter(published).count();
        u64::try_from(count).unwrap_or_default()
    }
}
