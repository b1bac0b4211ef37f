//! The twelve cataloguers: for each region of the catalogue a network with a listing of its
//! own.

use hedgerow_cli::catalogue::Catalogue;
use hedgerow_core::name::collection;
use hedgerow_proto::v1::{ActivityState, Listing, Role, Voice};

use crate::publisher::{Publisher, label, put};

/// The cataloguers, in the order of the regions in the data.
pub fn cataloguers() -> Vec<Publisher> {
    let catalogue = Catalogue::embedded();
    catalogue
        .regions()
        .into_iter()
        .map(|region| {
            let entries = catalogue.entries(Some(region));
            let mut changes = vec![put(collection::LISTING, &own_listing(region))];
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

fn own_listing(region: &str) -> Listing {
    Listing {
        name: format!("Catalogue of 2013, {region} [demonstration]"),
        summary: format!(
            "Invented for this demonstration. Keeps a list of whom the Jigsaw reports name under \
             “{region}”, each entry with its source."
        ),
        voice: Voice::Itself.into(),
        roles: vec![Role::Network.into()],
        languages: vec!["en".to_owned()],
        areas_served: Catalogue::embedded().area(region).into_iter().collect(),
        activity_state: ActivityState::Active.into(),
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
