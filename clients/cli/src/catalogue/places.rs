//! The reviewed table from the data's place names to places of the gazetteer.

use std::collections::HashMap;

use hedgerow_core::gazetteer::{Place as Town, gazetteer};
use hedgerow_proto::v1;
use serde::Deserialize;

use super::table::rows_by;

/// The scheme of the catalogue's regions: as the 2013 report groups them.
const REPORT_REGIONS: &str = "mind-2013";
/// The scheme of the gazetteer's regions.
pub(super) const GAZETTEER_REGIONS: &str = "ons";

/// The regions of the report that are not on the map.
const EVERYWHERE: &str = "National";
const NOWHERE: &str = "Other";

#[derive(Debug)]
pub(super) struct PlaceTable {
    /// By name and region: a name may occur in several regions.
    rows: HashMap<(String, String), Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    place: String,
    region: String,
    geonameid: Option<u64>,
    how: String,
}

impl PlaceTable {
    pub(super) fn embedded() -> Self {
        Self {
            rows: rows_by(include_str!("../../data/places.csv"), |row: &Row| {
                (row.place.clone(), row.region.clone())
            }),
        }
    }

    /// The place of an entry: a town of the gazetteer, or a region without a point. `None`
    /// if the source does not say. The second value is true for an area served rather than
    /// a place.
    pub(super) fn resolve(&self, place: Option<&str>, region: &str) -> Option<(v1::Place, bool)> {
        let row = place.and_then(|place| self.rows.get(&(place.to_owned(), region.to_owned())));
        let town = row
            .and_then(|row| row.geonameid)
            .and_then(|id| gazetteer().by_id(id));
        if let Some(town) = town {
            return Some((of_town(town, Some(region)), false));
        }
        match region {
            NOWHERE => None,
            EVERYWHERE => Some((of_region("National", region), true)),
            // A place where an event was held is not where the organisation is.
            _ => {
                let named = row.filter(|row| row.how != "not-the-base");
                let name = named.map_or(region, |row| row.place.as_str());
                Some((of_region(name, region), false))
            }
        }
    }
}

/// A town of the gazetteer, with the names of its regions in both schemes.
pub(super) fn of_town(town: &Town, report_region: Option<&str>) -> v1::Place {
    let mut regions = Vec::new();
    if let Some(name) = report_region {
        regions.push(region_name(REPORT_REGIONS, name));
    }
    regions.push(region_name(GAZETTEER_REGIONS, &town.region));
    v1::Place {
        precision: v1::Precision::Town.into(),
        point: Some(town.point()),
        name: town.name.clone(),
        geonames_id: u32::try_from(town.geonames_id).unwrap_or_default(),
        regions,
        country: "GB".to_owned(),
        ..Default::default()
    }
}

fn of_region(name: &str, report_region: &str) -> v1::Place {
    v1::Place {
        precision: v1::Precision::Region.into(),
        name: name.to_owned(),
        regions: vec![region_name(REPORT_REGIONS, report_region)],
        country: "GB".to_owned(),
        ..Default::default()
    }
}

pub(super) fn region_name(scheme: &str, name: &str) -> v1::RegionName {
    v1::RegionName {
        scheme: scheme.to_owned(),
        name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ambiguous_name_resolves_to_the_reviewed_place() {
        let places = PlaceTable::embedded();
        let place = |name, region| places.resolve(Some(name), region).expect("a place").0;
        let newcastle = place("Newcastle", "North East");
        assert_eq!(newcastle.name, "Newcastle upon Tyne");
        let leeds = place("Leeds", "North West");
        let names: Vec<_> = leeds
            .regions
            .iter()
            .map(|region| (region.scheme.as_str(), region.name.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                ("mind-2013", "North West"),
                ("ons", "Yorkshire and the Humber")
            ]
        );
    }

    #[test]
    fn a_county_is_a_region_without_a_point() {
        let places = PlaceTable::embedded();
        let (devon, served) = places
            .resolve(Some("Devon"), "South West")
            .expect("a place");
        assert_eq!(
            (devon.precision(), devon.point),
            (v1::Precision::Region, None)
        );
        assert_eq!((devon.name.as_str(), served), ("Devon", false));
        assert!(places.resolve(None, "National").expect("an area").1);
        assert!(places.resolve(Some("Durham"), "Other").is_none());
    }

    #[test]
    fn every_place_of_the_data_was_reviewed() {
        for entry in crate::catalogue::Catalogue::embedded().entries(None) {
            if let Some(place) = &entry.place {
                let key = (place.clone(), entry.region.clone());
                assert!(PlaceTable::embedded().rows.contains_key(&key), "{key:?}");
            }
        }
    }
}
