//! Reads packs, from this program's own memory or from a file that may be hostile.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::format::{
    BLOCK_BYTES, HASH_BYTES, HEADER_BYTES, MAGIC, MAX_KEY_BYTES, MAX_SAME_NAME, NAME_KINDS,
    NameKind,
};
use super::manifest::{MAX_MANIFEST_BYTES, Manifest};
use super::storage::Storage;
use crate::error::PlacesError;
use crate::record::{Kind, MAX_RECORD_BYTES, Record};

/// The gazetteers of Britain in full have about 50,000 places and take 6 MB.
const MAX_FILE_BYTES: u64 = 512 * 1024 * 1024;
const MAX_RECORDS: usize = 4_000_000;
const MAX_BLOCKS: usize = 400_000;
/// A block ends after the line that fills it, and a line has at most this many bytes.
const MAX_BLOCK_BYTES: usize = BLOCK_BYTES + MAX_KEY_BYTES + MAX_SAME_NAME * 9 + 2;
const READ_BYTES: usize = 64 * 1024;

/// A pack that is open. Only its table of blocks is in memory.
#[derive(Debug)]
pub(crate) struct Pack {
    storage: Storage,
    manifest: Manifest,
    record_count: usize,
    records_len: usize,
    offsets_at: u64,
    records_at: u64,
    names_at: u64,
    /// The end of each block of names.
    block_ends: Vec<u32>,
    /// The first name of each block.
    first_keys: Vec<Box<str>>,
}

impl Pack {
    /// Opens a pack and checks its hash, lengths, offsets and the order of its names.
    pub(crate) fn open(storage: Storage) -> Result<Self, PlacesError> {
        let mut pack = Self::read_header(storage)?;
        check_hash(&pack.storage)?;
        pack.check_offsets()?;
        pack.check_names()?;
        Ok(pack)
    }

    /// Opens a pack of this program's own, whose contents are known to be sound.
    pub(crate) fn open_trusted(storage: Storage) -> Result<Self, PlacesError> {
        let mut pack = Self::read_header(storage)?;
        let blocks = 0..pack.block_ends.len();
        let first_keys: Result<_, PlacesError> = blocks
            .map(|block| {
                let text = pack.block(block)?;
                let (key, _) = text.split_once('\t').unwrap_or_default();
                Ok(key.into())
            })
            .collect();
        pack.first_keys = first_keys?;
        Ok(pack)
    }

