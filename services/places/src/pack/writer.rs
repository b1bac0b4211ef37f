//! Builds packs.

use std::collections::BTreeMap;

use hedgerow_core::gazetteer::normalise;
use sha2::{Digest as _, Sha256};

use super::format::{
    BLOCK_BYTES, HASH_BYTES, MAGIC, MAX_KEY_BYTES, MAX_SAME_NAME, NAME_KINDS, NameKind,
};
use super::manifest::Manifest;
use crate::record::{Kind, MAX_RECORD_BYTES, Record};
use crate::typed::short_form;

/// Collects records and their names.
#[derive(Debug, Default)]
pub(crate) struct PackWriter {
    records: Vec<Record>,
    names: Vec<(String, NameKind, usize)>,
}

impl PackWriter {
    /// Adds a record under its own name and the short form of that name.
    pub(crate) fn add(&mut self, record: Record) -> usize {
        let index = self.records.len();
        let own = normalise(&record.name);
        if record.kind.is_settlement()
            && let Some(short) = short_form(&own)
        {
            self.names.push((short.to_owned(), NameKind::Short, index));
        }
        // A postcode district is found by its code, which is checked as one before.
        self.names.push((own, NameKind::Own, index));
        self.records.push(record);
        index
    }

    /// Adds another name of a record.
    pub(crate) fn add_name(&mut self, name: &str, kind: NameKind, index: usize) {
        self.names.push((normalise(name), kind, index));
    }

    /// Encodes everything. Postcode districts come first, so that their numbers are known.
    pub(crate) fn finish(
        self,
        mut manifest: Manifest,
        encode: impl Fn(&Record) -> String,
    ) -> Vec<u8> {
        let mut order: Vec<usize> = (0..self.records.len()).collect();
        order.sort_by_key(|index| match self.records[*index].kind {
            Kind::Postcode => 0,
            kind if kind.is_area() => 1,
            _ => 2,
        });
        let mut new_index = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            new_index[*old] = new;
        }

        let (mut records, mut offsets) = (Vec::new(), Vec::new());
        for old in &order {
            offsets.push(records.len() as u32);
            let line = encode(&self.records[*old]);
            debug_assert!(line.len() <= MAX_RECORD_BYTES);
            records.extend_from_slice(line.as_bytes());
        }
        offsets.push(records.len() as u32);

        let mut by_key: BTreeMap<String, BTreeMap<usize, NameKind>> = BTreeMap::new();
        for (key, kind, old) in self.names {
            if key.is_empty() || key.len() > MAX_KEY_BYTES {
                continue;
            }
            let entries = by_key.entry(key).or_default();
            let known = entries.entry(new_index[old]).or_insert(kind);
            *known = kind.min(*known);
        }
        let (mut names, mut blocks) = (Vec::new(), vec![0_u32]);
        for (key, entries) in &by_key {
            let start = *blocks.last().unwrap_or(&0) as usize;
            if names.len() - start >= BLOCK_BYTES {
                blocks.push(names.len() as u32);
            }
            let entries = entries.iter().take(MAX_SAME_NAME).map(|(index, kind)| {
                let letter = NAME_KINDS.iter().find(|(known, _)| known == kind);
                format!("{}{index}", letter.map_or('o', |(_, letter)| *letter))
            });
            let line = format!("{key}\t{}\n", entries.collect::<Vec<_>>().join(" "));
            names.extend_from_slice(line.as_bytes());
        }
        blocks.push(names.len() as u32);

        let count = |matches: fn(Kind) -> bool| -> u32 {
            let matching = self.records.iter().filter(|record| matches(record.kind));
            matching.count() as u32
        };
        manifest.places = count(Kind::is_settlement);
        manifest.areas = count(Kind::is_area);
        manifest.postcodes = count(|kind| kind == Kind::Postcode);
        manifest.names = by_key.len() as u32;
        let contents = Sha256::new().chain_update(&records).chain_update(&names);
        manifest.version = contents.finalize()[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assemble(&manifest.encode(), &offsets, &records, &blocks, &names)
    }
}

fn assemble(
    manifest: &str,
    offsets: &[u32],
    records: &[u8],
    blocks: &[u32],
    names: &[u8],
) -> Vec<u8> {
    let mut body = Vec::new();
    let lengths = [
        manifest.len(),
        offsets.len() - 1,
        records.len(),
        blocks.len() - 1,
        names.len(),
    ];
    for length in lengths {
        body.extend_from_slice(&(length as u32).to_le_bytes());
    }
    body.extend_from_slice(manifest.as_bytes());
    body.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
    body.extend_from_slice(records);
    body.extend(blocks.iter().flat_map(|offset| offset.to_le_bytes()));
    body.extend_from_slice(names);
    let mut file = Vec::with_capacity(MAGIC.len() + HASH_BYTES + body.len());
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&Sha256::digest(&body));
    file.extend_from_slice(&body);
    file
}
