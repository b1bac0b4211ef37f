//! The plain form: CSV files with a column for each field of a record.

use std::path::Path;

use super::rows::Rows;
use super::session::{Form, Import};
use crate::pack::NameKind;
use crate::record::{Bounds, Kind, Record};

const NOTICE: &str = "Places, areas and names imported from CSV files: show the notice that came \
                      with them.";

pub(super) const PLACES: Form = Form {
    name: "places",
    notice: NOTICE,
    read: places,
    matches: |_, header| header.starts_with("id,name,kind,"),
};
pub(super) const AREAS: Form = Form {
    name: "areas",
    notice: NOTICE,
    read: areas,
    matches: |_, header| header.starts_with("code,name,kind,parent,"),
};
pub(super) const NAMES: Form = Form {
    name: "names",
    notice: NOTICE,
    read: names,
    matches: |_: &Path, header| header.starts_with("other_name,"),
};
pub(super) const POSTCODES: Form = Form {
    name: "postcode districts",
    notice: NOTICE,
    read: postcodes,
    matches: |_, header| header.starts_with("outcode,kind,"),
};

fn places(import: &mut Import, text: &str) -> Result<usize, String> {
    let required: [&[&str]; 5] = [&["id"], &["name"], &["kind"], &["lat"], &["lon"]];
    Rows::new(text, &required)?.for_each(|row| {
        let get = |name: &str| row.get(name);
        let (id, name) = (get("id"), get("name"));
        let Some(point) = row.point("lat", "lon")? else {
            return Ok(false);
        };
        if id.is_empty() || name.is_empty() {
            return Ok(false);
        }
        let kind = match get("kind").as_str() {
            "locality" => Some(Kind::Hamlet),
            word => Kind::from_word(word).filter(|kind| kind.is_settlement()),
        };
        let expected = "city, town, suburb, village, hamlet or locality";
        let kind = kind.ok_or_else(|| row.wrong("kind", expected))?;
        let mut record = Record::new(id, &name, kind);
        record.latitude_e7 = point.latitude_e7;
        record.longitude_e7 = point.longitude_e7;
        record.nation = get("nation");
        record.region = get("region");
        record.county = match get("county") {
            // The six counties are `County Down` and so on, in the embedded areas too.
            name if record.nation == "Northern Ireland" && !name.is_empty() => {
                format!("County {}", name.trim_start_matches("County "))
            }
            name => name,
        };
        record.population = row.number("population")?;
        let outcode = get("outcode");
        let outcode = outcode.trim_start_matches('~');
        if !outcode.is_empty() {
            record.outcodes = vec![outcode.to_owned()];
        }
        let district = match get("district") {
            name if name.is_empty() => import.district_name(&get("district_code")),
            name => name,
        };
        import.add(record, &district);
        Ok(true)
    })
}

impl Import {
    /// The name of a council area that an earlier file gave a code.
    fn district_name(&self, code: &str) -> String {
        let area = self.collection.by_id(code);
        area.map_or_else(String::new, |index| {
            self.collection.record(index).name.clone()
        })
    }
}

fn area_kind(word: &str, code: &str) -> Option<Kind> {
    Some(match word {
        "nation" => Kind::Nation,
        "country" if code == "IE" => Kind::Nation,
        "country" => Kind::Country,
        "region" => Kind::Region,
        "island" => Kind::Island,
        "usual name (approximate)" => Kind::Usual,
        "London borough"
        | "council area"
        | "district"
        | "metropolitan borough"
        | "principal area"
        | "unitary authority" => Kind::District,
        _ if code.starts_with("former:") => Kind::Former,
        _ if word.contains("county") || word.contains("district") => {
            if code.starts_with("N09") {
                Kind::District
            } else {
                Kind::County
            }
        }
        _ => return None,
    })
}

fn areas(import: &mut Import, text: &str) -> Result<usize, String> {
    let edges: [&[&str]; 4] = [&["lat_min"], &["lat_max"], &["lon_min"], &["lon_max"]];
    let required: [&[&str]; 6] = [
        &["code"],
        &["name"],
        &["kind"],
        &["lat"],
        &["lon"],
        &["outcodes"],
    ];
    Rows::new(text, &[&required[..], &edges].concat())?.for_each(|row| {
        let get = |name: &str| row.get(name);
        let (code, name) = (get("code"), get("name"));
        let Some(point) = row.point("lat", "lon")? else {
            return Ok(false);
        };
        let edge = |name: &str| row.degrees(name);
        let kind = area_kind(&get("kind"), &code);
        let expected =
            "nation, region, county, district, council area, island or another kind of area";
        let kind = kind.ok_or_else(|| row.wrong("kind", expected))?;
        let mut record = Record::new(code, &name, kind);
        record.latitude_e7 = point.latitude_e7;
        record.longitude_e7 = point.longitude_e7;
        record.bounds = Some(Bounds {
            south_e7: edge("lat_min")?,
            north_e7: edge("lat_max")?,
            west_e7: edge("lon_min")?,
            east_e7: edge("lon_max")?,
        });
        record.outcodes = get("outcodes").split(' ').map(str::to_owned).collect();
        record.outcodes.retain(|code| !code.is_empty());
        if let Some(area) = import.areas.district(&name)
            && kind == Kind::District
        {
            record.name.clone_from(&area.name);
            record.set_chain(area);
        }
        import.collection.add(record);
        Ok(true)
    })
}

fn postcodes(import: &mut Import, text: &str) -> Result<usize, String> {
    let required: [&[&str]; 4] = [&["outcode"], &["kind"], &["lat"], &["lon"]];
    Rows::new(text, &required)?.for_each(|row| {
        let get = |name: &str| row.get(name);
        let code = get("outcode");
        // Short forms and the letters of postcode areas are no districts.
        if !get("kind").contains("district") {
            return Ok(false);
        }
        let Some(point) = row.point("lat", "lon")? else {
            return Ok(false);
        };
        // The embedded table has every district already, with a coarser position.
        let id = format!("postcode:{code}");
        if import.collection.by_id(&id).is_some() {
            return Ok(true);
        }
        let mut record = Record::new(id, &code, Kind::Postcode);
        record.latitude_e7 = point.latitude_e7;
        record.longitude_e7 = point.longitude_e7;
        record.town = get("nearest_place");
        if let Some(area) = import.areas.district(&get("local_authority")) {
            record.set_chain(area);
        }
        import.collection.add(record);
        Ok(true)
    })
}

fn names(import: &mut Import, text: &str) -> Result<usize, String> {
    let required: [&[&str]; 2] = [&["other_name"], &["refers_to"]];
    Rows::new(text, &required)?.for_each(|row| {
        // A name of a place that was not imported is of no use and harms nothing.
        let Some(index) = import.collection.by_id(&row.get("refers_to")) else {
            return Ok(false);
        };
        let kind = match row.get("language_or_kind").as_str() {
            "other language or spelling" => NameKind::Foreign,
            "short form" => NameKind::Short,
            _ => NameKind::Usual,
        };
        import
            .collection
            .add_name(index, &row.get("other_name"), kind);
        Ok(true)
    })
}
