//! Boundaries of councils, counties, regions and nations in a place pack.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use hedgerow_places::{Evidence, Kind, Meaning, Places, Record, import};

/// Settlements as a source without areas has them.
const BARE: &str = "id,name,kind,lat,lon
x:1,Upper Outline,village,53.81,-1.68
x:2,Hole End Outline,village,53.81,-1.63
x:3,Vale Outline,village,53.20,-0.10
x:4,Isle Outline,village,53.11,0.32
x:5,Cross Outline,village,53.715,-2.06
x:6,Bae Outline,village,52.12,-4.25
";

fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/boundaries")
}

fn pack(sources: &[PathBuf]) -> Places {
    let folder = tempfile::tempdir().unwrap();
    let bare = folder.path().join("bare.csv");
    fs::write(&bare, BARE).unwrap();
    let file = folder.path().join("gb.places");
    let sources: Vec<PathBuf> = sources.iter().cloned().chain([bare]).collect();
    import(&sources, &file).unwrap();
    Places::open(&file).unwrap()
}

fn place(places: &Places, typed: &str) -> Record {
    match places.resolve(typed, &Evidence::default()).unwrap() {
        Meaning::Place(place) => *place,
        other => panic!("{typed}: {other:?}"),
    }
}

fn area(places: &Places, typed: &str) -> Record {
    match places.resolve(typed, &Evidence::default()).unwrap() {
        Meaning::Area(area) => *area,
        other => panic!("{typed}: {other:?}"),
    }
}

#[test]
fn places_lie_in_the_areas_whose_outlines_contain_them() {
    let without = pack(&[]);
    assert_eq!(place(&without, "Upper Outline").district, "Leeds");
    assert_eq!(
        place(&without, "Cross Outline").region,
        "Yorkshire and the Humber"
    );
    let with = pack(&[samples()]);
    for (typed, district, county, region, nation) in [
        (
            "Upper Outline",
            "Bradford",
            "West Yorkshire",
            "Yorkshire and the Humber",
            "England",
        ),
        // In a hole of the outline.
        (
            "Hole End Outline",
            "Leeds",
            "West Yorkshire",
            "Yorkshire and the Humber",
            "England",
        ),
        (
            "Vale Outline",
            "Sample Vale",
            "Lincolnshire",
            "East Midlands",
            "England",
        ),
        // In the second part of it.
        (
            "Isle Outline",
            "Sample Vale",
            "Lincolnshire",
            "East Midlands",
            "England",
        ),
        ("Bae Outline", "Example Bay", "Dyfed", "", "Wales"),
    ] {
        let place = place(&with, typed);
        let found = [&place.district, &place.county, &place.region, &place.nation];
        assert_eq!(found, [district, county, region, nation], "{typed}");
    }
    // Only the outline of its region is known.
    assert_eq!(place(&with, "Cross Outline").region, "North West");
}

#[test]
fn a_source_that_names_the_council_counts_more_than_an_outline() {
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("named.csv");
    let row = "x:9,Named Outline,village,Leeds,53.811,-1.681\n";
    fs::write(&named, format!("id,name,kind,district,lat,lon\n{row}")).unwrap();
    let places = pack(&[samples(), named]);
    assert_eq!(place(&places, "Named Outline").district, "Leeds");
}

