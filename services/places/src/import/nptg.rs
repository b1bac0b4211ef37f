//! Localities of the National Public Transport Gazetteer, as `Localities.csv`.

use super::grid::to_point;
use super::rows::{Rows, point};
use super::session::{Form, Import};
use crate::record::{Kind, Record};

pub(super) const FORM: Form = Form {
    name: "NPTG",
    notice: "Contains public sector information licensed under the Open Government Licence v3.0: \
             National Public Transport Gazetteer (Department for Transport).",
    read,
    matches: |_, header| {
        let header = header.to_lowercase();
        header.contains("nptglocalitycode") && header.contains("localityname")
    },
};

fn read(import: &mut Import, text: &str) -> Result<usize, String> {
    Rows::new(text)?.for_each(|get| {
        let (code, name) = (get("nptglocalitycode"), get("localityname"));
        if code.is_empty() || name.is_empty() {
            return None;
        }
        let point = point(&get("latitude"), &get("longitude"))
            .or_else(|| to_point(get("easting").parse().ok()?, get("northing").parse().ok()?))?;
        let parent = get("parentlocalityname");
        let kind = match get("sourcelocalitytype").as_str() {
            "C" => Kind::City,
            "T" => Kind::Town,
            "S" | "U" => Kind::Suburb,
            "V" | "VI" => Kind::Village,
            "H" => Kind::Hamlet,
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
        Some(())
    })
}
