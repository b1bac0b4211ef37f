//! Which county, region and nation a council area lies in, by the table of areas.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hedgerow_core::gazetteer::normalise;

use crate::record::{Kind, Record};

/// A row of the table of areas.
#[derive(Debug, Default)]
pub(super) struct AreaRow {
    pub(super) name: String,
    pub(super) kind: Option<Kind>,
    /// The area that it lies in.
    pub(super) within: String,
    /// Areas that it consists of; with `la:` a local authority of 2013, with `pc:` a postcode
    /// district or the letters of a postcode area.
    pub(super) members: Vec<String>,
    /// Districts that were in this county when people learnt its name.
    pub(super) formerly: Vec<String>,
    /// Other names.
    pub(super) also: Vec<String>,
}

/// The table of areas with its indexes.
#[derive(Debug)]
pub(super) struct Areas {
    pub(super) rows: Vec<AreaRow>,
    /// Council areas by the local authority of 2013, and by postcode district.
    by_authority: HashMap<String, usize>,
    by_postcode: HashMap<String, usize>,
    /// The widest area of each name: Cornwall is a county and a council.
    by_name: HashMap<String, usize>,
    district_by_name: HashMap<String, usize>,
    district_by_form: HashMap<String, usize>,
}

impl Areas {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let list = |text: &str| -> Vec<String> {
            let parts = text.split('|').filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        let mut rows = Vec::new();
        for row in reader.records() {
            let row = row.ok()?;
            let row: Vec<&str> = row.iter().collect();
            let &[name, kind, within, members, formerly, also] = row.as_slice() else {
                return None;
            };
            rows.push(AreaRow {
                name: name.to_owned(),
                kind: Some(Kind::from_word(kind)?),
                within: within.to_owned(),
                members: list(members),
                formerly: list(formerly),
                also: list(also),
            });
        }
        Some(Self::index(rows))
    }

    fn index(rows: Vec<AreaRow>) -> Self {
        let mut areas = Self {
            by_authority: HashMap::new(),
            by_postcode: HashMap::new(),
            by_name: HashMap::new(),
            district_by_name: HashMap::new(),
            district_by_form: HashMap::new(),
            rows: Vec::new(),
        };
        for (index, row) in rows.iter().enumerate() {
            let widest = areas.by_name.entry(row.name.clone()).or_insert(index);
            if row.kind > rows[*widest].kind {
                *widest = index;
            }
            if row.kind != Some(Kind::District) {
                continue;
            }
            areas.district_by_name.insert(row.name.clone(), index);
            let form = normalise(&row.name);
            let city = form.strip_prefix("city of ").map(str::to_owned);
            for form in city.into_iter().chain([form]) {
                areas.district_by_form.insert(form, index);
            }
            for member in &row.members {
                if let Some(authority) = member.strip_prefix("la:") {
                    areas.by_authority.insert(authority.to_owned(), index);
                } else if let Some(code) = member.strip_prefix("pc:") {
                    areas.by_postcode.insert(code.to_owned(), index);
                }
            }
        }
        areas.rows = rows;
        areas
    }

    /// Returns the council area of a postcode district.
    pub(super) fn district_of(&self, code: &str, authority_2013: &str) -> Option<&AreaRow> {
        let index = self.by_postcode.get(code);
        let index = index.or_else(|| self.by_authority.get(authority_2013))?;
        Some(&self.rows[*index])
    }

    pub(super) fn district(&self, name: &str) -> Option<&AreaRow> {
        let index = self.district_by_name.get(name)?;
        Some(&self.rows[*index])
    }

    /// Returns the council area with that name in any spelling, such as `St. Helens`.
    pub(super) fn district_like(&self, name: &str) -> Option<&AreaRow> {
        let plain = normalise(name);
        let plain = plain.strip_prefix("county of ").unwrap_or(&plain);
        let index = self.district_by_form.get(plain)?;
        Some(&self.rows[*index])
    }

    /// Sets county, region and nation of a record in that area.
    pub(super) fn set_chain(&self, record: &mut Record, area: &AreaRow) {
        let mut row = area;
        // Deeper than any chain: a table with a circle ends too.
        for _ in 0..8 {
            match row.kind {
                Some(Kind::District) => record.district.clone_from(&row.name),
                Some(Kind::County) => record.county.clone_from(&row.name),
                Some(Kind::Region) => record.region.clone_from(&row.name),
                Some(Kind::Nation) => record.nation.clone_from(&row.name),
                _ => {}
            }
            // `Cornwall` lies in the county of the same name, not in itself.
            let Some(wider) = self.by_name.get(&row.within) else {
                return;
            };
            row = &self.rows[*wider];
        }
    }

    /// Returns the postcode districts of each area, in the order of the rows. `postcodes` have
    /// their chains already.
    pub(super) fn extents(&self, postcodes: &[Record]) -> Vec<BTreeSet<usize>> {
        let mut by_area: BTreeMap<(Kind, &str), BTreeSet<usize>> = BTreeMap::new();
        for (index, code) in postcodes.iter().enumerate() {
            let chain = [
                (Kind::District, &code.district),
                (Kind::County, &code.county),
                (Kind::Region, &code.region),
                (Kind::Nation, &code.nation),
            ];
            for (kind, name) in chain {
                by_area.entry((kind, name)).or_default().insert(index);
            }
        }
        (0..self.rows.len())
            .map(|row| self.extent(row, postcodes, &by_area, 0))
            .collect()
    }

    fn extent(
        &self,
        row: usize,
        postcodes: &[Record],
        by_area: &BTreeMap<(Kind, &str), BTreeSet<usize>>,
        depth: usize,
    ) -> BTreeSet<usize> {
        let area = &self.rows[row];
        let own = area
            .kind
            .and_then(|kind| by_area.get(&(kind, area.name.as_str())));
        let mut inside = own.cloned().unwrap_or_default();
        if area.kind == Some(Kind::District) || depth > 4 {
            return inside;
        }
        if area.name == "United Kingdom" {
            let nations = ["England", "Scotland", "Wales", "Northern Ireland"];
            let all = postcodes.iter().enumerate();
            inside.extend(
                all.filter(|(_, code)| nations.contains(&code.nation.as_str()))
                    .map(|(index, _)| index),
            );
        }
        for member in &area.members {
            if let Some(code) = member.strip_prefix("pc:") {
                let is_member = |name: &str| {
                    let letters = name.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
                    name == code || letters == code
                };
                let all = postcodes.iter().enumerate();
                inside.extend(
                    all.filter(|(_, postcode)| is_member(&postcode.name))
                        .map(|(index, _)| index),
                );
            } else if let Some(authority) = member.strip_prefix("la:") {
                // A former district: `town` has the authority until the records are complete.
                let all = postcodes.iter().enumerate();
                inside.extend(
                    all.filter(|(_, code)| code.formerly.iter().any(|la| la == authority))
                        .map(|(index, _)| index),
                );
            } else if let Some(member) = self.by_name.get(member) {
                inside.extend(self.extent(*member, postcodes, by_area, depth + 1));
            }
        }
        inside
    }
}