    /// Reads the lengths of the parts, the manifest and the table of blocks.
    fn read_header(storage: Storage) -> Result<Self, PlacesError> {
        let damaged = PlacesError::Damaged;
        if storage.len() > MAX_FILE_BYTES {
            return Err(damaged("it is larger than 512 MB"));
        }
        if storage.len() < HEADER_BYTES as u64 {
            return Err(damaged("it is too short"));
        }
        let header = storage.read(0, HEADER_BYTES)?;
        if !header.starts_with(MAGIC) {
            return Err(damaged("it does not begin as a place pack of this version"));
        }
        let length = |index: usize| {
            let at = HEADER_BYTES - 20 + index * 4;
            let bytes = header.get(at..at + 4).and_then(|b| b.try_into().ok());
            bytes.map_or(0, u32::from_le_bytes) as usize
        };
        let [
            manifest_len,
            record_count,
            records_len,
            block_count,
            names_len,
        ] = [0, 1, 2, 3, 4].map(length);
        if manifest_len > MAX_MANIFEST_BYTES || record_count > MAX_RECORDS {
            return Err(damaged(
                "its manifest or its number of records is too large",
            ));
        }
        if block_count > MAX_BLOCKS {
            return Err(damaged("it has too many blocks of names"));
        }
        let offsets_at = (HEADER_BYTES + manifest_len) as u64;
        let records_at = offsets_at + 4 * (record_count as u64 + 1);
        let blocks_at = records_at + records_len as u64;
        let names_at = blocks_at + 4 * (block_count as u64 + 1);
        if names_at + names_len as u64 != storage.len() {
            return Err(damaged("its lengths do not fit the file"));
        }
        let manifest = storage.read(HEADER_BYTES as u64, manifest_len)?;
        let manifest = std::str::from_utf8(&manifest)
            .ok()
            .and_then(Manifest::decode);
        let manifest = manifest.ok_or(damaged("its manifest cannot be read"))?;
        if manifest.postcodes as usize > record_count {
            return Err(damaged("its manifest counts more postcodes than records"));
        }
        let blocks = storage.read(blocks_at, 4 * (block_count + 1))?;
        let mut ends = numbers(&blocks);
        let starts_at_zero = ends.next() == Some(0);
        let block_ends: Vec<u32> = ends.collect();
        let ends_at_end = block_ends.last().copied().unwrap_or(0) as usize == names_len;
        if !starts_at_zero || !ends_at_end || !block_ends.is_sorted() {
            return Err(damaged("its blocks of names are not in order"));
        }
        Ok(Self {
            manifest,
            record_count,
            records_len,
            offsets_at,
            records_at,
            names_at,
            block_ends,
            first_keys: Vec::new(),
            storage,
        })
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Records have increasing offsets and bounded lengths.
    fn check_offsets(&self) -> Result<(), PlacesError> {
        let mut last = 0_u32;
        let per_read = READ_BYTES / 4;
        let count = self.record_count + 1;
        for first in (0..count).step_by(per_read) {
            let part = per_read.min(count - first);
            let bytes = self
                .storage
                .read(self.offsets_at + 4 * first as u64, 4 * part)?;
            for offset in numbers(&bytes) {
                let length = offset.checked_sub(last);
                if length.is_none_or(|length| length as usize > MAX_RECORD_BYTES) {
                    return Err(PlacesError::Damaged("a record is out of bounds"));
                }
                last = offset;
            }
        }
        if last as usize != self.records_len {
            return Err(PlacesError::Damaged(
                "its records do not end where they should",
            ));
        }
        Ok(())
    }

    /// Names are sorted and point to records.
    fn check_names(&mut self) -> Result<(), PlacesError> {
        let mut last = String::new();
        let mut first_keys = Vec::with_capacity(self.block_ends.len());
        for block in 0..self.block_ends.len() {
            let text = self.block(block)?;
            for (number, line) in text.lines().enumerate() {
                let (key, entries) = line
                    .split_once('\t')
                    .ok_or(PlacesError::Damaged("a name has no records"))?;
                if key <= last.as_str() || key.len() > MAX_KEY_BYTES {
                    return Err(PlacesError::Damaged("its names are not sorted"));
                }
                if self.entries(entries).is_none() {
                    return Err(PlacesError::Damaged("a name points outside the records"));
                }
                if number == 0 {
                    first_keys.push(key.into());
                }
                key.clone_into(&mut last);
            }
        }
        if first_keys.len() != self.block_ends.len() {
            return Err(PlacesError::Damaged("a block of names is empty"));
        }
        self.first_keys = first_keys;
        Ok(())
    }

    fn block(&self, block: usize) -> Result<Cow<'_, str>, PlacesError> {
        let end = self.block_ends[block];
        let start = block
            .checked_sub(1)
            .map_or(0, |before| self.block_ends[before]);
        let length = (end - start) as usize;
        if length > MAX_BLOCK_BYTES {
            return Err(PlacesError::Damaged("a block of names is too long"));
        }
        let bytes = self
            .storage
            .read(self.names_at + u64::from(start), length)?;
        const NO_TEXT: PlacesError = PlacesError::Damaged("its names are not text");
        Ok(match bytes {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map_err(|_| NO_TEXT)?.into(),
            Cow::Owned(bytes) => String::from_utf8(bytes).map_err(|_| NO_TEXT)?.into(),
        })
    }

