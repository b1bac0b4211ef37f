//! About this directory.

use askama::Template;

use crate::link::WebLink;
use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct AboutView {
    /// Who runs it; empty if the configuration does not say.
    pub run_by: Text,
    pub contact: Option<WebLink>,
    pub policy: Option<WebLink>,
    /// What the operator writes about it; empty if nothing.
    pub words: Text,
    /// The directory's id, in hexadecimal digits.
    pub id: String,
    /// The address for programs.
    pub address: Text,
}

#[derive(Template)]
#[template(path = "pages/about.html")]
pub struct About {
    t: Words,
    shell: Shell,
    view: AboutView,
}

impl About {
    pub fn new(shell: Shell, view: AboutView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }
}
