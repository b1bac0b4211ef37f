//! Boundaries of councils, counties, regions and nations, with the properties of the ONS Open
//! Geography portal (`LAD24CD`, `LAD24NM`), or with `code` and `name`.

use super::geojson::{Feature, Limits, for_each_feature};
use super::session::{Form, Import, MAX_POSTCODE_DISTANCE_M};
use crate::boundaries::{Boundary, fill_empty};
use crate::outline::Outline;
use crate::pack::NameKind;
use crate::record::{Kind, Record};

/// All boundary files together: Britain has 361 councils. A position takes 16 bytes in memory, or up
/// to 64 in an outline of long edges.
const MAX_FEATURES: usize = 20_000;
const MAX_POSITIONS: usize = 4_000_000;
/// Properties of the narrowest area first: a file of councils may name their regions too. The
/// kind is for codes of other countries.
const PREFIXES: [(&str, Kind); 6] = [
    ("LAD", Kind::District),
    ("CTYUA", Kind::County),
    ("MCTY", Kind::County),
    ("CTY", Kind::County),
    ("RGN", Kind::Region),
    ("CTRY", Kind::Nation),
];
/// The first letters of official codes, which say what an area is: `E06` is a unitary authority.
const CODES: [(&str, Kind); 16] = [
    ("E06", Kind::District),
    ("E07", Kind::District),
    ("E08", Kind::District),
    ("E09", Kind::District),
    ("N09", Kind::District),
    ("S12", Kind::District),
    ("W06", Kind::District),
    ("E10", Kind::County),
    ("E11", Kind::County),
    ("E12", Kind::Region),
    ("E92", Kind::Nation),
    ("N92", Kind::Nation),
    ("S92", Kind::Nation),
    ("W92", Kind::Nation),
    ("K02", Kind::Country),
    ("K03", Kind::Country),
];
/// Generalised boundaries cut off headlands, by up to 500 m, in 10⁻⁷ degrees.
const MARGIN_E7: i32 = 50_000;

pub(super) const FORM: Form = Form {
    name: "boundaries",
    notice: "Boundaries: Office for National Statistics, Open Government Licence v3.0. Contains \
             OS data © Crown copyright and database right.",
    read,
    matches: |path, line| {
        let is_json = path.extension().is_some_and(|ending| {
            ending.eq_ignore_ascii_case("geojson") || ending.eq_ignore_ascii_case("json")
        });
        is_json && line.trim_start().starts_with('{')
    },
};

fn read(import: &mut Import, text: &str) -> Result<usize, String> {
    let limits = Limits {
        features: MAX_FEATURES.saturating_sub(import.boundaries.len()),
        positions: MAX_POSITIONS.saturating_sub(import.boundaries.positions()),
    };
    for_each_feature(text, limits, |feature| {
        let positions = feature.rings.iter().map(Vec::len).sum();
        match boundary(&feature)? {
            Some(boundary) => Ok(import.boundaries.add(boundary, positions)),
            None => Ok(false),
        }
    })
}

/// Reads code and name of a feature. `None` if it has no rings.
pub(super) fn boundary(feature: &Feature) -> Result<Option<Boundary>, String> {
    let properties = &feature.properties;
    let (code, name, other_name, usual_kind) = PREFIXES
        .iter()
        .find_map(|(prefix, kind)| {
            let (code, year) = properties.iter().find_map(|(key, code)| {
                let year = key.strip_prefix(prefix)?.strip_suffix("CD")?;
                let is_year = year.len() == 2 && year.bytes().all(|byte| byte.is_ascii_digit());
                is_year.then_some((code, year))
            })?;
            let name = properties.get(&format!("{prefix}{year}NM"))?;
            // In Wales.
            let other_name = properties.get(&format!("{prefix}{year}NMW"));
            Some((code, name, other_name, Some(*kind)))
        })
        .or_else(|| Some((properties.get("CODE")?, properties.get("NAME")?, None, None)))
        .filter(|(code, name, ..)| !code.is_empty() && !name.is_empty())
        .ok_or(
            "no code and name of an area: expected properties such as LAD24CD and LAD24NM, \
             CTYUA24CD and CTYUA24NM, RGN24CD and RGN24NM, CTRY24CD and CTRY24NM, or code and name",
        )?;
    let by_code = CODES.iter().find(|(start, _)| code.starts_with(start));
    let kind = by_code.map(|(_, kind)| *kind).or(usual_kind);
    let shown: String = code.chars().take(20).collect();
    let kind = kind.ok_or_else(|| {
        format!(
            "the code {shown} is invalid: expected the code of a council, county, region or \
             nation, such as E08000035"
        )
    })?;
    let Some(outline) = Outline::new(&feature.rings) else {
        return Ok(None);
    };
    let mut record = Record::new(code.clone(), name, kind);
    let middle = outline.middle();
    record.latitude_e7 = middle.latitude_e7;
    record.longitude_e7 = middle.longitude_e7;
    record.nation = nation(code, kind).to_owned();
    let other_names = other_name.filter(|other| !other.is_empty() && *other != name);
    Ok(Some(Boundary {
        record,
        other_names: other_names.cloned().into_iter().collect(),
        outline,
    }))
}