    /// Reads what a name points to. `None` if it is malformed.
    pub(crate) fn entries(&self, text: &str) -> Option<Vec<(NameKind, usize)>> {
        let entries: Option<Vec<_>> = text
            .split(' ')
            .take(MAX_SAME_NAME + 1)
            .map(|entry| {
                let mut rest = entry.chars();
                let letter = rest.next()?;
                let (kind, _) = NAME_KINDS.iter().find(|(_, known)| *known == letter)?;
                let index: usize = rest.as_str().parse().ok()?;
                (index < self.record_count).then_some((*kind, index))
            })
            .collect();
        entries.filter(|entries| entries.len() <= MAX_SAME_NAME)
    }

    /// Returns the records of a normalised name.
    pub(crate) fn find(&self, key: &str) -> Result<Vec<(NameKind, Record)>, PlacesError> {
        let after = self
            .first_keys
            .partition_point(|first| first.as_ref() <= key);
        let Some(block) = after.checked_sub(1) else {
            return Ok(Vec::new());
        };
        let text = self.block(block)?;
        let mut lines = text.lines().filter_map(|line| line.split_once('\t'));
        let Some((_, entries)) = lines.find(|(known, _)| *known == key) else {
            return Ok(Vec::new());
        };
        let entries = self.entries(entries).unwrap_or_default();
        let read = |(kind, index)| Ok((kind, self.record(index)?));
        entries.into_iter().map(read).collect()
    }

    /// Calls a function with each name and the numbers of its records, in order.
    pub(crate) fn for_each_name(&self, mut f: impl FnMut(&str, &str)) -> Result<(), PlacesError> {
        for block in 0..self.block_ends.len() {
            let text = self.block(block)?;
            for (key, entries) in text.lines().filter_map(|line| line.split_once('\t')) {
                f(key, entries);
            }
        }
        Ok(())
    }

    pub(crate) fn record(&self, index: usize) -> Result<Record, PlacesError> {
        let offsets = self.storage.read(self.offsets_at + 4 * index as u64, 8)?;
        let mut offsets = numbers(&offsets);
        let (start, end) = (offsets.next().unwrap_or(0), offsets.next().unwrap_or(0));
        let length = end.saturating_sub(start) as usize;
        let line = self
            .storage
            .read(self.records_at + u64::from(start), length)?;
        let record = std::str::from_utf8(&line).ok().and_then(Record::decode);
        record.ok_or(PlacesError::Damaged("a record cannot be read"))
    }

    /// Returns every record, in the order of their numbers.
    pub(crate) fn records(&self) -> Result<Vec<Record>, PlacesError> {
        (0..self.record_count)
            .map(|index| self.record(index))
            .collect()
    }

    /// Returns every area.
    pub(crate) fn areas(&self) -> Result<Vec<Record>, PlacesError> {
        let Manifest {
            postcodes, areas, ..
        } = &self.manifest;
        let first = *postcodes as usize;
        let last = first.saturating_add(*areas as usize).min(self.record_count);
        let records: Result<Vec<_>, _> = (first..last).map(|index| self.record(index)).collect();
        let is_area = |record: &Record| record.kind.is_area();
        records.map(|records| records.into_iter().filter(is_area).collect())
    }

    /// Returns every postcode district.
    pub(crate) fn postcodes(&self) -> Result<Vec<Record>, PlacesError> {
        let records: Result<Vec<_>, _> = (0..self.manifest.postcodes as usize)
            .map(|index| self.record(index))
            .collect();
        let is_postcode = |record: &Record| record.kind == Kind::Postcode;
        records.map(|records| records.into_iter().filter(is_postcode).collect())
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Detects damage, not malice: an attacker who writes the file also writes its hash.
fn check_hash(storage: &Storage) -> Result<(), PlacesError> {
    let header = storage.read(0, HEADER_BYTES)?;
    let start = (MAGIC.len() + HASH_BYTES) as u64;
    let mut hash = Sha256::new();
    let mut at = start;
    while at < storage.len() {
        let length = READ_BYTES.min((storage.len() - at) as usize);
        hash.update(storage.read(at, length)?);
        at += length as u64;
    }
    if hash.finalize().as_slice() != &header[MAGIC.len()..MAGIC.len() + HASH_BYTES] {
        return Err(PlacesError::Damaged("its contents do not fit its hash"));
    }
    Ok(())
}
