//! Catalogued listings: what a cataloguer repeats from a named source.
//!
//! A catalogued listing gives its source's title, section and year, no contact but a
//! website, and no place finer than town.

mod csv;
mod entry;
mod listing;
mod places;
mod words;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hedgerow_proto::v1;
use prost::Message as _;

pub use csv::COLUMNS;
pub use csv::read_csv;
pub use entry::Entry;
pub use listing::add_tag;
pub use listing::role;
pub use places::Places;
pub use words::Field;
pub use words::Words;

/// The scheme of the embedded catalogue's ids.
pub const SCHEME: &str = "jigsaw-2013";
/// The scheme of its region names: as the 2013 report groups them.
pub const REPORT_REGIONS: &str = "mind-2013";
/// The scheme of the gazetteer's region names.
pub const GAZETTEER_REGIONS: &str = "ons";

/// A listing about somebody else, ready to publish.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogued {
    /// Whom it is about.
    pub subject: v1::Subject,
    /// What it says.
    pub listing: v1::Listing,
}

impl Catalogued {
    /// The change that adds or replaces it. Its key is made of the subject.
    pub fn to_change(&self) -> v1::RecordChange {
        v1::RecordChange {
            change: Some(v1::record_change::Change::Put(v1::NewRecord {
                collection: "listing".to_owned(),
                draft: Some(self.to_draft()),
            })),
        }
    }

    /// The draft that the node takes.
    pub fn to_draft(&self) -> v1::RecordDraft {
        v1::RecordDraft {
            body: self.listing.encode_to_vec(),
            language: "en".to_owned(),
            audience: Some(crate::document::Audience::Public.to_proto()),
            subject: Some(self.subject.clone()),
            ..Default::default()
        }
    }
}

/// The embedded catalogue with its reviewed tables.
#[derive(Debug)]
pub struct Catalogue {
    entries: Vec<Entry>,
    places: Places,
    words: Words,
}

/// Words of the data without a term in the vocabulary: how often each is used, by field.
pub type Unmapped = BTreeMap<(Field, String), usize>;

