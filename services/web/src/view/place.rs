use crate::link::WebLink;
use crate::text::Text;

/// How exactly a place is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Exact,
    Neighbourhood,
    Town,
    Region,
    Hidden,
}

/// A place, no finer than published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub name: Text,
    pub precision: Precision,
    /// From the place that was searched near, in metres.
    pub distance: Option<u32>,
    /// How a record without a place in the area that was searched belongs to it.
    pub area: Option<Area>,
    /// Street and postcode, of an exact place.
    pub address: Option<Text>,
    /// How to find the door, and what else the group says about the place.
    pub words: Vec<Text>,
    pub map: Option<WebLink>,
}

impl Place {
    pub fn named(name: Text, precision: Precision) -> Self {
        Self {
            name,
            precision,
            distance: None,
            area: None,
            address: None,
            words: Vec::new(),
            map: None,
        }
    }
}

/// How a record belongs to an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// It serves all of it.
    Serves,
    /// It is somewhere in it.
    Within,
}