#[test]
fn areas_known_only_from_boundaries_are_areas_of_the_pack() {
    let (without, with) = (pack(&[]), pack(&[samples()]));
    // The others are areas of the embedded table.
    assert_eq!(with.manifest().areas, without.manifest().areas + 2);
    let vale = area(&with, "Sample Vale");
    assert_eq!((vale.id.as_str(), vale.kind), ("E07000999", Kind::District));
    assert_eq!(
        (vale.county.as_str(), vale.nation.as_str()),
        ("Lincolnshire", "England")
    );
    assert!(vale.outcodes.iter().any(|code| code == "LN9"), "{vale:?}");
    let mask = with.mask(&vale).unwrap();
    assert!(mask.contains(&place(&with, "Vale Outline").point()));
    assert!(!mask.contains(&place(&with, "Upper Outline").point()));
    assert!(with.related_areas(&vale).unwrap().contains("Lincolnshire"));
    assert_eq!(
        place(&with, "Vale Outline, Sample Vale").name,
        "Vale Outline"
    );
    assert_eq!(area(&with, "Bae Enghraifft").name, "Example Bay");
    // Published names of areas that the table has under another one.
    assert_eq!(area(&with, "City of Bristol").kind, Kind::District);
    assert_eq!(area(&with, "Yorkshire and The Humber").id, "E12000003");
    assert_eq!(
        with.manifest().notices.len(),
        without.manifest().notices.len() + 1
    );
}

#[test]
fn an_area_in_two_files_is_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let report = import(&[samples()], &folder.path().join("gb.places")).unwrap();
    assert!(!report.manifest.is_complete);
    // Without the one that has no geometry, and without Bradford in one of two files.
    assert_eq!(report.rows.get("boundaries"), Some(&10));
}

/// A text of the sample of councils replaced by another, and the error.
const WRONG: [(&str, &str, &str); 12] = [
    (
        "[[-1.7, 53.78]",
        "[[422000, 436000]",
        "feature 1: the position 422000, 436000 is invalid",
    ),
    (
        "[-1.6, 53.78]",
        "[-1.6, -95]",
        "feature 1: the position -1.6, -95 is invalid",
    ),
    (
        "[-1.7, 53.84], [-1.7, 53.78]]",
        "[-1.7, 53.84]]",
        "feature 1: a ring is invalid",
    ),
    (
        "[[-1.7, 53.78], ",
        "[[-1.7], ",
        "feature 1: a position has only one coordinate",
    ),
    (
        "\"MultiPolygon\"",
        "\"Polygon\"",
        "feature 2: the coordinates are not nested as",
    ),
    (
        "\"MultiPolygon\"",
        "\"Point\"",
        "feature 2: the geometry is invalid: expected Polygon or",
    ),
    ("[[[[-0.3,", "[[[[[-0.3,", "feature 2: "),
    (
        "\"LAD24CD\": \"E06000023\"",
        "\"LAD24\": \"\"",
        "feature 3: no code and name of an area",
    ),
    (
        "\"FeatureCollection\"",
        "\"Topology\"",
        "expected a GeoJSON FeatureCollection, found Topology",
    ),
    ("\"features\"", "\"feature\"", "found no list of features"),
    (
        "\"Sample Vale\",",
        "\"Sample Vale\"",
        "feature 2: expected `,`",
    ),
    ("\n]\n}", "\n", "feature 6: EOF while parsing"),
];

#[test]
fn a_wrong_feature_is_an_error_with_file_and_feature() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("gb.places");
    let sound = fs::read_to_string(samples().join("LAD_DEC_2024_UK_BUC.geojson")).unwrap();
    for (right, wrong, expected) in WRONG {
        assert!(sound.contains(right), "no {right}");
        let file = folder.path().join("councils.geojson");
        fs::write(&file, sound.replacen(right, wrong, 1)).unwrap();
        let error = import(&[file], &into).unwrap_err().to_string();
        let is_named = error.contains("councils.geojson: ");
        assert!(is_named && error.contains(expected), "{expected}: {error}");
    }
    let file = folder.path().join("plain.json");
    let ring = "[[0,50],[1,50],[1,51],[0,50]]";
    for (code, expected) in [
        ("E08000035", None),
        ("X1", Some("feature 1: the code X1 is invalid")),
    ] {
        let feature = format!(
            r#"{{"type":"Feature","geometry":{{"coordinates":[{ring}],"type":"Polygon"}},
                "properties":{{"code":"{code}","name":"Leeds"}}}}"#
        );
        let text = format!(r#"{{"features":[{feature}],"type":"FeatureCollection"}}"#);
        fs::write(&file, text).unwrap();
        let error = import(std::slice::from_ref(&file), &into).err();
        let error = error.map(|error| error.to_string());
        let is_expected = match (&error, expected) {
            (Some(error), Some(expected)) => error.contains(expected),
            (error, expected) => error.is_none() && expected.is_none(),
        };
        assert!(is_expected, "{code}: {error:?}");
    }
}

