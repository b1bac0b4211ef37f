//! Where a record is, for its small map.

use hedgerow_core::summary::{Summary, SummaryPlace};
use hedgerow_places::Places;
use hedgerow_proto::v1::Precision;
use hedgerow_web::map::{Locator, Maps};

/// The first place of a record that is on the map, or else the first area that it serves. A town
/// marks an area, a region its whole, and a hidden place nothing.
pub(super) fn locator(summary: &Summary, maps: &Maps) -> Option<Locator> {
    let places = summary.places.iter().chain(&summary.areas_served);
    places.filter_map(|place| of_place(place, maps)).next()
}

fn of_place(place: &SummaryPlace, maps: &Maps) -> Option<Locator> {
    let region = place.region.as_deref()?;
    let (has_council, has_position) = match place.precision {
        Precision::Exact | Precision::Neighbourhood => (true, true),
        Precision::Town => (true, false),
        Precision::Region => (false, false),
        Precision::Hidden | Precision::Unspecified => return None,
    };
    let point = place.point.filter(|_| has_council);
    let council = point.and_then(|point| Places::embedded().council_of(&point, Some(region)));
    let position = point.filter(|_| has_position);
    let position = position.map(|point| [point.longitude_e7, point.latitude_e7]);
    maps.locator(region, council, position)
}
