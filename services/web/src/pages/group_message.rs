//! A message to a group, on both sites: the form again if something is wrong with it. And, for a
//! group that fetches it from a directory, what happens to it.

use askama::Template;

use crate::components::{MessageDraft, MessageForm};
use crate::icon::Icon;
use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

/// The form on a page of its own.
#[derive(Template)]
#[template(path = "pages/group_message.html")]
pub struct GroupMessage {
    t: Words,
    shell: Shell,
    group: Text,
    group_href: String,
    draft: MessageDraft,
}

impl GroupMessage {
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

/// What happens to a message that was sent.
#[derive(Template)]
#[template(path = "pages/group_message_sent.html")]
pub struct GroupMessageSent {
    t: Words,
    shell: Shell,
    group_href: String,
    days: u64,
}

impl GroupMessageSent {
    pub fn new(shell: Shell, group_href: String, days: u64) -> Self {
        Self {
            t: shell.words,
            shell,
            group_href,
            days,
        }
    }
}
