//! The town that may be published for a place.

use hedgerow_core::gazetteer::Place;
use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;

use crate::built_up::{MAX_PART_M, town_at};
use crate::places::Places;
use crate::record::{Kind, Record};

impl Places {
    /// Returns the town of the protocol's gazetteer that is published for a settlement or a
    /// postcode district at town precision: the place itself if it is a town there, else the
    /// town that it is a suburb of, else the town in whose built-up area it lies. `None` if there
    /// is none within ten miles.
    #[must_use]
    pub fn town(&self, place: &Record) -> Option<&'static Place> {
        if let Some(own) = place.in_gazetteer().filter(|own| own.is_town()) {
            return Some(own);
        }
        let point = place.point();
        self.own_town(place)
            .or_else(|| town_at(&point, place.population.unwrap_or(0)))
            // A place that is larger than every town near it is not known to be one.
            .or_else(|| town_at(&point, 0))
    }

    /// Returns the town that is published for a position at town precision: the one in whose
    /// built-up area it lies. `None` if there is none within ten miles.
    #[must_use]
    pub fn town_at(&self, point: &v1::Point) -> Option<&'static Place> {
        town_at(point, 0)
    }

    /// The town that a suburb names, if it is near.
    fn own_town(&self, place: &Record) -> Option<&'static Place> {
        // The town of a postcode district follows from its position.
        if place.town.is_empty() || place.kind == Kind::Postcode {
            return None;
        }
        let point = place.point();
        let named = self.candidates(&place.town).ok()?.into_iter();
        let towns = named
            .filter_map(|one| one.record.in_gazetteer())
            .filter(|town| town.is_town());
        let near = towns
            .map(|town| (distance_m(&point, &town.point()), town))
            .filter(|(distance, _)| *distance <= MAX_PART_M);
        let nearest = near.min_by(|(a, _), (b, _)| a.total_cmp(b));
        nearest.map(|(_, town)| town)
    }
}
