//! The plain form: CSV files with a column for each field of a record.

use std::path::Path;

use super::rows::{Rows, point};
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
    Rows::new(text)?.for_each(|get| {
        let (id, name) = (get("id"), get("name"));
        let point = point(&get("lat"), &get("lon"))?;
        if id.is_empty() || name.is_empty() {
            return None;
        }
        let kind = match get("kind").as_str() {
            "locality" => Kind::Hamlet,
            word => Kind::from_word(word).filter(|kind| kind.is_settlement())?,
        };
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
        record.population = get("population").parse().ok();
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
        Some(())
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
    Rows::new(text)?.for_each(|get| {
        let (code, name) = (get("code"), get("name"));
        let point = point(&get("lat"), &get("lon"))?;
        let edge = |name: &str| point_value(&get(name));
        let kind = area_kind(&get("kind"), &code)?;
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
        if let Some(area) = import.areas.district_like(&name)
            && kind == Kind::District
        {
            record.name.clone_from(&area.name);
            import.areas.set_chain(&mut record, area);
        }
        import.collection.add(record);
        Some(())
    })
}

fn point_value(text: &str) -> Option<i32> {
    point(text, "0").map(|point| point.latitude_e7).or_else(|| {
        // Longitudes may exceed the range of latitudes elsewhere in the world.
        point("0", text).map(|point| point.longitude_e7)
    })
}

fn postcodes(import: &mut Import, text: &str) -> Result<usize, String> {
    Rows::new(text)?.for_each(|get| {
        let code = get("outcode");
        let point = point(&get("lat"), &get("lon"))?;
        if !get("kind").contains("district") {
            return None;
        }
        // The embedded table has every district already, with a coarser position.
        let id = format!("postcode:{code}");
        if import.collection.by_id(&id).is_some() {
            return Some(());
        }
        let mut record = Record::new(id, &code, Kind::Postcode);
        record.latitude_e7 = point.latitude_e7;
        record.longitude_e7 = point.longitude_e7;
        record.town = get("nearest_place");
        if let Some(area) = import.areas.district_like(&get("local_authority")) {
            import.areas.set_chain(&mut record, area);
        }
        import.collection.add(record);
        Some(())
    })
}

fn names(import: &mut Import, text: &str) -> Result<usize, String> {
    Rows::new(text)?.for_each(|get| {
        let index = import.collection.by_id(&get("refers_to"))?;
        let kind = match get("language_or_kind").as_str() {
            "other language or spelling" => NameKind::Foreign,
            "short form" => NameKind::Short,
            _ => NameKind::Usual,
        };
        import.collection.add_name(index, &get("other_name"), kind);
        Some(())
    })
}
