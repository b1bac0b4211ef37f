//! The twelve cataloguers: one a region of the catalogue, each a network with a listing
//! of its own.

use hedgerow_proto::v1;

use super::Publisher;
use super::label;
use super::put;
use crate::catalogue::Catalogue;

/// The cataloguers, in the order of the data.
pub fn cataloguers() -> Vec<Publisher> {
    let catalogue = Catalogue::embedded();
    catalogue
        .regions()
        .into_iter()
        .map(|region| {
            let entries = catalogue.entries(Some(region));
            let mut changes = vec![put("listing", &own_listing(region))];
            changes.extend(
                entries
                    .into_iter()
                    .map(|entry| catalogue.listing(entry).to_change()),
            );
            Publisher {
                label: label(region),
                changes,
            }
        })
        .collect()
}

fn own_listing(region: &str) -> v1::Listing {
    v1::Listing {
        name: format!("Catalogue of 2013, {region} [demonstration]"),
        summary: format!(
            "Invented for this demonstration. Keeps a list of whom the Jigsaw reports name under \
             “{region}”, each entry with its source."
        ),
        voice: v1::Voice::Itself.into(),
        roles: vec![v1::Role::Network.into()],
        languages: vec!["en".to_owned()],
        areas_served: Catalogue::embedded().area(region).into_iter().collect(),
        activity_state: v1::ActivityState::Active.into(),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_cataloguers_publish_277_listings_and_their_own() {
        let cataloguers = cataloguers();
        assert_eq!(cataloguers.len(), 12);
        let records: usize = cataloguers.iter().map(|one| one.changes.len()).sum();
        assert_eq!(records, 277 + 12);
    }
}