impl Catalogue {
    /// The catalogue of 2013 that is compiled into the program.
    pub fn embedded() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| Self {
            entries: entry::read(include_str!("../data/catalogue.json"))
                .expect("the embedded catalogue is well formed"),
            places: Places::embedded(),
            words: Words::embedded(),
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

    /// The listing of an entry.
    pub fn listing(&self, entry: &Entry) -> Catalogued {
        listing::catalogued(entry, self)
    }

    /// The words of these entries that no term stands for.
    pub fn unmapped(&self, entries: &[&Entry]) -> Unmapped {
        let mut unmapped = Unmapped::new();
        for (field, word) in entries.iter().flat_map(|entry| entry.words()) {
            if self.words.tag(field, word).is_none() {
                *unmapped.entry((field, word.to_owned())).or_default() += 1;
            }
        }
        unmapped
    }

    /// The reviewed table of words.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// A region of the report as an area. `None` for what is no part of the map.
    pub fn area(&self, region: &str) -> Option<v1::Place> {
        self.places.resolve(None, region).map(|(area, _)| area)
    }

    fn name_of(&self, id: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|entry| entry.id == id)
            .map(|entry| entry.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hedgerow_core::gazetteer::gazetteer;
    use hedgerow_core::rules;

    use super::*;

    fn all() -> Vec<Catalogued> {
        let catalogue = Catalogue::embedded();
        let entries = catalogue.entries(None);
        entries
            .iter()
            .map(|entry| catalogue.listing(entry))
            .collect()
    }

    #[test]
    fn the_catalogue_has_277_listings_of_12_regions() {
        let catalogue = Catalogue::embedded();
        assert_eq!(catalogue.entries(None).len(), 277);
        let sizes: Vec<_> = catalogue
            .regions()
            .into_iter()
            .map(|region| (region, catalogue.entries(Some(region)).len()))
            .collect();
        assert_eq!(sizes.len(), 12);
        assert!(sizes.contains(&("North East", 33)));
        assert!(sizes.contains(&("National", 42)));
        assert!(sizes.contains(&("Other", 7)));
        let groups = all()
            .iter()
            .filter(|one| {
                one.listing
                    .roles()
                    .any(|role| role == v1::Role::SupportGroup)
            })
            .count();
        assert_eq!(groups, 197);
    }

    #[test]
    fn the_counts_of_mapped_and_unmapped_words_are_fixed() {
        let catalogue = Catalogue::embedded();
        let entries = catalogue.entries(None);
        let uses: usize = entries.iter().map(|entry| entry.words().len()).sum();
        let words: BTreeSet<_> = entries.iter().flat_map(|entry| entry.words()).collect();
        let unmapped = catalogue.unmapped(&entries);
        assert_eq!((words.len(), uses), (163, 2_095));
        assert_eq!(
            (unmapped.len(), unmapped.values().sum::<usize>()),
            (48, 413)
        );
    }

    #[test]
    fn a_point_is_always_the_gazetteers_own_point_of_a_town() {
        let (mut towns, mut regions) = (0, 0);
        for one in all() {
            let listing = &one.listing;
            for place in listing.places.iter().chain(&listing.areas_served) {
                match place.precision() {
                    v1::Precision::Town => {
                        let town = gazetteer()
                            .by_id(place.geonames_id.into())
                            .expect("a place");
                        assert_eq!(place.point, Some(town.point()), "{}", listing.name);
                        towns += 1;
                    }
                    v1::Precision::Region => {
                        assert_eq!((place.point, place.geonames_id), (None, 0));
                        regions += 1;
                    }
                    other => panic!("{}: {other:?}", listing.name),
                }
                assert!(place.postcode.is_empty() && place.street.is_empty());
            }
        }
        // Seven entries of "Other" say nothing of a place.
        assert_eq!((towns, regions), (110, 277 - 110 - 7));
    }

    #[test]
    fn every_listing_names_its_source_and_gives_no_contact() {
        for Catalogued { listing, subject } in all() {
            assert_eq!(listing.voice(), v1::Voice::Catalogued);
            assert!(listing.contacts.is_empty());
            let source = listing.source.expect("a source");
            assert!(
                !source.title.is_empty() && !source.section.is_empty(),
                "{}",
                listing.name
            );
            assert_eq!(
                (subject.scheme.as_str(), &subject.name),
                (SCHEME, &listing.name)
            );
        }
    }

    #[test]
    fn no_file_name_of_the_source_is_in_any_listing() {
        for one in all() {
            let shown = format!("{one:?}");
            for trace in [".txt", ".pdf", ".json", "outcode", "source.file"] {
                assert!(!shown.contains(trace), "{trace} in {shown}");
            }
        }
    }

    #[test]
    fn every_listing_has_a_key_of_its_own() {
        let mut keys = BTreeSet::new();
        for one in all() {
            let key = rules::catalogued_key(&one.subject).expect("a key");
            assert!(keys.insert(key.clone()), "{key}");
        }
    }

    /// Given names that are common in Britain. Not complete: it catches slips.
    const GIVEN_NAMES: &str = "Adam Alan Alex Alice Amanda Amy Andrew Andy Angela Ann Anna Anne \
        Anthony Barbara Ben Bob Brian Carol Caroline Catherine Charles Charlotte Chris Christine \
        Christopher Claire Clare Colin Daniel Dave David Deborah Debbie Diana Diane Dorothy \
        Edward Elaine Elizabeth Emily Emma Eric Fatima Fiona Frank Gareth Gary Geoff George \
        Gillian Graham Hannah Harry Heather Helen Henry Ian Jack Jackie James Jane Janet Jason \
        Jean Jennifer Jenny Jessica Jim Joan Joanna Joanne John Jonathan Joseph Joyce Judith \
        Julia Julie Karen Kate Kathleen Keith Kevin Laura Lauren Linda Lisa Louise Lucy Lynn \
        Malcolm Margaret Maria Marie Mark Martin Mary Matthew Maureen Michael Michelle Mike \
        Mohammed Muhammad Nancy Natalie Neil Nicholas Nicola Nick Nigel Oliver Olivia Pamela \
        Patricia Patrick Paul Paula Peter Philip Priya Rachel Rebecca Richard Rita Robert Roger \
        Ronald Ruth Sally Sam Samantha Sandra Sara Sarah Sharon Sheila Shirley Simon Sophie \
        Stephanie Stephen Steve Steven Stuart Sue Susan Terry Thomas Tim Tom Tony Tracey \
        Victoria Vincent Wendy William Yvonne Zoe";
    const TITLES: [&str; 12] = [
        "Mr",
        "Mrs",
        "Ms",
        "Miss",
        "Mx",
        "Dr",
        "Prof",
        "Professor",
        "Sir",
        "Dame",
        "Rev",
        "Lord",
    ];

    /// Words of a text that point at a person: a title, or a given name that is not part
    /// of a saint's.
    fn individuals(text: &str) -> Vec<&str> {
        let given: BTreeSet<_> = GIVEN_NAMES.split_whitespace().collect();
        let words: Vec<_> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’')
            .collect();
        let mut found = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let saint = index > 0 && words[index - 1] == "St";
            let plain = word.trim_end_matches("'s").trim_end_matches("’s");
            if TITLES.contains(word) || (given.contains(plain) && !saint) {
                found.push(*word);
            }
        }
        found
    }

    #[test]
    fn no_embedded_text_points_at_an_individual() {
        for entry in Catalogue::embedded().entries(None) {
            for text in entry.texts() {
                let found = individuals(text);
                assert!(found.is_empty(), "{}: {found:?} in {text}", entry.id);
                assert!(!text.contains('@'), "{}: {text}", entry.id);
            }
        }
    }

    #[test]
    fn the_search_for_individuals_finds_them() {
        assert_eq!(individuals("Run by Dr Example"), ["Dr"]);
        assert_eq!(individuals("Sarah’s kitchen table"), ["Sarah’s"]);
        assert!(individuals("St George's trust, St Andrew's").is_empty());
    }
}
