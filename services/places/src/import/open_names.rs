//! OS Open Names: 34 columns without a header, positions on the National Grid.

use super::grid::to_point;
use super::session::{Form, Import};
use crate::pack::NameKind;
use crate::record::{Kind, Record};

const COLUMNS: usize = 34;

pub(super) const FORM: Form = Form {
    name: "OS Open Names",
    notice: "Contains OS data © Crown copyright and database right. Contains Royal Mail data © \
             Royal Mail copyright and database right. Open Government Licence v3.0.",
    read,
    matches: |_, line| {
        let line = line.to_lowercase();
        let is_header = line.starts_with("id,names_uri,name1");
        is_header || line.contains("data.ordnancesurvey.co.uk/id/")
    },
};

fn read(import: &mut Import, text: &str) -> Result<usize, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut count = 0;
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        if row.len() < COLUMNS || &row[6] != "populatedPlace" {
            continue;
        }
        let position = || to_point(row[8].parse().ok()?, row[9].parse().ok()?);
        let Some(point) = position() else { continue };
        let kind = match &row[7] {
            "City" => Kind::City,
            "Town" => Kind::Town,
            "Suburban Area" => Kind::Suburb,
            "Village" => Kind::Village,
            _ => Kind::Hamlet,
        };
        let mut record = Record::new(format!("os:{}", &row[0]), &row[2], kind);
        record.latitude_e7 = point.latitude_e7;
        record.longitude_e7 = point.longitude_e7;
        record.nation = row[29].to_owned();
        if !row[16].is_empty() {
            record.outcodes = vec![row[16].to_owned()];
        }
        if kind == Kind::Suburb {
            record.town = row[18].to_owned();
        }
        let district = if row[21].is_empty() {
            &row[24]
        } else {
            &row[21]
        };
        let index = import.add(record, district);
        if !row[4].is_empty() {
            import.collection.add_name(index, &row[4], NameKind::Usual);
        }
        count += 1;
    }
    Ok(count)
}