fn nation(code: &str, kind: Kind) -> &'static str {
    match code.bytes().next() {
        _ if kind >= Kind::Nation => "",
        Some(b'E') => "England",
        Some(b'N') => "Northern Ireland",
        Some(b'S') => "Scotland",
        Some(b'W') => "Wales",
        _ => "",
    }
}

impl Import {
    /// Adds the areas whose boundaries were read to the pack, after the last boundary file and
    /// before any place.
    pub(super) fn add_boundary_areas(&mut self) {
        // The widest first: what an area lies in is found among those before it.
        for mut boundary in self.boundaries.take_widest_first() {
            let published = std::mem::take(&mut boundary.record.name);
            let (name, title) = without_title(&published);
            let kind = boundary.record.kind;
            let known = self.areas.named(kind, &published);
            let known = known.or_else(|| self.areas.named(kind, name));
            boundary.record.name = known.map_or_else(|| name.to_owned(), |row| row.name.clone());
            boundary.other_names.push(format!("{title}{name}"));
            self.set_extent(&mut boundary);
            let index = self.collection.add(boundary.record.clone());
            for name in &boundary.other_names {
                self.collection.add_name(index, name, NameKind::Usual);
            }
            self.boundaries.add(boundary, 0);
        }
    }

    /// Sets the bounds of an area, and what it lies in and its postcode districts if only its
    /// boundary is known.
    fn set_extent(&self, boundary: &mut Boundary) {
        let Boundary {
            record, outline, ..
        } = boundary;
        let bounds = outline.bounds();
        let known = self.collection.named(&record.name).iter();
        let mut known = known.map(|index| self.collection.record(*index));
        if let Some(known) = known.find(|known| known.kind == record.kind) {
            // A county as people use it is larger than the area of its county council.
            record.bounds = Some(known.bounds.map_or(bounds, |known| known.union(&bounds)));
            fill_empty(
                record,
                [&known.district, &known.county, &known.region, &known.nation],
            );
            return;
        }
        record.bounds = Some(bounds.widened(MARGIN_E7));
        if record.kind == Kind::District {
            record.district.clone_from(&record.name);
        }
        let middle = record.point();
        let nation = record.nation.clone();
        self.boundaries
            .containing(&middle, &nation)
            .complete(record);
        let codes = self.postcodes.records().iter();
        let codes: Vec<&Record> = codes
            .filter(|code| outline.contains(&code.point()))
            .collect();
        record.outcodes = codes.iter().map(|code| code.name.clone()).collect();
        record.outcodes.sort_unstable();
        let near = self.postcodes.nearest(&middle, |code| {
            (nation.is_empty() || code.nation == nation)
                && (record.region.is_empty() || code.region == record.region)
        });
        if let Some((code, distance)) = near
            && distance < MAX_POSTCODE_DISTANCE_M
        {
            fill_empty(record, ["", &code.county, &code.region, &code.nation]);
        }
    }
}

/// A name and its title: `Bristol, City of` is the City of Bristol. What people type after a comma
/// is an area around.
pub(super) fn without_title(published: &str) -> (&str, &'static str) {
    let titles = [(", City of", "City of "), (", County of", "County of ")];
    let mut found = titles.iter().filter_map(|(ending, title)| {
        let name = published.strip_suffix(ending)?;
        Some((name, *title))
    });
    found.next().unwrap_or((published, ""))
}
