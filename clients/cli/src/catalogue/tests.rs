use std::collections::BTreeSet;

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::rules;
use hedgerow_proto::v1;

use super::from_entry::SCHEME;
use super::*;

fn all() -> Vec<CataloguedListing> {
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
    for CataloguedListing {
        listing, subject, ..
    } in all()
    {
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

fn listing(id: &str) -> v1::Listing {
    let catalogue = Catalogue::embedded();
    let entries = catalogue.entries(None);
    let entry = entries
        .iter()
        .find(|entry| entry.id == id)
        .expect("an entry");
    catalogue.listing(entry).listing
}

#[test]
fn words_of_the_data_become_terms_of_the_vocabulary() {
    let sodit = listing("sodit");
    assert_eq!(sodit.roles, [i32::from(v1::Role::SupportGroup)]);
    assert!(sodit.approaches.contains(&"approach:self-help".to_owned()));
    assert!(sodit.leadership.contains(&"leadership:peer-led".to_owned()));
    let communities: Vec<_> = sodit
        .who_for
        .iter()
        .flat_map(|who| who.communities.iter().chain(&who.experiences))
        .map(String::as_str)
        .collect();
    assert_eq!(
        communities,
        [
            "community:women",
            "community:lgbtqia",
            "experience:depression",
            "experience:anxiety"
        ]
    );
    assert_eq!(sodit.places[0].name, "Sheffield");
}

#[test]
fn another_role_is_described_in_words() {
    let college = listing("south-west-london-and-st-georges-mental-health-trust");
    assert!(college.roles().any(|role| role == v1::Role::Other));
    assert!(
        college.role_words.contains("recovery programme"),
        "{}",
        college.role_words
    );
}

#[test]
fn an_entry_names_the_organisation_that_it_is_part_of() {
    let college = listing("norfolk-and-suffolk-recovery-college");
    let parent = college.parents[0].group.as_ref().expect("a group");
    assert_eq!(parent.name, "Norfolk and Suffolk Foundation Trust");
    assert_eq!(college.founded_year, 2012);
}
