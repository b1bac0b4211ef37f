//! The catalogue of 2013, embedded with its reviewed tables.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hedgerow_proto::v1::Place;

use super::entry::Entry;
use super::from_entry::from_entry;
use super::listing::CataloguedListing;
use super::mapping::{Field, Mapping};
use super::places::PlaceTable;

#[derive(Debug)]
pub struct Catalogue {
    entries: Vec<Entry>,
    places: PlaceTable,
    mapping: Mapping,
}

/// Words of the data that no term of the vocabulary covers: the number of uses, by field.
pub type Unmapped = BTreeMap<(Field, String), usize>;

impl Catalogue {
    pub fn embedded() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| Self {
            entries: serde_json::from_str(include_str!("../../data/catalogue.json"))
                .expect("the embedded catalogue is well formed"),
            places: PlaceTable::embedded(),
            mapping: Mapping::embedded(),
        })
    }

    /// The regions as the report groups them, in the order of the data.
    pub fn regions(&self) -> Vec<&str> {
        let mut regions: Vec<&str> = Vec::new();
        for entry in &self.entries {
            if !regions.contains(&entry.region.as_str()) {
                regions.push(&entry.region);
            }
        }
        regions
    }

    /// The entries of one region, or all.
    pub fn entries(&self, region: Option<&str>) -> Vec<&Entry> {
        self.entries
            .iter()
            .filter(|entry| region.is_none_or(|region| entry.region == region))
            .collect()
    }

    pub fn listing(&self, entry: &Entry) -> CataloguedListing {
        let parent = entry.parent.as_deref().and_then(|id| self.name_of(id));
        from_entry(entry, parent, &self.places, &self.mapping)
    }

    /// The words of these entries that no term covers.
    pub fn unmapped(&self, entries: &[&Entry]) -> Unmapped {
        let mut unmapped = Unmapped::new();
        for (field, word) in entries.iter().flat_map(|entry| entry.words()) {
            if self.term(field, word).is_none() {
                *unmapped.entry((field, word.to_owned())).or_default() += 1;
            }
        }
        unmapped
    }

    /// The term of the vocabulary that covers a word of the data.
    pub fn term(&self, field: Field, word: &str) -> Option<&str> {
        self.mapping.term(field, word)
    }

    /// A region of the report as an area. `None` for "Other", which is not on the map.
    pub fn area(&self, region: &str) -> Option<Place> {
        self.places.resolve(None, region).map(|(area, _)| area)
    }

    fn name_of(&self, id: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|entry| entry.id == id)
            .map(|entry| entry.name.as_str())
    }
}
