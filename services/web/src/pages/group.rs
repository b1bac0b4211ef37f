//! All that one group publishes.

use askama::Template;

use crate::components::{KindLabel, MessageDraft, MessageForm};
use crate::icon::Icon;
use crate::shell::Shell;
use crate::text::Text;
use crate::view::Kind;
use crate::words::Words;

/// What the page of a group shows.
#[derive(Debug)]
pub struct GroupView {
    /// Empty if it has no listing of its own.
    pub name: Text,
    /// In hexadecimal digits.
    pub id: String,
    /// Why nothing is shown, if the directory has the group and does not show it.
    pub hidden: Option<Text>,
    /// Its records by kind: each with its address and title.
    pub records: Vec<(Kind, Vec<(String, Text)>)>,
    /// Whether there are more than are listed.
    pub has_more: bool,
    /// The form for a message, if the group takes any here.
    pub message: Option<MessageDraft>,
}

#[derive(Template)]
#[template(path = "pages/group.html")]
pub struct Group {
    t: Words,
    shell: Shell,
    view: GroupView,
}

impl Group {
    pub fn new(shell: Shell, view: GroupView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn icon(&self, kind: &Kind) -> Icon {
        KindLabel::icon(*kind)
    }
}
