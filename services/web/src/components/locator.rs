//! Where something is, on a small map.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::icon::Icon;
use crate::map::Locator;
use crate::words::Words;

/// The picture, what it shows in words, and a link to what else is there.
#[derive(Template)]
#[template(path = "components/locator.html")]
pub struct LocatorBox<'a> {
    t: Words,
    locator: &'a Locator,
}

impl<'a> LocatorBox<'a> {
    pub fn new(t: Words, locator: &'a Locator) -> Self {
        Self { t, locator }
    }

    fn in_words(&self) -> String {
        let area = ("area", self.locator.area);
        match self.locator.region {
            Some(region) if region != self.locator.area => {
                self.t.with("locator-in", &[area, ("region", region)])
            }
            _ => self.t.with("locator-region", &[area]),
        }
    }
}

impl HtmlSafe for LocatorBox<'_> {}
