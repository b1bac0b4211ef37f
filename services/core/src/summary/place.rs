//! Places of a summary.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use crate::gazetteer::gazetteer;

/// A visible place in short, with its region.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryPlace {
    /// The name to show: its own, else that of its town or region; may be empty.
    pub name: String,
    /// The precision at which it was published.
    pub precision: Precision,
    /// The published point: at town precision that of the town.
    pub point: Option<v1::Point>,
    /// The GeoNames id of its town.
    pub geonames_id: Option<u64>,
    /// The region as the gazetteer names it: from the town, the point or the record.
    pub region: Option<String>,
    /// The regions that the record names.
    pub regions: Vec<v1::RegionName>,
}

impl SummaryPlace {
    /// Summarises a place; `None` if it is hidden.
    pub(super) fn from_place(place: &v1::Place) -> Option<Self> {
        let precision = place.precision();
        if matches!(precision, Precision::Hidden | Precision::Unspecified) {
            return None;
        }
        let id = Some(u64::from(place.geonames_id)).filter(|id| *id != 0);
        let by_id = || id.and_then(|id| gazetteer().by_id(id));
        let by_point = || gazetteer().town_near(place.point.as_ref()?);
        let ons_region = place.regions.iter().find(|region| region.scheme == "ons");
        let region = by_id()
            .or_else(by_point)
            .map(|town| town.region.clone())
            // A name that the gazetteer does not know would be a region of its own in counts.
            .or_else(|| Some(gazetteer().region(&ons_region?.name)?.to_owned()))
            .or_else(|| gazetteer().region(&place.name).map(str::to_owned));
        Some(Self {
            name: shown_name(place),
            precision,
            point: place.point,
            geonames_id: id,
            region,
            regions: place.regions.clone(),
        })
    }

    /// Summarises every place that is not hidden.
    pub(super) fn from_places(places: &[v1::Place]) -> Vec<Self> {
        places.iter().filter_map(Self::from_place).collect()
    }
}

fn shown_name(place: &v1::Place) -> String {
    let region = || place.regions.first().map(|region| region.name.clone());
    let town = || {
        gazetteer()
            .by_id(u64::from(place.geonames_id))
            .map(|town| town.name.clone())
    };
    let named = Some(&place.name).filter(|name| !name.is_empty()).cloned();
    named.or_else(town).or_else(region).unwrap_or_default()
}