#[test]
fn features_are_limited_in_number_and_nesting() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("gb.places");
    let file = folder.path().join("hostile.geojson");
    let deep = "[".repeat(100_000);
    let empty = r#"{"type":"Feature","properties":null,"geometry":null},"#.repeat(20_000);
    let last = r#"{"type":"Feature","properties":{},"geometry":null}"#;
    for (features, expected) in [
        (
            format!(r#"{{"geometry":{{"type":"Polygon","coordinates":{deep}"#),
            "feature 1: recursion limit exceeded",
        ),
        (
            format!(r#"{{"properties":{{"LAD24NM":{deep}"#),
            "feature 1: recursion limit exceeded",
        ),
        (format!("{empty}{last}"), "feature 20001: too many features"),
    ] {
        let text = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
        fs::write(&file, text).unwrap();
        let error = import(std::slice::from_ref(&file), &into)
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert!(!into.exists());
}

/// Rows of settlements in the data that only developers have, with the council that it states.
fn stated_councils(table: &Path) -> (String, Vec<(String, String)>) {
    let mut reader = csv::Reader::from_path(table).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let [district, latitude, longitude] = ["district", "lat", "lon"].map(at);
    let mut bare = "id,name,kind,lat,lon\n".to_owned();
    let mut stated = Vec::new();
    // A sample of the 30,000 rows: each is looked up by its name below.
    for row in reader.records().map(Result::unwrap).step_by(40) {
        if row[district].is_empty() || row[latitude].is_empty() {
            continue;
        }
        // Names and ids of their own, so that they are not taken for embedded places.
        let (number, point) = (stated.len(), [&row[latitude], &row[longitude]].join(","));
        let name = format!("Outline Number {number}");
        bare.push_str(&format!("outline:{number},{name},village,{point}\n"));
        stated.push((name, row[district].to_owned()));
    }
    (bare, stated)
}

#[test]
fn generalised_boundaries_of_britain_find_the_councils_of_settlements() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let maps = ["map/uk-districts.geojson", "map/uk-regions.geojson"].map(|map| data.join(map));
    let table = data.join("places-gb.csv");
    if !maps.iter().chain([&table]).all(|file| file.exists()) {
        println!("skipped: {} has no maps and places", data.display());
        return;
    }
    let (bare, stated) = stated_councils(&table);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bare-gb.csv");
    fs::write(&file, bare).unwrap();
    let into = folder.path().join("gb.places");
    let right = |sources: &[PathBuf]| {
        let report = import(sources, &into).unwrap();
        // Every council and region of the map is an area of the embedded table.
        assert_eq!(report.manifest.areas, Places::embedded().manifest().areas);
        let places = Places::open(&into).unwrap();
        let matches = |(name, district): &&(String, String)| {
            let found = place(&places, name).district;
            found == *district || district.starts_with(&format!("{found},"))
        };
        let count = stated.iter().filter(matches).count();
        (count as f64 / stated.len() as f64, report.rows)
    };
    let (without, _) = right(std::slice::from_ref(&file));
    let (with, rows) = right(&[&maps[..], &[file]].concat());
    assert_eq!(rows.get("boundaries"), Some(&373));
    println!(
        "councils of {} settlements: {without:.3} without, {with:.3} with",
        stated.len()
    );
    assert!(with >= 0.97 && with > without + 0.1, "{without} {with}");
}
