//! The National Public Transport Gazetteer: `Localities.csv`, and other names of localities in
//! `LocalityAlternativeNames.csv`.

use hedgerow_proto::v1;

use super::grid::to_point;
use super::rows::{Row, Rows};
use super::session::{Form, Import};
use crate::pack::NameKind;
use crate::record::{Kind, Record};

const NOTICE: &str = "Contains public sector information licensed under the Open Government \
                      Licence v3.0: National Public Transport Gazetteer (Department for \
                      Transport).";
const CODE: &str = "nptglocalitycode";
const NAME: &str = "localityname";

pub(super) const LOCALITIES: Form = Form {
    name: "NPTG",
    notice: NOTICE,
    read: localities,
    matches: |_, header| has_names(header) && has_positions(header),
};
pub(super) const OTHER_NAMES: Form = Form {
    name: "NPTG alternative names",
    notice: NOTICE,
    read: other_names,
    matches: |_, header| has_names(header) && !has_positions(header),
};

fn has_names(header: &str) -> bool {
    let header = header.to_lowercase();
    header.contains(CODE) && header.contains(NAME)
}

fn has_positions(header: &str) -> bool {
    let header = header.to_lowercase();
    header.contains("easting") || header.contains("latitude")
}

fn localities(import: &mut Import, text: &str) -> Result<usize, String> {
    let required: [&[&str]; 4] = [
        &[CODE],
        &[NAME],
        &["easting", "longitude"],
        &["northing", "latitude"],
    ];
    Rows::new(text, &required)?.for_each(|row| {
        let (code, name) = (row.get(CODE), row.get(NAME));
        if code.is_empty() || name.is_empty() {
            return Ok(false);
        }
        let Some(point) = position(row)? else {
            return Ok(false);
        };
        let parent = row.get("parentlocalityname");
        let kind = match row.get("sourcelocalitytype").to_lowercase().as_str() {
            "c" | "ci" | "city" => Kind::City,
            "t" | "to" | "town" => Kind::Town,
            "v" | "vi" | "village" => Kind::Village,
            "h" | "ha" | "hamlet" => Kind::Hamlet,
            // `Add` and the others say where an entry comes from, and not what it is.
            _ if !parent.is_empty() => Kind::Suburb,
            _ => Kind::Village,
        };
        let mut record = Record::new(format!("nptg:{code}"), &name, kind);
        record.latitude_e7 = point.latitude_e7;
        record.longitude_e7 = point.longitude_e7;
        if kind == Kind::Suburb {
            record.town = parent;
        }
        import.add(record, "");
        Ok(true)
    })
}

/// The position in degrees or on the British grid. `None` without one, and for localities on the
/// Irish grid: their numbers would be somewhere else on the British one.
fn position(row: &Row<'_>) -> Result<Option<v1::Point>, String> {
    if let Some(point) = row.point("latitude", "longitude")? {
        return Ok(Some(point));
    }
    match row.get("gridtype").to_lowercase().as_str() {
        "" | "u" | "ukos" => {}
        "i" | "irelandos" | "itm" => return Ok(None),
        _ => return Err(row.wrong("gridtype", "UKOS, IrelandOS or ITM")),
    }
    let (Some(easting), Some(northing)) = (row.number("easting")?, row.number("northing")?) else {
        return Ok(None);
    };
    let point = to_point(easting, northing);
    let point = point.ok_or_else(|| row.wrong("easting", "metres on the National Grid"))?;
    Ok(Some(point))
}

fn other_names(import: &mut Import, text: &str) -> Result<usize, String> {
    Rows::new(text, &[&[CODE], &[NAME]])?.for_each(|row| {
        let id = format!("nptg:{}", row.get(CODE));
        let known = import.collection.by_id(&id);
        if let Some(index) = known {
            let name = row.get(NAME);
            import.collection.add_name(index, &name, NameKind::Usual);
        }
        Ok(known.is_some())
    })
}
