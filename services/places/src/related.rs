//! The areas that contain an area, equal it, or lie in it.

use std::collections::{BTreeSet, HashSet};

use crate::error::PlacesError;
use crate::places::Places;
use crate::record::Record;

impl Places {
    /// Returns the names of the areas that contain an area or lie in it, its own among them: a
    /// group that states only such an area may be meant by a search in this one. An area contains
    /// another if it has all its postcode districts. Regions have the names of the protocol's
    /// gazetteer too.
    ///
    /// # Errors
    /// If the place pack cannot be read any more.
    pub fn related_areas(&self, area: &Record) -> Result<BTreeSet<String>, PlacesError> {
        let mut names = BTreeSet::from([area.name.clone()]);
        names.extend(area.gazetteer_name());
        let wider = [&area.county, &area.region, &area.nation];
        names.extend(wider.into_iter().filter(|name| !name.is_empty()).cloned());
        names.extend(area.gazetteer_region().map(str::to_owned));
        let own: HashSet<&str> = area.outcodes.iter().map(String::as_str).collect();
        if own.is_empty() {
            return Ok(names);
        }
        for other in self.pack().areas()? {
            let common = other.outcodes.iter();
            let common = common.filter(|code| own.contains(code.as_str())).count();
            // All of one are in the other.
            if common > 0 && (common == own.len() || common == other.outcodes.len()) {
                names.extend(other.gazetteer_name());
                names.insert(other.name);
            }
        }
        Ok(names)
    }
}
