//! Groups hits that are listings of one organisation, so that each organisation is one hit.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use tantivy::{DocAddress, Searcher};

use super::keys::is_own;
use crate::rank::key::Rank;
use crate::segment::columns::AllColumns;

/// Listings of one organisation that are grouped. More with common keys are not from as many
/// directories: somebody has published copies, which must not hide the others.
const MAX_LISTINGS: usize = 8;

/// Listings of one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The rank of the first one.
    pub rank: Rank,
    pub first: DocAddress,
    /// The others, best first.
    pub others: Vec<DocAddress>,
}

/// Groups the listings among hits that have common keys, also by way of a third one.
pub fn group(mut listings: Vec<(Rank, DocAddress)>, columns: &AllColumns) -> Vec<Group> {
    listings.sort_unstable_by_key(|(rank, address)| (Reverse(*rank), *address));
    let mut sets = Sets::new(listings.len());
    let mut owners: HashMap<u64, usize> = HashMap::new();
    for (at, (_, address)) in listings.iter().enumerate() {
        let of_segment = columns[address.segment_ord as usize].listings();
        for key in of_segment.keys(address.doc_id) {
            let owner = *owners.entry(key).or_insert(at);
            sets.join(owner, at);
        }
    }
    let mut members: HashMap<usize, Vec<(Rank, DocAddress)>> = HashMap::new();
    for (at, listing) in listings.into_iter().enumerate() {
        members.entry(sets.root(at)).or_default().push(listing);
    }
    let groups = members.into_values();
    groups.flat_map(|members| split(members, columns)).collect()
}

/// Splits listings with common keys into those that are shown as one, best first in each.
///
/// A claim to be a group is not confirmed yet, so two groups that both claim it are never one
/// hit. Nor are listings of which one source has several: it means several things by the name.
fn split(members: Vec<(Rank, DocAddress)>, columns: &AllColumns) -> Vec<Group> {
    let alone = |(rank, first): (Rank, DocAddress)| Group {
        rank,
        first,
        others: Vec::new(),
    };
    if members.len() == 1 {
        return members.into_iter().map(alone).collect();
    }
    let lister = |address: &DocAddress| {
        let of_segment = columns[address.segment_ord as usize].listings();
        of_segment.lister(address.doc_id)
    };
    let listers: BTreeSet<u64> = members.iter().map(|(_, it)| lister(it)).collect();
    if members.len() > MAX_LISTINGS || listers.len() < members.len() {
        return members.into_iter().map(alone).collect();
    }
    let claims = listers.iter().filter(|lister| is_own(**lister)).count();
    let (apart, together): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|(_, address)| claims > 1 && is_own(lister(address)));
    let mut groups: Vec<Group> = apart.into_iter().map(alone).collect();
    let mut together = together.into_iter();
    if let Some((rank, first)) = together.next() {
        groups.push(Group {
            rank,
            first,
            others: together.map(|(_, address)| address).collect(),
        });
    }
    groups
}

/// The other listings of the organisation of a hit: those that match the search too, then those
/// that do not.
pub fn with_unmatched(group: &Group, searcher: &Searcher, columns: &AllColumns) -> Vec<DocAddress> {
    let matched = || std::iter::once(group.first).chain(group.others.iter().copied());
    let mut all: Vec<(Rank, DocAddress)> = matched().map(|address| (group.rank, address)).collect();
    for member in matched() {
        let of_segment = columns[member.segment_ord as usize].listings();
        for key in of_segment.keys(member.doc_id) {
            for address in documents_with(key, searcher, columns) {
                if !all.iter().any(|(_, known)| *known == address) {
                    all.push((0, address));
                }
                if all.len() > MAX_LISTINGS {
                    return group.others.clone();
                }
            }
        }
    }
    let groups = split(all, columns);
    let own = groups.into_iter().find(|one| one.first == group.first);
    own.map(|own| own.others)
        .filter(|others| group.others.iter().all(|known| others.contains(known)))
        .unwrap_or_else(|| group.others.clone())
}

/// The documents with a key that are not deleted.
fn documents_with(
    key: u64,
    searcher: &Searcher,
    columns: &AllColumns,
) -> impl Iterator<Item = DocAddress> {
    let segments = (0_u32..)
        .zip(columns.iter())
        .zip(searcher.segment_readers());
    segments.flat_map(move |((ordinal, columns), segment)| {
        let alive = segment.alive_bitset();
        let documents = columns.listings().documents(key);
        documents
            .filter(move |document| alive.is_none_or(|alive| alive.is_alive(*document)))
            .map(move |document| DocAddress::new(ordinal, document))
    })
}

/// Disjoint sets of positions.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            // Halves the path, so that later look-ups are short.
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    /// The smaller position, which is the better hit, becomes the root.
    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}
