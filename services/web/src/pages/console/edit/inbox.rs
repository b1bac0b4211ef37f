//! Messages that visitors left for the group.

use askama::Template;

use chrono::NaiveDate;

use crate::link::WebLink;
use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct InboxView {
    pub messages: Vec<InboxMessage>,
    /// Whether the group's page has a form for messages.
    pub has_form: bool,
    /// Whether directories keep messages for it.
    pub has_directories: bool,
    /// The page with the switch, for those who may open it.
    pub settings: Option<String>,
    /// Days after which messages are deleted.
    pub kept_days: u64,
    pub base: String,
}

/// One message.
#[derive(Clone, Debug)]
pub struct InboxMessage {
    pub id: String,
    pub received: NaiveDate,
    pub is_read: bool,
    /// The directory that it waited at; empty for one of the group's own page.
    pub source: Text,
    /// What was written; `None` if its key is lost.
    pub text: Option<Text>,
    /// How to reply, if the visitor wants that.
    pub reply: Text,
    pub reply_link: Option<WebLink>,
}

#[derive(Template)]
#[template(path = "pages/console/edit/inbox.html")]
pub struct Inbox {
    t: Words,
    frame: Frame,
    view: InboxView,
}

impl Inbox {
    pub fn new(frame: Frame, view: InboxView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
