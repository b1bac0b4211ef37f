//! The town that may be published for a place.

use hedgerow_core::gazetteer::{Place, gazetteer};
use hedgerow_core::place::distance_m;

use crate::places::Places;
use crate::record::Record;

/// A suburb is shown as its own town if that is as near as this: five miles.
const OWN_TOWN_M: f64 = 8_047.0;
/// A town farther away would be another one: ten miles.
const MAX_TOWN_DISTANCE_M: f64 = 16_093.0;

impl Places {
    /// Returns the town of the protocol's gazetteer that is published for a settlement at town
    /// precision: the place itself if it is a town there, else the town that it is a suburb of,
    /// else the nearest larger town of the same council area, else the nearest larger town.
    /// `None` if there is none within ten miles.
    #[must_use]
    pub fn town(&self, place: &Record) -> Option<&'static Place> {
        if let Some(id) = place.id.strip_prefix("geonames:")
            && let Some(own) = id.parse().ok().and_then(|id| gazetteer().by_id(id))
            && own.is_town()
        {
            return Some(own);
        }
        let from = place.point();
        let people = place.population.unwrap_or(0);
        let larger = |town: &&Place| town.is_town() && town.population >= Some(people);
        let mut near: Vec<(f64, &'static Place)> = gazetteer()
            .places()
            .iter()
            .filter(larger)
            .map(|town| (distance_m(&from, &town.point()), town))
            .filter(|(distance, _)| *distance <= MAX_TOWN_DISTANCE_M)
            .collect();
        near.sort_by(|(a, one), (b, other)| {
            a.total_cmp(b).then(one.geonames_id.cmp(&other.geonames_id))
        });
        let own_town = near.iter().find(|(distance, town)| {
            *distance <= OWN_TOWN_M && !place.town.is_empty() && town.name == place.town
        });
        let in_district = || {
            near.iter().find(|(_, town)| {
                let code = self.postcodes().nearest(&town.point(), |_| true);
                code.is_some_and(|(code, _)| code.district == place.district)
            })
        };
        own_town
            .or_else(in_district)
            .or(near.first())
            .map(|(_, town)| *town)
    }
}
