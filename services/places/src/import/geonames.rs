//! A dump of GeoNames, such as `GB.txt`: 19 columns separated by tabs, without a header.

use hedgerow_core::place::is_in_range;
use hedgerow_proto::v1;

use super::rows::{degrees, wrong};
use super::session::{Form, Import};
use crate::pack::NameKind;
use crate::record::{Kind, Record};

const COLUMNS: usize = 19;
/// Other names of one place; London has hundreds.
const MAX_NAMES: usize = 60;

pub(super) const FORM: Form = Form {
    name: "GeoNames",
    notice: "Place names, positions and populations: GeoNames (geonames.org), CC BY 4.0; changed.",
    read,
    matches: |_, line| {
        let fields: Vec<&str> = line.split('\t').collect();
        fields.len() == COLUMNS && fields[0].bytes().all(|byte| byte.is_ascii_digit())
    },
};

fn read(import: &mut Import, text: &str) -> Result<usize, String> {
    let mut count = 0;
    for (number, line) in (1..).zip(text.lines()) {
        if line.is_empty() {
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        if fields.len() != COLUMNS {
            let found = fields.len();
            return Err(format!(
                "line {number}: expected {COLUMNS} columns separated by tabs, found {found}"
            ));
        }
        count += usize::from(read_line(import, number, &fields)?);
    }
    Ok(count)
}

fn read_line(import: &mut Import, line: u64, fields: &[&str]) -> Result<bool, String> {
    let nation = match (fields[8], fields[10]) {
        ("GB", "ENG") => "England",
        ("GB", "SCT") => "Scotland",
        ("GB", "WLS") => "Wales",
        ("GB", "NIR") => "Northern Ireland",
        ("IE", _) => "Ireland",
        ("IM", _) => "Isle of Man",
        ("JE", _) => "Jersey",
        ("GG", _) => "Guernsey",
        _ => return Ok(false),
    };
    // Populated places, without abandoned and destroyed ones.
    if fields[6] != "P" || ["PPLQ", "PPLW", "PPLH"].contains(&fields[7]) {
        return Ok(false);
    }
    let coordinate = |at: usize, column: &str| {
        let read = degrees(fields[at]);
        read.ok_or_else(|| wrong(line, column, fields[at], "degrees, such as 53.7965"))
    };
    let point = v1::Point {
        latitude_e7: coordinate(4, "latitude")?,
        longitude_e7: coordinate(5, "longitude")?,
    };
    if !is_in_range(&point) {
        return Err(wrong(line, "latitude", fields[4], "a point on the globe"));
    }
    let population: u32 = match fields[14] {
        "" => 0,
        text => text
            .parse()
            .map_err(|_| wrong(line, "population", text, "a number"))?,
    };
    let population = Some(population).filter(|people| *people > 0);
    let kind = match (fields[7], population) {
        ("PPLX", _) => Kind::Suburb,
        ("PPLC" | "PPLA", _) => Kind::City,
        (_, Some(people)) if people >= 3_000 => Kind::Town,
        (_, Some(_)) => Kind::Village,
        (_, None) => Kind::Hamlet,
    };
    let mut record = Record::new(format!("geonames:{}", fields[0]), fields[1], kind);
    record.latitude_e7 = point.latitude_e7;
    record.longitude_e7 = point.longitude_e7;
    record.population = population;
    record.nation = nation.to_owned();
    let index = import.add(record, "");
    for name in fields[3].split(',').take(MAX_NAMES) {
        import.collection.add_name(index, name, NameKind::Foreign);
    }
    Ok(true)
}
