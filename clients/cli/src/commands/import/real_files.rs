//! Tables of councils and libraries, as they were published. They may not be copied into the
//! project, so this is skipped where they are absent.

use std::fs;
use std::path::PathBuf;

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::place::distance_m;
use hedgerow_proto::v1::Point;

use super::tests::checked_file;
use super::*;

/// Ten miles.
const MAX_DISTANCE_M: f64 = 16_093.0;
/// Of all rows, in percent.
const MIN_ACCEPTED: usize = 98;

/// Reads the degrees of a row by the headers of its table.
type Position = fn(&csv::StringRecord, &csv::StringRecord) -> Option<(f64, f64)>;

/// A table with the options that a volunteer needs for it, and its columns of positions.
struct RealFile {
    path: &'static str,
    options: &'static [&'static str],
    position: Option<Position>,
}

fn cell<'a>(
    headers: &csv::StringRecord,
    row: &'a csv::StringRecord,
    name: &str,
) -> Option<&'a str> {
    row.get(
        headers
            .iter()
            .position(|header| header.eq_ignore_ascii_case(name))?,
    )
}

/// `55.937607,-3.202816`.
fn location(headers: &csv::StringRecord, row: &csv::StringRecord) -> Option<(f64, f64)> {
    let (latitude, longitude) = cell(headers, row, "location")?.split_once(',')?;
    Some((
        latitude.trim().parse().ok()?,
        longitude.trim().parse().ok()?,
    ))
}

fn lon_lat(headers: &csv::StringRecord, row: &csv::StringRecord) -> Option<(f64, f64)> {
    let number = |name: &str| cell(headers, row, name)?.trim().parse().ok();
    Some((number("lat")?, number("lon")?))
}

fn geox_geoy(headers: &csv::StringRecord, row: &csv::StringRecord) -> Option<(f64, f64)> {
    let number = |name: &str| cell(headers, row, name)?.trim().parse().ok();
    Some((number("geoy")?, number("geox")?))
}

const MOBILE: [&str; 6] = [
    "--map",
    "name=stop",
    "--map",
    "place=community",
    "--map",
    "county=organisation",
];

const FILES: [RealFile; 8] = [
    RealFile {
        path: "trafford/mental-health-services.csv",
        options: &["--area", "Greater Manchester"],
        position: None,
    },
    RealFile {
        path: "trafford/gm-libraries.csv",
        options: &["--area", "Greater Manchester", "--role", "host"],
        position: Some(lon_lat),
    },
    RealFile {
        path: "edinburgh/community-centres.csv",
        options: &["--area", "Edinburgh", "--role", "host"],
        position: Some(location),
    },
    RealFile {
        path: "edinburgh/mobile-library-stops.csv",
        options: &["--area", "Edinburgh", "--role", "host"],
        position: Some(location),
    },
    RealFile {
        path: "edinburgh/museums-and-galleries.csv",
        options: &["--area", "Edinburgh", "--role", "host"],
        position: Some(location),
    },
    RealFile {
        path: "mobile-libraries/bath_and_north_east_somerset.csv",
        options: &MOBILE,
        position: Some(geox_geoy),
    },
    RealFile {
        path: "mobile-libraries/north_somerset.csv",
        options: &MOBILE,
        position: Some(geox_geoy),
    },
    RealFile {
        path: "libraries/uk-public-libraries.csv",
        options: &["--role", "host"],
        position: None,
    },
];

#[test]
fn real_tables_are_accepted_at_the_first_try_and_nobody_is_misplaced() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/real");
    if !folder.is_dir() {
        println!("skipped: {} is absent", folder.display());
        return;
    }
    let (mut all_rows, mut all_accepted) = (0, 0);
    for file in FILES {
        let path = folder.join(file.path);
        let mut options = file.options.to_vec();
        options.extend([
            "--scheme",
            "real-1",
            "--source-title",
            "A directory",
            "--year",
            "2020",
        ]);
        let import = checked_file(&path, &options);
        let bytes = fs::read(&path).expect("a file");
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(bytes.as_slice());
        let headers = reader.headers().expect("headers").clone();
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        let merged: usize = import
            .notes
            .iter()
            .filter(|(text, _)| text.contains("taken once"))
            .map(|(_, rows)| rows.len())
            .sum();
        let accepted = import.rows.len() + merged;
        println!("{}: {accepted} of {}", file.path, rows.len());
        for problem in import.problems.iter().take(12) {
            println!("  {problem}");
        }
        let wrong: std::collections::BTreeSet<_> = import
            .problems
            .iter()
            .map(|problem| problem.position)
            .collect();
        assert_eq!(
            accepted + wrong.len(),
            rows.len(),
            "{}: every row is counted",
            file.path
        );
        all_rows += rows.len();
        all_accepted += accepted;
        check_fields(&import, file.path);
        if let Some(position) = file.position {
            check_positions(&import, &headers, &rows, position, file.path);
        }
    }
    assert!(
        all_accepted * 100 >= all_rows * MIN_ACCEPTED,
        "{all_accepted} of {all_rows} rows"
    );
}

/// Columns besides name and place are taken by the headers that councils gave them.
fn check_fields(import: &Import, path: &str) {
    let count = |has: fn(&hedgerow_proto::v1::Listing) -> bool| {
        let listings = import.rows.iter().map(|row| &row.entry.listing);
        listings.filter(|listing| has(listing)).count()
    };
    let (times, access) = (
        count(|it| !it.schedules.is_empty()),
        count(|it| it.accessibility.is_some()),
    );
    println!("  {times} with times, {access} with access");
    match path {
        "edinburgh/community-centres.csv" => assert!(times > 20 && access > 20, "{path}"),
        "edinburgh/mobile-library-stops.csv" => assert!(times > 70, "{path}"),
        "libraries/uk-public-libraries.csv" => assert!(times > 1_000, "{path}"),
        _ => {}
    }
}

/// Compares each published point with the position that the table states.
fn check_positions(
    import: &Import,
    headers: &csv::StringRecord,
    rows: &[csv::StringRecord],
    position: fn(&csv::StringRecord, &csv::StringRecord) -> Option<(f64, f64)>,
    path: &str,
) {
    let mut checked = 0;
    for row in &import.rows {
        // These tables have no empty rows.
        let source = &rows[row.position.row - 2];
        let Some((latitude, longitude)) = position(headers, source) else {
            continue;
        };
        let places = &row.entry.listing.places;
        let Some(town) = places.first().filter(|place| place.point.is_some()) else {
            continue;
        };
        let town = gazetteer().by_id(town.geonames_id.into()).expect("a town");
        #[expect(clippy::cast_possible_truncation, reason = "degrees fit")]
        let e7 = |degrees: f64| (degrees * 1e7) as i32;
        let stated = Point {
            latitude_e7: e7(latitude),
            longitude_e7: e7(longitude),
        };
        let distance = distance_m(&stated, &town.point());
        assert!(
            distance <= MAX_DISTANCE_M,
            "{path} {}: {} is {distance:.0} m from {}",
            row.position,
            row.entry.listing.name,
            town.name
        );
        checked += 1;
    }
    println!("  {checked} towns compared with positions");
}
