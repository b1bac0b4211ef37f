//! OS Open Names: 34 columns, positions on the National Grid. The files of squares have no
//! header, and `OS_Open_Names_Header.csv` has only the header.

use super::grid::to_point;
use super::rows::{line_of, wrong};
use super::session::{Form, Import};
use crate::pack::NameKind;
use crate::record::{Kind, Record};

const COLUMNS: usize = 34;
// Positions of the columns, by the names in the header.
const ID: usize = 0;
const NAME1: usize = 2;
const NAME2: usize = 4;
const TYPE: usize = 6;
const LOCAL_TYPE: usize = 7;
const GEOMETRY_X: usize = 8;
const GEOMETRY_Y: usize = 9;
const POSTCODE_DISTRICT: usize = 16;
const POPULATED_PLACE: usize = 18;
const DISTRICT_BOROUGH: usize = 21;
const COUNTY_UNITARY: usize = 24;
const COUNTRY: usize = 29;

pub(super) const FORM: Form = Form {
    name: "OS Open Names",
    notice: "Contains OS data © Crown copyright and database right. Contains Royal Mail data © \
             Royal Mail copyright and database right. Open Government Licence v3.0.",
    read,
    matches: |_, line| {
        let line = line.to_lowercase();
        is_header(&line) || line.contains("data.ordnancesurvey.co.uk/id/")
    },
};

fn is_header(line: &str) -> bool {
    line.starts_with("id,names_uri,name1")
}

fn read(import: &mut Import, text: &str) -> Result<usize, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut count = 0;
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        if row.len() != COLUMNS {
            let (line, found) = (line_of(text, &row), row.len());
            return Err(format!(
                "line {line}: expected {COLUMNS} columns, found {found}"
            ));
        }
        let line = || line_of(text, &row);
        // Roads, postcodes, water, stations, and the header.
        if &row[TYPE] != "populatedPlace" {
            continue;
        }
        let metres = |at: usize, column: &str| -> Result<f64, String> {
            let number = row[at].trim().parse();
            number.map_err(|_| wrong(line(), column, &row[at], "metres on the National Grid"))
        };
        let (x, y) = (
            metres(GEOMETRY_X, "GEOMETRY_X")?,
            metres(GEOMETRY_Y, "GEOMETRY_Y")?,
        );
        let point = to_point(x, y).ok_or_else(|| {
            let found = format!("{x}, {y}");
            wrong(line(), "GEOMETRY_X", &found, "metres on the National Grid")
        })?;
        let kind = match &row[LOCAL_TYPE] {
            "City" => Kind::City,
            "Town" => Kind::Town,
            "Suburban Area" => Kind::Suburb,
            "Village" => Kind::Village,
            "Hamlet" | "Other Settlement" => Kind::Hamlet,
            other => {
                let expected = "City, Town, Suburban Area, Village, Hamlet or Other Settlement";
                return Err(wrong(line(), "LOCAL_TYPE", other, expected));
            }
        };
        let mut record = Record::new(format!("os:{}", &row[ID]), &row[NAME1], kind);
        record.latitude_e7 = point.latitude_e7;
        record.longitude_e7 = point.longitude_e7;
        record.nation = row[COUNTRY].to_owned();
        if !row[POSTCODE_DISTRICT].is_empty() {
            record.outcodes = vec![row[POSTCODE_DISTRICT].to_owned()];
        }
        if kind == Kind::Suburb {
            // A city with names in two languages is written with both.
            let (town, _) = row[POPULATED_PLACE]
                .split_once(" /")
                .unwrap_or((&row[POPULATED_PLACE], ""));
            record.town = town.trim().to_owned();
        }
        let index = import.add(record, district(import, &row));
        if !row[NAME2].is_empty() {
            import
                .collection
                .add_name(index, &row[NAME2], NameKind::Usual);
        }
        count += 1;
    }
    Ok(count)
}

/// The council area, of which some have a Welsh and an English name: `Abertawe - Swansea`.
fn district<'a>(import: &Import, row: &'a csv::StringRecord) -> &'a str {
    let name = match &row[DISTRICT_BOROUGH] {
        "" => &row[COUNTY_UNITARY],
        name => name,
    };
    let names = std::iter::once(name).chain(name.split(" - "));
    let mut known = names.filter(|name| import.areas.district(name).is_some());
    known.next().unwrap_or(name)
}
