//! Builds the embedded places from the tables in `data`, which are their only source. Programs
//! contain what this builds, in `data/built`, and not the tables. Sources and licences are in
//! `data/README.md`.

mod areas;
mod collect;
mod parts;
mod tests;

const AREAS: &str = include_str!("../data/areas.csv");
const USUAL: &str = include_str!("../data/usual.csv");
const NAMES: &str = include_str!("../data/names.csv");
const MORE_PLACES: &str = include_str!("../data/more-places.csv");
const POSTCODES: &str = include_str!("../data/postcodes.csv");
const SUBURBS: &str = include_str!("../data/suburbs.csv");

/// Reads the rows of a table, each with that number of columns. `None` if one has another.
fn rows<const N: usize>(text: &str) -> Option<Vec<[String; N]>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .map(|row| {
            let row: Vec<String> = row.ok()?.iter().map(str::to_owned).collect();
            row.try_into().ok()
        })
        .collect()
}

/// Reads the suburbs: name, town and postcode district.
fn suburbs() -> Option<Vec<[String; 3]>> {
    rows(SUBURBS)
}
