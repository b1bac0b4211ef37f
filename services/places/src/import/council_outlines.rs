//! The outlines of councils' areas for pictures, from boundaries as GeoJSON.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::boundaries::{boundary, without_title};
use super::geojson::{Limits, for_each_feature};
use super::source::{file_error, read_text};
use crate::boundaries::Boundary;
use crate::error::PlacesError;
use crate::outline::Ring;
use crate::places::Places;
use crate::record::Kind;

/// The generalised boundaries of all councils have 3 to 40 MB, the full ones 130 MB.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
const LIMITS: Limits = Limits {
    features: 2_000,
    positions: 1_000_000,
};
const EXPECTED: &str = "no area of a council: expected features with properties such as LAD24CD \
                        and LAD24NM, or code and name";

/// Outlines of councils' areas.
#[derive(Debug)]
pub struct CouncilOutlines {
    /// The rings of each area by the council's name as [`Places::councils`] has it. A position is
    /// longitude and latitude × 10⁷, and the last one of a ring is its first one.
    pub rings: BTreeMap<String, Vec<Vec<[i32; 2]>>>,
    /// Areas that are in no known council's area.
    pub unknown: Vec<String>,
}

/// Reads the outlines of councils' areas from a GeoJSON file. Areas of other kinds are left out,
/// and areas of former councils belong to the council of today.
///
/// # Errors
/// If the file cannot be read, is malformed or too large, or has no area of a known council.
pub fn council_outlines(path: &Path) -> Result<CouncilOutlines, PlacesError> {
    let refused = |reason: String| PlacesError::Source {
        path: path.to_path_buf(),
        reason,
    };
    let size = fs::metadata(path).map_err(file_error(path))?.len();
    if size > MAX_BYTES {
        let message = "it is larger than 64 MB: download the generalised boundaries (BGC, BSC or \
                       BUC)";
        return Err(refused(message.to_owned()));
    }
    read(&read_text(path)?).map_err(refused)
}

fn read(text: &str) -> Result<CouncilOutlines, String> {
    let councils = Places::embedded().councils();
    let known: BTreeMap<String, &str> = councils
        .into_iter()
        .map(|council| (letters(council), council))
        .collect();
    let mut outlines = CouncilOutlines {
        rings: BTreeMap::new(),
        unknown: Vec::new(),
    };
    for_each_feature(text, LIMITS, |feature| {
        let Some(area) = boundary(&feature)? else {
            return Ok(false);
        };
        if area.record.kind != Kind::District {
            return Ok(false);
        }
        let named = names(&area).find_map(|name| known.get(&letters(&name)).copied());
        match named.or_else(|| Places::embedded().council_of(&area.outline.middle(), None)) {
            Some(council) => {
                let rings: &mut Vec<Ring> = outlines.rings.entry(council.to_owned()).or_default();
                rings.extend(feature.rings);
            }
            None => outlines.unknown.push(area.record.name),
        }
        Ok(true)
    })?;
    match outlines.rings.is_empty() {
        true => Err(EXPECTED.to_owned()),
        false => Ok(outlines),
    }
}

/// The names of an area with and without its title.
fn names(area: &Boundary) -> impl Iterator<Item = String> {
    let published = area.record.name.as_str();
    let (name, title) = without_title(published);
    let others = area.other_names.iter().cloned();
    let own = [
        published.to_owned(),
        name.to_owned(),
        format!("{title}{name}"),
    ];
    own.into_iter().chain(others)
}

/// A name as sources agree on it: `St. Helens` is `St Helens`.
fn letters(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of a tenth of a degree.
    fn feature(code: &str, name: &str, longitude: f64, latitude: f64) -> String {
        let (east, north) = (longitude + 0.1, latitude + 0.1);
        format!(
            r#"{{"type": "Feature", "properties": {{"code": "{code}", "name": "{name}"}},
            "geometry": {{"type": "Polygon", "coordinates": [[[{longitude}, {latitude}],
            [{east}, {latitude}], [{east}, {north}], [{longitude}, {latitude}]]]}}}}"#
        )
    }

    fn outlines(features: &[String]) -> Result<CouncilOutlines, String> {
        let features = features.join(",");
        read(&format!(
            r#"{{"type": "FeatureCollection", "features": [{features}]}}"#
        ))
    }

    #[test]
    fn areas_are_those_of_the_councils_of_today() {
        let found = outlines(&[
            feature("E06000023", "Bristol, City of", -2.6, 51.4),
            feature("E06000019", "Herefordshire, County of", -2.7, 52.0),
            feature("E08000013", "St. Helens", -2.7, 53.4),
            // Both became a part of Cumberland in 2023.
            feature("E07000026", "Allerdale", -3.35, 54.65),
            feature("E07000028", "Carlisle", -2.95, 54.87),
            feature("E12000001", "North East", -1.6, 54.9),
            feature("E07999999", "Atlantis", -30.0, 50.0),
        ])
        .unwrap();
        let parts = |name: &str| found.rings.get(name).map(Vec::len);
        assert_eq!(parts("City of Bristol"), Some(1), "{found:?}");
        assert_eq!(parts("Herefordshire"), Some(1));
        assert_eq!(parts("St Helens"), Some(1));
        assert_eq!(parts("Cumberland"), Some(2));
        assert_eq!(found.rings.len(), 4);
        assert_eq!(found.unknown, ["Atlantis"]);
    }

    #[test]
    fn a_file_without_councils_is_an_error_with_the_expected_properties() {
        let regions = outlines(&[feature("E12000001", "North East", -1.6, 54.9)]);
        assert_eq!(regions.unwrap_err(), EXPECTED);
        let places = outlines(&[feature("", "Leeds", -1.6, 53.8)]);
        assert!(places.unwrap_err().contains("LAD24CD"));
    }

    #[test]
    fn an_absent_file_is_named() {
        let error = council_outlines(Path::new("/nowhere/councils.geojson")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/councils.geojson"));
    }
}
