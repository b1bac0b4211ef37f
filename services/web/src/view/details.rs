use crate::text::Text;
use crate::view::item::Item;
use crate::view::progress::Progress;

/// What a list adds to a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// What a reader may want to know before reading: the content note of a story.
    pub note: Option<Text>,
    pub progress: Option<Progress>,
    pub items: Vec<Item>,
    /// What fits a need or an offer, the best first. Absent if it was not compared.
    pub fits: Option<Vec<Fit>>,
    /// Whether these are needs that an offer fits.
    pub fits_are_needs: bool,
    /// The page of everything that fits.
    pub fits_href: Option<String>,
}

/// An offer that fits a need, or the reverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    pub href: String,
    pub title: Text,
    pub by: Text,
    /// What to clear up with the other group.
    pub to_ask: Vec<Text>,
}
