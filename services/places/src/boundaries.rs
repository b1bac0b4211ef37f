//! Areas with outlines, for finding those that contain a point.

use std::cmp::Reverse;
use std::collections::HashSet;

use hedgerow_proto::v1;

use crate::outline::Outline;
use crate::record::{Kind, Record};

/// An area with its outline.
#[derive(Debug)]
pub(crate) struct Boundary {
    pub(crate) record: Record,
    /// The published name if the pack has another one, and names in other languages.
    pub(crate) other_names: Vec<String>,
    pub(crate) outline: Outline,
}

/// The areas that contain a point, one of each kind.
#[derive(Debug, Default)]
pub(crate) struct Containing<'a> {
    pub(crate) district: Option<&'a Record>,
    county: Option<&'a Record>,
    pub(crate) region: Option<&'a Record>,
    nation: Option<&'a Record>,
}

/// Areas with outlines, by their official codes.
#[derive(Debug, Default)]
pub(crate) struct Boundaries {
    all: Vec<Boundary>,
    codes: HashSet<String>,
    /// Positions of all outlines, which take up the memory.
    positions: usize,
}

impl Boundaries {
    /// Adds an area whose outline has that many positions. `false` if one with its code is
    /// known: a unitary council is in the file of councils and in that of counties.
    pub(crate) fn add(&mut self, boundary: Boundary, positions: usize) -> bool {
        let is_new = self.codes.insert(boundary.record.id.clone());
        if is_new {
            self.positions += positions;
            self.all.push(boundary);
        }
        is_new
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn positions(&self) -> usize {
        self.positions
    }

    /// Removes all areas and returns them, nations first and councils last.
    pub(crate) fn take_widest_first(&mut self) -> Vec<Boundary> {
        self.codes.clear();
        let mut all = std::mem::take(&mut self.all);
        all.sort_by_key(|boundary| Reverse(boundary.record.kind));
        all
    }

    /// Returns the areas that contain a point. If its nation is known, only those of that nation:
    /// generalised outlines deviate by some hundred metres at borders.
    pub(crate) fn containing(&self, point: &v1::Point, nation: &str) -> Containing<'_> {
        let mut found = Containing::default();
        for Boundary {
            record, outline, ..
        } in &self.all
        {
            let of_nation = match record.kind {
                Kind::Nation => &record.name,
                _ => &record.nation,
            };
            let slot = match record.kind {
                Kind::District => &mut found.district,
                Kind::County => &mut found.county,
                Kind::Region => &mut found.region,
                Kind::Nation => &mut found.nation,
                _ => continue,
            };
            let is_possible = nation.is_empty() || of_nation.is_empty() || nation == of_nation;
            if slot.is_none() && is_possible && outline.contains(point) {
                *slot = Some(record);
            }
        }
        found
    }
}

impl Containing<'_> {
    /// Fills what is empty of the areas that a record lies in.
    pub(crate) fn complete(&self, record: &mut Record) {
        // What a council lies in is known even without outlines of counties.
        let name = |area: Option<&Record>, of_district: fn(&Record) -> &String| {
            let area = area.map(|area| &area.name);
            let area = area.or_else(|| self.district.map(of_district));
            area.cloned().unwrap_or_default()
        };
        let chain = [
            name(self.district, |district| &district.name),
            name(self.county, |district| &district.county),
            name(self.region, |district| &district.region),
            name(self.nation, |district| &district.nation),
        ];
        fill_empty(record, chain.each_ref().map(String::as_str));
    }
}

/// Fills the empty ones of district, county, region and nation; of an area only the wider ones.
pub(crate) fn fill_empty(record: &mut Record, chain: [&str; 4]) {
    let own = record.kind;
    let fields = [
        (Kind::District, &mut record.district),
        (Kind::County, &mut record.county),
        (Kind::Region, &mut record.region),
        (Kind::Nation, &mut record.nation),
    ];
    for ((kind, field), name) in fields.into_iter().zip(chain) {
        if field.is_empty() && (!own.is_area() || kind > own) {
            field.push_str(name);
        }
    }
}
