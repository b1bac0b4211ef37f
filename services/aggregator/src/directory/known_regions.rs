//! Regions that this server knows: those of the gazetteer, council areas, and those of the report of 2013.
//! Anybody can publish others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_places::{Kind, Meaning, Places};
use hedgerow_proto::v1::RegionName;
use hedgerow_transport::failure::Failure;

use super::geocode::Geocoder;
use super::reference_counts::reference_counts;

/// The scheme of the gazetteer's regions.
pub(super) const GAZETTEER_SCHEME: &str = "ons";
/// The scheme of council areas, which the index derives from points.
const COUNCIL_SCHEME: &str = "council";

/// Bytes of a name that may be a region's.
const MAX_NAME: usize = 196;
/// Councils that are named for an unknown one, and letters by which their names may differ.
const MAX_NEAREST: usize = 5;
const MAX_EDITS: usize = 3;

/// The names of the regions of a scheme that this server knows.
pub(super) fn region_names(scheme: &str) -> Option<BTreeSet<String>> {
    if scheme == GAZETTEER_SCHEME {
        Some(gazetteer().regions().map(str::to_owned).collect())
    } else if scheme == COUNCIL_SCHEME {
        let councils = Places::embedded().councils().into_iter();
        Some(councils.map(str::to_owned).collect())
    } else if scheme == reference_counts().scheme {
        Some(reference_counts().regions().map(str::to_owned).collect())
    } else {
        None
    }
}

/// Whether this server knows a region, written with its scheme as in the facet: `ons:London`.
/// Anybody can publish others, which would fill the facet.
pub(super) fn is_known_region(value: &str) -> bool {
    static KNOWN: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let schemes = [GAZETTEER_SCHEME, &reference_counts().scheme];
        let regions = schemes.map(|scheme| {
            let names = region_names(scheme).unwrap_or_default();
            names
                .into_iter()
                .map(move |name| format!("{scheme}:{name}"))
        });
        regions.into_iter().flatten().collect()
    });
    KNOWN.contains(value)
}

/// Whether this server knows the regions of a scheme.
pub(super) fn is_known_scheme(scheme: &str) -> bool {
    has_checked_names(scheme) || scheme == reference_counts().scheme
}

/// Whether every name under a scheme is compared with those that this server knows, so that a filter
/// by another name is an error.
pub(super) fn has_checked_names(scheme: &str) -> bool {
    [GAZETTEER_SCHEME, COUNCIL_SCHEME].contains(&scheme)
}

/// Returns a region of a filter as the gazetteer spells it: `East of England` and `yorkshire and
/// humber` are regions too. A region of another scheme is returned unchanged.
pub(super) fn known_region(
    region: &RegionName,
    geocoder: &Geocoder,
) -> Result<RegionName, Failure> {
    // An empty or long name is rejected with the other fields.
    let has_usual_length = (1..=MAX_NAME).contains(&region.name.trim().len());
    let is_of = |scheme: &str| region.scheme.trim().eq_ignore_ascii_case(scheme);
    if has_usual_length && is_of(COUNCIL_SCHEME) {
        return known_council(&region.name);
    }
    if !has_usual_length || !is_of(GAZETTEER_SCHEME) {
        return Ok(region.clone());
    }
    let name = match gazetteer().region(&region.name) {
        Some(name) => Some(name),
        None => usual_name(&region.name, geocoder)?,
    };
    match name {
        Some(name) => Ok(RegionName {
            scheme: GAZETTEER_SCHEME.to_owned(),
            name: name.to_owned(),
        }),
        None => {
            let names: Vec<&str> = gazetteer().regions().collect();
            let message = format!(
                "unknown region: expected one of {}. To search in a county, a council's area or a \
                 nation, use `near`",
                names.join(", ")
            );
            let failure = Failure::invalid_field("filter.region", "region_unknown", message);
            Err(failure.with("suggestions", names.join("; ")))
        }
    }
}

