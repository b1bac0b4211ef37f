//! The groups that a node publishes for.

use askama::Template;

use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

/// A group in the list.
#[derive(Debug)]
pub struct NodeGroupRow {
    pub href: String,
    pub name: Text,
    pub summary: Text,
}

/// What the page shows.
#[derive(Debug, Default)]
pub struct NodeGroupsView {
    pub groups: Vec<NodeGroupRow>,
    /// The next page, if there are more.
    pub next_href: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/node_groups.html")]
pub struct NodeGroups {
    t: Words,
    shell: Shell,
    view: NodeGroupsView,
}

impl NodeGroups {
    pub fn new(shell: Shell, view: NodeGroupsView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }
}
