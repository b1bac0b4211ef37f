//! Everything that is not in the navigation.

use askama::Template;

use crate::icon::Icon;
use crate::pages::list::List;
use crate::shell::Shell;
use crate::words::Words;

#[derive(Template)]
#[template(path = "pages/more.html")]
pub struct More {
    t: Words,
    shell: Shell,
}

impl More {
    pub fn new(shell: Shell) -> Self {
        Self {
            t: shell.words,
            shell,
        }
    }

    fn lists(&self) -> [List; 7] {
        List::ALL
    }
}
