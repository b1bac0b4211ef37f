//! The areas of the embedded pack by name, which complete imported places and boundaries.

use std::collections::HashMap;

use hedgerow_core::gazetteer::normalise;

use crate::error::PlacesError;
use crate::pack::{NameKind, Pack};
use crate::record::{Kind, Record};

/// Areas with their other names.
#[derive(Debug)]
pub(crate) struct KnownAreas {
    areas: Vec<Record>,
    /// By kind and normalised name. Of councils also without `City of`.
    by_name: HashMap<(Kind, String), usize>,
}

impl KnownAreas {
    pub(crate) fn new(pack: &Pack) -> Result<Self, PlacesError> {
        let mut known = Self {
            areas: pack.areas()?,
            by_name: HashMap::new(),
        };
        let first = pack.manifest().postcodes as usize;
        pack.for_each_name(|key, entries| {
            for (name_kind, index) in pack.entries(entries).unwrap_or_default() {
                let at = index.checked_sub(first);
                let Some((at, area)) = at.and_then(|at| Some((at, known.areas.get(at)?))) else {
                    continue;
                };
                // A council is completed by its own name only: other places share the others.
                let counts = match name_kind {
                    NameKind::Own => true,
                    NameKind::Usual => area.kind != Kind::District,
                    NameKind::Short | NameKind::Foreign => false,
                };
                if counts {
                    known.by_name.insert((area.kind, key.to_owned()), at);
                }
            }
        })?;
        for (at, area) in known.areas.iter().enumerate() {
            let name = normalise(&area.name);
            if let (Kind::District, Some(city)) = (area.kind, name.strip_prefix("city of ")) {
                known
                    .by_name
                    .entry((area.kind, city.to_owned()))
                    .or_insert(at);
            }
        }
        Ok(known)
    }

    /// Returns the council area with that name in any spelling, such as `St. Helens`.
    pub(crate) fn district(&self, name: &str) -> Option<&Record> {
        let plain = normalise(name);
        let plain = plain.strip_prefix("county of ").unwrap_or(&plain);
        self.get(Kind::District, plain)
    }

    /// Returns the area of that kind and name. A council may be named with `City of`.
    pub(crate) fn named(&self, kind: Kind, name: &str) -> Option<&Record> {
        if kind == Kind::District {
            self.district(name)
        } else {
            self.get(kind, &normalise(name))
        }
    }

    fn get(&self, kind: Kind, key: &str) -> Option<&Record> {
        let at = self.by_name.get(&(kind, key.to_owned()))?;
        self.areas.get(*at)
    }
}

impl Record {
    /// Sets council area, county, region and nation to those of a council area.
    pub(crate) fn set_chain(&mut self, district: &Record) {
        for (own, of_district) in [
            (&mut self.district, &district.district),
            (&mut self.county, &district.county),
            (&mut self.region, &district.region),
            (&mut self.nation, &district.nation),
        ] {
            if !of_district.is_empty() {
                own.clone_from(of_district);
            }
        }
    }
}
