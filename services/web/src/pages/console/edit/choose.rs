//! Which kind of thing to add.

use askama::Template;

use crate::pages::console::Frame;
use crate::words::Words;

/// What can be added.
#[derive(Clone, Debug, Default)]
pub struct ChooseView {
    /// The key of the heading.
    pub heading: &'static str,
    /// The key of the words of each, and its page.
    pub links: Vec<(&'static str, String)>,
    /// The page to go back to.
    pub back: String,
}

#[derive(Template)]
#[template(path = "pages/console/edit/choose.html")]
pub struct Choose {
    t: Words,
    frame: Frame,
    view: ChooseView,
}

impl Choose {
    pub fn new(frame: Frame, view: ChooseView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
