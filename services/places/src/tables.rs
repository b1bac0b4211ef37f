//! The tables that are compiled in. Sources and licences are in `data/README.md`.

pub(crate) const AREAS: &str = include_str!("../data/areas.csv");
pub(crate) const USUAL: &str = include_str!("../data/usual.csv");
pub(crate) const NAMES: &str = include_str!("../data/names.csv");
pub(crate) const MORE_PLACES: &str = include_str!("../data/more-places.csv");
pub(crate) const POSTCODES: &str = include_str!("../data/postcodes.csv");
const SUBURBS: &str = include_str!("../data/suburbs.csv");

/// Reads the rows of a table, each with that number of columns. `None` if one has another.
pub(crate) fn rows<const N: usize>(text: &str) -> Option<Vec<[String; N]>> {
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
pub(crate) fn suburbs() -> Option<Vec<[String; 3]>> {
    rows(SUBURBS)
}
