//! Known names that resemble an unknown one, and names that resemble many.

use std::cmp::Reverse;

use hedgerow_core::gazetteer::normalise;
use hedgerow_core::place::distance_m;

use crate::error::PlacesError;
use crate::places::Places;
use crate::record::Record;

/// Names that are offered for an unknown one.
const MAX_OFFERED: usize = 5;
/// Records read for one unknown name.
const MAX_READ: usize = 40;
/// Places whose names contain a word before it counts as common.
const COMMON: usize = 2;
/// A place with the same word that is nearer belongs to it: Clifton and Clifton Down.
const NEIGHBOUR_M: f64 = 15_000.0;

/// Sorts records by weight, and keeps a few.
pub(crate) fn by_weight(records: impl Iterator<Item = Record>) -> Vec<Record> {
    let mut records: Vec<Record> = records.collect();
    records.sort_by_key(|record| (Reverse(record.weight()), record.id.clone()));
    let mut offered = Vec::new();
    for record in records {
        offer(&mut offered, record);
    }
    offered
}

/// Adds a record, unless there are enough or one reads the same: a city and its council area.
fn offer(offered: &mut Vec<Record>, record: Record) {
    let is_new = || {
        let name = record.full_name();
        offered.iter().all(|known| known.full_name() != name)
    };
    if offered.len() < MAX_OFFERED && is_new() {
        offered.push(record);
    }
}

/// Returns places with names that begin with the typed one or are spelt nearly like it.
pub(crate) fn by_spelling(places: &Places, typed: &str) -> Result<Vec<Record>, PlacesError> {
    let typed = normalise(typed);
    let length = typed.chars().count();
    if length < 3 {
        return Ok(Vec::new());
    }
    let max_edits = if length < 6 { 1 } else { 2 };
    let mut near: Vec<(usize, usize)> = Vec::new();
    places.pack().for_each_name(|key, entries| {
        let edits = if key.starts_with(&typed) {
            // A longer name that begins so is less likely than one letter's difference.
            1
        } else if key.len().abs_diff(typed.len()) > max_edits {
            return;
        } else {
            strsim::osa_distance(key, &typed)
        };
        if edits <= max_edits {
            let own = entries.split(' ').filter_map(|entry| {
                let index = entry.strip_prefix(['o', 'u'])?;
                index.parse().ok()
            });
            near.extend(own.map(|index: usize| (edits, index)));
        }
    })?;
    near.sort_unstable();
    near.truncate(MAX_READ);
    let mut records: Vec<(usize, Record)> = near
        .into_iter()
        .map(|(edits, index)| Ok((edits, places.pack().record(index)?)))
        .collect::<Result<_, PlacesError>>()?;
    records.sort_by_key(|(edits, record)| (*edits, Reverse(record.weight())));
    let mut offered: Vec<Record> = Vec::new();
    for (_, record) in records {
        offer(&mut offered, record);
    }
    Ok(offered)
}

/// Returns whether a name of one word is part of the names of other places far away, as Easton
/// is of Easton-in-Gordano and Great Easton: there are probably more places of that name.
pub(crate) fn is_common_word(places: &Places, record: &Record) -> Result<bool, PlacesError> {
    let name = normalise(&record.name);
    if name.contains(' ') {
        return Ok(false);
    }
    let mut others: Vec<usize> = Vec::new();
    places.pack().for_each_name(|key, entries| {
        let has_word = key.len() > name.len() && key.split(' ').any(|word| word == name);
        if has_word {
            let own = entries
                .split(' ')
                .filter_map(|entry| entry.strip_prefix('o'));
            others.extend(own.filter_map(|index| index.parse::<usize>().ok()));
        }
    })?;
    let mut far = 0;
    for index in others.into_iter().take(MAX_READ) {
        let other = places.pack().record(index)?;
        let is_far = distance_m(&other.point(), &record.point()) > NEIGHBOUR_M;
        far += usize::from(is_far && other.kind.is_settlement());
    }
    Ok(far >= COMMON)
}
