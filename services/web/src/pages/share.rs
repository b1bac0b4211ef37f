//! A link to share a search by. It is made only on request, because the words are then in an
//! address, which browsers and servers keep.

use askama::Template;

use crate::form::Form;
use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct ShareView {
    /// The fields of the search.
    pub form: Form,
    /// What the link says of the words, the place, and each filter.
    pub query: Text,
    pub near: Text,
    pub filters: Vec<Text>,
    /// The address, once a person requested it.
    pub link: Option<SharedLink>,
}

/// An address of this site.
#[derive(Debug)]
pub struct SharedLink {
    /// From the root of the site.
    pub href: String,
    /// The same with the name of the server, to copy.
    pub address: String,
}

#[derive(Template)]
#[template(path = "pages/share.html")]
pub struct Share {
    t: Words,
    shell: Shell,
    view: ShareView,
}

impl Share {
    pub fn new(shell: Shell, view: ShareView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.view.form.fields()
    }

    fn says_nothing(&self) -> bool {
        let view = &self.view;
        view.query.is_empty() && view.near.is_empty() && view.filters.is_empty()
    }
}
