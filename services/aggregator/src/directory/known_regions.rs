//! Regions that this server knows: those of the gazetteer, council areas, and those of the report of 2013.
//! Anybody can publish others.

use std::collections::BTreeSet;
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

/// Returns a region of a filter as the gazetteer spells it: `East of England` and `yorkshire and
/// humber` are regions too. A region of another scheme is returned unchanged.
pub(super) fn known_region(
    region: &RegionName,
    geocoder: &Geocoder,
) -> Result<RegionName, Failure> {
    let is_ours = region.scheme.trim().eq_ignore_ascii_case(GAZETTEER_SCHEME);
    // An empty or long name is rejected with the other fields.
    let has_usual_length = (1..=MAX_NAME).contains(&region.name.trim().len());
    if !is_ours || !has_usual_length {
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
