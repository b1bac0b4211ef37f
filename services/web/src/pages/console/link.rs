//! A link that opens the console once. Programs that check mail open links too, so that only the
//! button uses it.

use askama::Template;

use super::frame::Frame;
use crate::components::{ErrorSummary, Errors, TextField};
use crate::text::Text;
use crate::words::Words;

/// What a link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkOpens {
    /// The console of the person who runs the machine.
    Host,
    /// The first pages of a new group.
    NewGroup,
    /// A group, for a new person.
    Join { group: Text, by: Text },
    /// The console of a person who is known.
    Return { name: Text },
}

#[derive(Clone, Debug)]
pub struct LinkView {
    /// `None` if the link was used, has expired or was never there.
    pub opens: Option<LinkOpens>,
    /// The person who is signed in in this browser, and needs no new name.
    pub known: Option<Text>,
    /// The name that was typed.
    pub name: String,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "pages/console/link.html")]
pub struct Link {
    t: Words,
    frame: Frame,
    view: LinkView,
}

impl Link {
    pub fn new(frame: Frame, view: LinkView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    /// Whether the person chooses a name and a passphrase here.
    fn is_new(&self) -> bool {
        self.view.known.is_none()
            && matches!(
                self.view.opens,
                Some(LinkOpens::NewGroup | LinkOpens::Join { .. })
            )
    }

    fn title(&self) -> String {
        self.t.text(match self.view.opens {
            None => "link-used-heading",
            Some(_) => "link-heading",
        })
    }
}
