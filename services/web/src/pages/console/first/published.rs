//! Published: what happens next.

use askama::Template;

use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

#[derive(Clone, Debug)]
pub struct FirstPublishedView {
    pub name: Text,
    /// Whether it is sent to any directory.
    pub has_directories: bool,
}

#[derive(Template)]
#[template(path = "pages/console/first/published.html")]
pub struct FirstPublished {
    t: Words,
    frame: Frame,
    view: FirstPublishedView,
}

impl FirstPublished {
    pub fn new(frame: Frame, view: FirstPublishedView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
