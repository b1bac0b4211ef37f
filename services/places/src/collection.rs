//! Records on their way into a pack: duplicates of several sources become one.

use std::collections::HashMap;

use hedgerow_core::gazetteer::normalise;
use hedgerow_core::place::distance_m;

use crate::error::PlacesError;
use crate::pack::{Manifest, NameKind, Pack, PackWriter};
use crate::record::{Kind, Record};

/// Settlements of one name within this distance are one: sources place a village at its church,
/// its shop or its middle.
const SAME_PLACE_M: f64 = 3_000.0;
/// A suburb of the embedded table has the middle of its postcode district.
const SAME_SUBURB_M: f64 = 5_000.0;
/// The prefix of the ids of suburbs in the embedded table.
pub(crate) const SUBURB_ID: &str = "suburb:";

/// Records with their other names.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    records: Vec<Record>,
    names: Vec<Vec<(String, NameKind)>>,
    by_key: HashMap<String, Vec<usize>>,
    by_id: HashMap<String, usize>,
}

impl Collection {
    /// Copies the contents of a pack. Own names and the short forms of them follow from the
    /// records.
    pub(crate) fn from_pack(pack: &Pack) -> Result<Self, PlacesError> {
        let mut collection = Self::default();
        for record in pack.records()? {
            collection.push(normalise(&record.name), record);
        }
        pack.for_each_name(|key, entries| {
            for (kind, index) in pack.entries(entries).unwrap_or_default() {
                if matches!(kind, NameKind::Usual | NameKind::Foreign) {
                    collection.add_name(index, key, kind);
                }
            }
        })?;
        Ok(collection)
    }

    fn push(&mut self, key: String, record: Record) -> usize {
        let index = self.records.len();
        self.by_key.entry(key).or_default().push(index);
        self.by_id.insert(record.id.clone(), index);
        self.records.push(record);
        self.names.push(Vec::new());
        index
    }

    /// Adds a record, or completes the one that describes the same place. Returns its number.
    pub(crate) fn add(&mut self, record: Record) -> usize {
        if let Some(known) = self.by_id.get(&record.id).copied() {
            self.complete(known, record);
            return known;
        }
        let key = normalise(&record.name);
        let same = self.by_key.get(&key).into_iter().flatten().copied();
        let same = same
            .filter(|index| is_same(&self.records[*index], &record))
            .min_by(|a, b| {
                let distance =
                    |index: &usize| distance_m(&self.records[*index].point(), &record.point());
                distance(a).total_cmp(&distance(b))
            });
        if let Some(known) = same {
            // Names may refer to it by either id.
            let id = record.id.clone();
            self.complete(known, record);
            self.by_id.entry(id).or_insert(known);
            return known;
        }
        self.push(key, record)
    }

    fn complete(&mut self, index: usize, new: Record) {
        let known = &mut self.records[index];
        // GeoNames ids are those of the published towns. A suburb's own id is the last choice.
        let is_better =
            known.id.starts_with(SUBURB_ID) || (known.kind.is_area() && new.kind.is_area());
        if is_better && !self.by_id.contains_key(&new.id) {
            self.by_id.insert(new.id.clone(), index);
            known.id.clone_from(&new.id);
            (known.latitude_e7, known.longitude_e7) = (new.latitude_e7, new.longitude_e7);
            if !new.outcodes.is_empty() {
                known.outcodes = new.outcodes;
            }
            known.bounds = new.bounds.or(known.bounds);
        }
        if known.kind == Kind::Town && known.population.is_none() && new.kind.is_settlement() {
            known.kind = new.kind;
        }
        known.population = known.population.or(new.population);
        let fill = |field: &mut String, value: String| {
            if field.is_empty() {
                *field = value;
            }
        };
        fill(&mut known.town, new.town);
        fill(&mut known.district, new.district);
        fill(&mut known.county, new.county);
        fill(&mut known.region, new.region);
        fill(&mut known.nation, new.nation);
    }

    pub(crate) fn add_name(&mut self, index: usize, name: &str, kind: NameKind) {
        self.names[index].push((name.to_owned(), kind));
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Returns the numbers of the records with this name of their own.
    pub(crate) fn named(&self, name: &str) -> &[usize] {
        let key = normalise(name);
        self.by_key.get(&key).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn record(&self, index: usize) -> &Record {
        &self.records[index]
    }

    /// Encodes a place pack.
    pub(crate) fn finish(self, manifest: Manifest) -> Vec<u8> {
        self.into_writer().finish(manifest, Record::encode)
    }

    /// Encodes the embedded pack, without what the protocol's gazetteer has.
    #[cfg(test)]
    pub(crate) fn finish_embedded(self, manifest: Manifest) -> Vec<u8> {
        self.into_writer().finish(manifest, Record::encode_embedded)
    }

    #[cfg(test)]
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    fn into_writer(self) -> PackWriter {
        let mut writer = PackWriter::default();
        for (record, names) in self.records.into_iter().zip(self.names) {
            let index = writer.add(record);
            for (name, kind) in names {
                writer.add_name(&name, kind, index);
            }
        }
        writer
    }
}

fn is_same(known: &Record, new: &Record) -> bool {
    if known.kind.is_area() || new.kind.is_area() {
        // Cornwall is a county and a council; the council of York is not the city.
        return known.kind == new.kind;
    }
    if known.kind == Kind::Postcode || new.kind == Kind::Postcode {
        return known.kind == new.kind;
    }
    // A suburb's position is only that of its postcode district.
    let from_table = known.id.starts_with(SUBURB_ID) || new.id.starts_with(SUBURB_ID);
    let limit = if from_table {
        SAME_SUBURB_M
    } else {
        SAME_PLACE_M
    };
    distance_m(&known.point(), &new.point()) <= limit
}
