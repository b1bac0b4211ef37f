//! A message to a group: the form again if something is wrong with it, and what was kept.

use askama::Template;

use crate::components::{MessageDraft, MessageForm};
use crate::icon::Icon;
use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

/// The form on a page of its own.
#[derive(Template)]
#[template(path = "pages/node_message.html")]
pub struct NodeMessage {
    t: Words,
    shell: Shell,
    group: Text,
    group_href: String,
    draft: MessageDraft,
}

impl NodeMessage {
    pub fn new(shell: Shell, group: Text, group_href: String, draft: MessageDraft) -> Self {
        Self {
            t: shell.words,
            shell,
            group,
            group_href,
            draft,
        }
    }
}

/// What was kept of a message.
#[derive(Template)]
#[template(path = "pages/node_message_kept.html")]
pub struct NodeMessageKept {
    t: Words,
    shell: Shell,
    group: Text,
    group_href: String,
}

impl NodeMessageKept {
    pub fn new(shell: Shell, group: Text, group_href: String) -> Self {
        Self {
            t: shell.words,
            shell,
            group,
            group_href,
        }
    }
}
