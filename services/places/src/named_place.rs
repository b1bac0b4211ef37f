//! Names in records that are about to be published.

use hedgerow_core::gazetteer::{Place, gazetteer};
use hedgerow_core::rules::NamedPlace;

use crate::evidence::Evidence;
use crate::meaning::Meaning;
use crate::pack::NameKind;
use crate::places::Places;
use crate::record::{Kind, Record};

/// Places offered for one name.
const MAX_OFFERED: usize = 8;
/// A town of this size is meant by its name alone.
const WELL_KNOWN: u32 = 100_000;
/// The ONS renamed one region after the protocol's gazetteer was fixed.
const EAST_OF_ENGLAND: (&str, &str) = ("East of England", "Eastern");

impl Places {
    /// Returns what a name in a record means: the town to publish, an area, or the choices.
    /// If a pack cannot be read any more, the embedded places resolve the name.
    #[must_use]
    pub fn named_place(&self, name: &str) -> NamedPlace {
        if let Some(town) = self.well_known(name) {
            return NamedPlace::Town(town.geonames_id);
        }
        let evidence = Evidence::default();
        let meaning = self.resolve(name, &evidence);
        let meaning = meaning.or_else(|_| Self::embedded().resolve(name, &evidence));
        let unknown = |_| Meaning::Unknown {
            nearest: Vec::new(),
        };
        match meaning.unwrap_or_else(unknown) {
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

impl Places {
    /// Returns the town of the protocol's gazetteer with exactly this name, if it is the only
    /// one there and large: it is meant, whatever smaller places a pack has.
    fn well_known(&self, name: &str) -> Option<&'static Place> {
        let candidates = self.candidates(name).ok()?.into_iter();
        let mut towns = candidates
            .filter(|one| one.name_kind == NameKind::Own)
            .filter_map(|one| one.record.in_gazetteer());
        let only = towns
            .next()
            .filter(|town| town.population >= Some(WELL_KNOWN));
        only.filter(|_| towns.next().is_none())
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
    /// The name of a region in the protocol's gazetteer.
    pub(crate) fn gazetteer_name(&self) -> Option<String> {
        let is_region = matches!(self.kind, Kind::Region | Kind::Nation);
        let name = is_region.then(|| self.gazetteer_region()).flatten();
        name.map(str::to_owned)
    }

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
