//! What was kept of a message to a group.

use askama::Template;

use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

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
