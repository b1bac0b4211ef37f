//! The reviewed table from the data's place names to one place of the gazetteer, or none.

use std::collections::HashMap;
use std::io::Read;

use hedgerow_core::gazetteer::Place as Town;
use hedgerow_core::gazetteer::gazetteer;
use hedgerow_proto::v1;
use serde::Deserialize;

use super::GAZETTEER_REGIONS;
use super::REPORT_REGIONS;

/// The regions of the report that are no part of the map.
const EVERYWHERE: &str = "National";
const NOWHERE: &str = "Other";

/// The reviewed table. A name may stand under several regions.
#[derive(Debug)]
pub struct Places {
    rows: HashMap<(String, String), Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    place: String,
    region: String,
    geonameid: Option<u64>,
    how: String,
}

impl Places {
    pub(super) fn embedded() -> Self {
        Self::read(include_str!("../../data/places.csv").as_bytes())
            .expect("the embedded table is well formed")
    }

    fn read(table: impl Read) -> Result<Self, csv::Error> {
        let rows = csv::Reader::from_reader(table)
            .into_deserialize()
            .map(|row: Result<Row, _>| {
                row.map(|row| ((row.place.clone(), row.region.clone()), row))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    /// Where an entry is: the gazetteer's own town, or a region without a point. `None`
    /// where the source does not say. The second is true where it is an area served
    /// rather than a place.
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
            // Where something once took place is not where its organisation is.
            _ => {
                let named = row.filter(|row| row.how != "not-the-base");
                let name = named.map_or(region, |row| row.place.as_str());
                Some((of_region(name, region), false))
            }
        }
    }
}

/// The gazetteer's own place, with the names of the regions in which it lies.
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
    fn an_ambiguous_name_leads_to_the_reviewed_place() {
        let places = Places::embedded();
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
        let places = Places::embedded();
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
                assert!(Places::embedded().rows.contains_key(&key), "{key:?}");
            }
        }
    }
}
