//! Settings of a group, and what ends it.

use askama::Template;

use crate::pages::console::Frame;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct SettingsView {
    /// Whether the group's page has a form for messages.
    pub has_contact_form: bool,
    /// Whether directories that show the group keep messages for it.
    pub has_directory_messages: bool,
    /// Months after which the listing is to be confirmed; 0 for never.
    pub remind_after: u32,
    /// The choices.
    pub months: Vec<u32>,
    pub is_paused: bool,
    pub is_closed: bool,
    pub base: String,
}

#[derive(Template)]
#[template(path = "pages/console/edit/settings.html")]
pub struct Settings {
    t: Words,
    frame: Frame,
    view: SettingsView,
}

impl Settings {
    pub fn new(frame: Frame, view: SettingsView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn is_chosen(&self, months: &u32) -> bool {
        *months == self.view.remind_after
    }

    fn number(&self, months: &u32) -> u64 {
        u64::from(*months)
    }
}
