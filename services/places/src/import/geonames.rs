//! A dump of GeoNames, such as `GB.txt`: 19 columns separated by tabs, without a header.

use super::rows::point;
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
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields.len() != COLUMNS {
            continue;
        }
        let nation = match (fields[8], fields[10]) {
            ("GB", "ENG") => "England",
            ("GB", "SCT") => "Scotland",
            ("GB", "WLS") => "Wales",
            ("GB", "NIR") => "Northern Ireland",
            ("IE", _) => "Ireland",
            ("IM", _) => "Isle of Man",
            ("JE", _) => "Jersey",
            ("GG", _) => "Guernsey",
            _ => continue,
        };
        // Populated places, without abandoned and destroyed ones.
        let is_populated = fields[6] == "P" && !["PPLQ", "PPLW", "PPLH"].contains(&fields[7]);
        let (true, Some(point)) = (is_populated, point(fields[4], fields[5])) else {
            continue;
        };
        let population: Option<u32> = fields[14].parse().ok().filter(|people| *people > 0);
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
        count += 1;
    }
    Ok(count)
}