/// Returns a council's area as the directory counts it: `county of herefordshire` is `Herefordshire`.
fn known_council(typed: &str) -> Result<RegionName, Failure> {
    static COUNCILS: LazyLock<BTreeMap<String, &str>> = LazyLock::new(|| {
        let councils = Places::embedded().councils().into_iter();
        councils.map(|name| (council_letters(name), name)).collect()
    });
    let letters = council_letters(typed);
    if let Some(name) = COUNCILS.get(&letters) {
        return Ok(RegionName {
            scheme: COUNCIL_SCHEME.to_owned(),
            name: (*name).to_owned(),
        });
    }
    let mut near: Vec<(usize, &str)> = COUNCILS
        .iter()
        .filter_map(|(known, name)| {
            let is_part = letters.len() > 2 && known.contains(&letters);
            let edits = if is_part {
                1
            } else {
                strsim::osa_distance(known, &letters)
            };
            (edits <= MAX_EDITS.min(letters.len() / 2)).then_some((edits, *name))
        })
        .collect();
    near.sort_unstable();
    let near: Vec<&str> = near
        .into_iter()
        .map(|(_, name)| name)
        .take(MAX_NEAREST)
        .collect();
    let message = match near.as_slice() {
        [] => "no council in the United Kingdom has this name. To search around a place, use \
               `near`"
            .to_owned(),
        near => format!(
            "no council has this name; the nearest are {}",
            near.join(", ")
        ),
    };
    let failure = Failure::invalid_field("filter.region", "region_unknown", message);
    Err(failure.with("suggestions", near.join("; ")))
}

/// The letters of a council's name without titles, which people leave out or add.
fn council_letters(name: &str) -> String {
    let name = name.to_lowercase();
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let titles = [
        "", "city", "county", "borough", "district", "council", "london", "of", "the",
    ];
    let own: Vec<&str> = words.filter(|word| !titles.contains(word)).collect();
    match own.is_empty() {
        // `City of London` and `County Durham` have little else.
        true => name
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect(),
        false => own.concat(),
    }
}

/// The region that is meant by another of its names.
fn usual_name(name: &str, geocoder: &Geocoder) -> Result<Option<&'static str>, Failure> {
    let Meaning::Area(area) = geocoder.resolve(name)? else {
        return Ok(None);
    };
    Ok(match area.kind {
        Kind::Region | Kind::Nation => area.gazetteer_region(),
        // The county of Greater London is the region.
        Kind::County if area.name == "Greater London" => gazetteer().region("London"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn known(name: &str) -> Result<String, Failure> {
        let geocoder = Geocoder::open(&Config::default()).unwrap();
        let region = RegionName {
            scheme: GAZETTEER_SCHEME.to_owned(),
            name: name.to_owned(),
        };
        known_region(&region, &geocoder).map(|region| region.name)
    }

    #[test]
    fn a_region_is_known_by_its_usual_names() {
        for (typed, name) in [
            ("East of England", "Eastern"),
            ("eastern", "Eastern"),
            ("yorkshire and humber", "Yorkshire and the Humber"),
            ("the North West", "North West"),
            ("Greater London", "London"),
            ("Cymru", "Wales"),
            ("NI", "Northern Ireland"),
        ] {
            assert_eq!(known(typed).unwrap(), name, "{typed}");
        }
    }

    #[test]
    fn an_unknown_region_is_an_error_with_the_known_ones() {
        for typed in ["England", "Midlands", "yorks", "Kent", "Narnia"] {
            let failure = known(typed).unwrap_err();
            assert_eq!(failure.reason(), "region_unknown", "{typed}");
            assert!(failure.to_string().contains("Yorkshire and the Humber"));
        }
    }

    fn council(typed: &str) -> Result<String, Failure> {
        known_council(typed).map(|region| region.name)
    }

    #[test]
    fn every_council_is_known_by_its_name_and_without_its_title() {
        for name in Places::embedded().councils() {
            assert_eq!(council(name).unwrap(), name);
        }
        for (typed, name) in [
            ("leeds", "Leeds"),
            ("Bristol", "City of Bristol"),
            ("Leeds City Council", "Leeds"),
            ("st. helens", "St Helens"),
            ("county of herefordshire", "Herefordshire"),
        ] {
            assert_eq!(council(typed).unwrap(), name, "{typed}");
        }
    }

    #[test]
    fn an_unknown_council_is_an_error_with_the_nearest_ones() {
        for (typed, near) in [
            ("Shefield", "Sheffield"),
            ("Yorkshire", "North Yorkshire"),
            ("Birmingam", "Birmingham"),
        ] {
            let failure = council(typed).unwrap_err();
            assert_eq!(failure.reason(), "region_unknown", "{typed}");
            assert!(failure.to_string().contains(near), "{failure}");
        }
        let none = council("Atlantis").unwrap_err();
        assert_eq!(none.reason(), "region_unknown");
        assert!(none.to_string().contains("`near`"), "{none}");
    }

    #[test]
    fn a_region_of_another_scheme_stays_as_it_is() {
        let geocoder = Geocoder::open(&Config::default()).unwrap();
        let region = RegionName {
            scheme: "own".to_owned(),
            name: "Over there".to_owned(),
        };
        assert_eq!(known_region(&region, &geocoder).unwrap(), region);
    }
}
