//! Names in records that are about to be published.

use hedgerow_core::gazetteer::{Place, gazetteer};
use hedgerow_core::rules::NamedPlace;

use crate::evidence::Evidence;
use crate::meaning::Meaning;
use crate::places::Places;
use crate::record::{Kind, Record};

/// Places offered for one name.
const MAX_OFFERED: usize = 8;
/// The ONS renamed one region after the protocol's gazetteer was fixed.
const EAST_OF_ENGLAND: (&str, &str) = ("East of England", "Eastern");

impl Places {
    /// Returns what a name in a record means: the town to publish, an area, or the choices.
    /// A pack that cannot be read any more leaves the name to the protocol's gazetteer.
    #[must_use]
    pub fn named_place(&self, name: &str) -> NamedPlace {
        let Ok(meaning) = self.resolve(name, &Evidence::default()) else {
            return NamedPlace::Unresolved;
        };
        match meaning {
            Meaning::Place(place) => match self.town(&place) {
                Some(town) => NamedPlace::Town(town.geonames_id),
                None => NamedPlace::Unknown(Vec::new()),
            },
            Meaning::Area(area) => NamedPlace::Area {
                region: area.gazetteer_region().map(str::to_owned),
                is_wide: is_wide(area.kind),
                name: area.name,
            },
            Meaning::Districts { districts, .. } => {
                let towns = districts.iter().filter_map(|district| self.town(district));
                NamedPlace::Unknown(towns.take(1).map(Place::full_name).collect())
            }
            Meaning::Ask { likely, others, .. } => {
                let all = std::iter::once(*likely).chain(others);
                let names = all.take(MAX_OFFERED).map(|place| place.full_name());
                NamedPlace::Several(names.collect())
            }
            Meaning::Unknown { nearest } => {
                NamedPlace::Unknown(nearest.iter().map(Record::full_name).collect())
            }
        }
    }
}

/// Whether an area is a county or larger, so that its name hides where in it something is.
fn is_wide(kind: Kind) -> bool {
    match kind {
        Kind::County | Kind::Usual | Kind::Region | Kind::Nation | Kind::Country => true,
        Kind::City
        | Kind::Town
        | Kind::Suburb
        | Kind::Village
        | Kind::Hamlet
        | Kind::Postcode
        | Kind::District
        | Kind::Former
        | Kind::Island => false,
    }
}

impl Record {
    /// Returns the region of the protocol's gazetteer that this lies in or is.
    #[must_use]
    pub fn gazetteer_region(&self) -> Option<&'static str> {
        let own = match self.kind {
            Kind::Region | Kind::Nation => &self.name,
            _ if !self.region.is_empty() => &self.region,
            _ => &self.nation,
        };
        let name = if own == EAST_OF_ENGLAND.0 {
            EAST_OF_ENGLAND.1
        } else {
            own
        };
        gazetteer().region(name)
    }
}
